import { randomUUID } from 'node:crypto'
import { callerFromAuthorization } from './caller.js'
import type { Caller } from './caller.js'
import { KmsError } from './errors.js'

/** How large a request body may be over HTTP: more than the largest valid one (CreateKey, its policy escaped) takes. */
export const maxBodyBytes = 1024 * 1024

/** A request of the AwsJson 1.1 protocol, from whichever transport. */
export interface AwsJsonRequest {
  method: string
  path: string
  /** The header X-Amz-Target; empty if there is none. */
  target: string
  /** The header Authorization. */
  authorization: string | undefined
  body: Uint8Array
}

/** Its answer. */
export interface AwsJsonResponse {
  statusCode: number
  headers: Record<string, string>
  body: Uint8Array
}

/** What answers: see `Kms.handle`. */
export type Handle = (
  operation: string,
  input: unknown,
  caller: Caller,
) => Promise<Readonly<Record<string, unknown>>>

const targetPattern = /^TrentService\.([A-Za-z]{1,64})$/

/** Wire form of an output value: blobs as base64, timestamps as epoch seconds. */
const toWire = (value: unknown): unknown => {
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
  if (value instanceof Date) return value.getTime() / 1000
  if (Array.isArray(value)) return value.map(toWire)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toWire(member)]))
}

const respond = (statusCode: number, document: unknown): AwsJsonResponse => {
  const body = new TextEncoder().encode(JSON.stringify(document))
  return {
    statusCode,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'content-length': `${body.length}`,
      'x-amzn-requestid': randomUUID(),
    },
    body,
  }
}

/** The wire form of an error. */
export const errorResponse = (error: KmsError): AwsJsonResponse =>
  // AwsJson 1.1 (Smithy specification, "Operation error serialization"): the type stands in the body alone.
  respond(error.statusCode, { __type: error.code, message: error.message })

const decodeBody = (body: Uint8Array): unknown => {
  if (body.length === 0) return {}
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    // JSON.parse quotes its input, which may be plaintext: neither its message nor it as a cause is kept.
    throw new KmsError('SerializationException', 'The request body is not JSON.')
  }
}

const operationOf = ({ method, path, target }: AwsJsonRequest): string => {
  const operation = targetPattern.exec(target)?.[1]
  if (method !== 'POST' || path !== '/' || operation === undefined) {
    throw new KmsError(
      'UnknownOperationException',
      'kms-mock speaks AwsJson 1.1: POST / with the header X-Amz-Target: TrentService.<Operation>.',
    )
  }
  return operation
}

/**
 * Answers a request: every KmsError becomes a response, anything else (a region that is down, a state
 * file that can't be used) is thrown for the transport to deal with.
 */
export const answerAwsJson = async (
  request: AwsJsonRequest,
  handle: Handle,
  fallback: Caller,
): Promise<AwsJsonResponse> => {
  try {
    const operation = operationOf(request)
    const caller = callerFromAuthorization(request.authorization, fallback)
    return respond(200, toWire(await handle(operation, decodeBody(request.body), caller)))
  } catch (error) {
    if (error instanceof KmsError) return errorResponse(error)
    throw error
  }
}
