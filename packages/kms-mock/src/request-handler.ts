import { answerAwsJson } from './aws-json.js'
import type { AwsJsonResponse, Handle, JsonAnswer } from './aws-json.js'
import type { Caller } from './caller.js'

/** As much of the SDK's `HttpRequest` as is read here. */
export interface SdkRequest {
  method: string
  path: string
  headers: Record<string, string>
  body?: unknown
}

/** As much of the SDK's `HttpHandlerOptions` as is honoured. */
export interface SdkRequestOptions {
  abortSignal?: { readonly aborted: boolean; onabort?: unknown } | undefined
}

/**
 * A request handler for any client of the AWS SDK for JavaScript v3, without a socket. The SDK knows
 * a response by its shape (numeric `statusCode`, `headers`), and takes bytes for a body.
 */
export interface KmsRequestHandler {
  readonly metadata: { readonly handlerProtocol: string }
  handle(request: SdkRequest, options?: SdkRequestOptions): Promise<{ response: AwsJsonResponse }>
  updateHttpClientConfig(key: never, value: never): void
  httpHandlerConfigs(): object
  destroy(): void
}

const bytesOf = (body: unknown): Uint8Array => {
  if (body === undefined || body === null) return new Uint8Array()
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof Uint8Array) return body
  throw new TypeError('kms-mock takes a request body of bytes or text')
}

const headerOf = (headers: Record<string, string>, wanted: string): string | undefined =>
  Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1]

const sdkResponse = ({ statusCode, contentType, requestId, json }: JsonAnswer): AwsJsonResponse => {
  const body = Buffer.from(json)
  return {
    statusCode,
    headers: {
      'content-type': contentType,
      'content-length': `${body.length}`,
      'x-amzn-requestid': requestId,
    },
    body,
  }
}

const abortError = (): Error => Object.assign(new Error('Request aborted'), { name: 'AbortError' })

const orAborted = async <T>(work: T | Promise<T>, signal: SdkRequestOptions['abortSignal']): Promise<T> => {
  if (!(signal instanceof AbortSignal)) return work
  let stop = (): void => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    const abort = (): void => reject(abortError())
    signal.addEventListener('abort', abort)
    stop = () => signal.removeEventListener('abort', abort)
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    stop()
  }
}

/** Makes a request handler whose requests, unless their signature says otherwise, come from `caller`. */
export const createRequestHandler = (handle: Handle, caller: Caller): KmsRequestHandler => ({
  metadata: { handlerProtocol: 'in-process' },
  handle: async (request, options) => {
    // Before anything happens.
    if (options?.abortSignal?.aborted === true) throw abortError()
    const { method, path, headers } = request
    const target = headerOf(headers, 'x-amz-target') ?? ''
    const authorization = headerOf(headers, 'authorization')
    const contentType = headerOf(headers, 'content-type')
    const body = bytesOf(request.body)
    const work = answerAwsJson({ method, path, target, authorization, contentType, body }, handle, caller)
    return { response: sdkResponse(await orAborted(work, options?.abortSignal)) }
  },
  updateHttpClientConfig: () => undefined,
  httpHandlerConfigs: () => ({}),
  destroy: () => undefined,
})
