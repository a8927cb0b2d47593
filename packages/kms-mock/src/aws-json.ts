import { isAscii } from 'node:buffer'
import type { CallRecord } from './audit.js'
import { callerFromAuthorization } from './caller.js'
import type { Caller } from './caller.js'
import { KmsError } from './errors.js'
import { asBuffer } from './bytes.js'
import { inputs } from './model/inputs.generated.js'
import type { OperationOutput } from './operations/output.js'
import { requestId } from './request-id.js'
import { whenDone } from './when-done.js'
import { wireJson } from './wire-json.js'

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
  /** The header Content-Type. */
  contentType: string | undefined
  body: Uint8Array
}

/** An answer as transports carry it. */
export interface JsonAnswer {
  statusCode: number
  contentType: string
  requestId: string
  json: string
  /** The name of the error that it tells, if it does. */
  error?: string
}

/** An answer as the AWS SDK for JavaScript takes it from a request handler. */
export interface AwsJsonResponse {
  statusCode: number
  headers: Record<string, string>
  body: Uint8Array
}

/** What answers: see `Kms.handle`. Throws, or rejects; `observe` is told of the call as the audit is. */
export type Handle = (
  operation: string,
  input: unknown,
  caller: Caller,
  observe?: (call: CallRecord) => void,
) => OperationOutput | Promise<OperationOutput>

/** The media type of the protocol. */
export const awsJsonType = 'application/x-amz-json-1.1'
const typePattern = /^application\/x-amz-json-1\.1[ \t]*(?:;|$)/i
const targetPattern = /^TrentService\.[A-Za-z]{1,64}$/
const targetPrefix = 'TrentService.'

/** An answer that holds a document; plain JSON unless another type is named. */
export const jsonAnswer = (
  statusCode: number,
  document: unknown,
  contentType = 'application/json',
): JsonAnswer => ({ statusCode, contentType, requestId: requestId(), json: JSON.stringify(document) })

const outputAnswer = (output: OperationOutput): JsonAnswer => ({
  statusCode: 200,
  contentType: awsJsonType,
  requestId: requestId(),
  json: wireJson(output) ?? '{}',
})

/** The wire form of an error. */
export const errorAnswer = ({ statusCode, code, message }: KmsError): JsonAnswer => ({
  // AwsJson 1.1 (Smithy specification, "Operation error serialization"): the type stands in the body alone.
  ...jsonAnswer(statusCode, { __type: code, message }, awsJsonType),
  error: code,
})

// Kept: making one costs more than it decodes. It holds nothing from call to call.
const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads a body of JSON; an empty one is an empty structure.
 * @throws KmsError SerializationException
 */
export const decodeBody = (body: Uint8Array): unknown => {
  if (body.length === 0) return {}
  try {
    // All that the SDKs send but for non-ASCII text; the decoder takes three times as long.
    return JSON.parse(isAscii(body) ? asBuffer(body).toString('latin1') : utf8.decode(body))
  } catch {
    // JSON.parse quotes its input, which may be plaintext: neither its message nor it as a cause is kept.
    throw new KmsError('SerializationException', 'The request body is not JSON.')
  }
}

/** The name of each operation, always the same string: the audit keeps thousands. */
const operationsByTarget: ReadonlyMap<string, string> = new Map(
  Object.keys(inputs).map((name) => [targetPrefix + name, name]),
)

const operationOf = ({ method, path, target, contentType }: AwsJsonRequest): string => {
  // AWS, too, takes a request of another media type for one of no operation.
  const isAwsJson =
    contentType === awsJsonType || (contentType !== undefined && typePattern.test(contentType))
  const known = operationsByTarget.get(target)
  if (method === 'POST' && path === '/' && isAwsJson) {
    if (known !== undefined) return known
    if (targetPattern.test(target)) return target.slice(targetPrefix.length)
  }
  throw new KmsError(
    'UnknownOperationException',
    `kms-mock speaks AwsJson 1.1: POST / with the headers X-Amz-Target: TrentService.<Operation> and Content-Type: ${awsJsonType}.`,
  )
}

/**
 * Answers a request: every KmsError becomes an answer, anything else (a region that is down, a state
 * file that can't be used) is thrown for the transport to deal with.
 */
export const answerAwsJson = (
  request: AwsJsonRequest,
  handle: Handle,
  fallback: Caller,
  observe?: (call: CallRecord) => void,
): JsonAnswer | Promise<JsonAnswer> =>
  whenDone(
    () => {
      const operation = operationOf(request)
      const caller = callerFromAuthorization(request.authorization, fallback)
      return handle(operation, decodeBody(request.body), caller, observe)
    },
    outputAnswer,
    (error) => {
      if (error instanceof KmsError) return errorAnswer(error)
      throw error
    },
  )
