import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { isIP } from 'node:net'
import { answerAwsJson, errorResponse, maxBodyBytes } from './aws-json.js'
import type { AwsJsonResponse, Handle } from './aws-json.js'
import { isCaller } from './caller.js'
import type { Caller } from './caller.js'
import { errorCode } from './error-code.js'
import { KmsError, KmsOptionError, RegionDownError } from './errors.js'

/** Options of `kms.listen`. */
export interface ListenOptions {
  /** Default 0: a free one. */
  port?: number
  /** Default 127.0.0.1. */
  host?: string
  /** Anybody who reaches the port may use every key: beyond loopback, this must be said. */
  allowNonLoopback?: boolean
  /** The region of unsigned requests. Default us-east-1. */
  region?: string
}

/** A server that listens. */
export interface KmsServer {
  /** What to give to an SDK as its endpoint. */
  url: string
  port: number
  /** Stops listening; requests under way get a second to end. */
  close(): Promise<void>
}

// The rest of an oversized body is read and dropped, so that its sender sees the answer; up to here.
const maxDrainedBytes = 16 * maxBodyBytes

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

const tooLarge = (): KmsError =>
  new KmsError('RequestEntityTooLargeException', `The request body is larger than ${maxBodyBytes} bytes.`)

const readBody = async (request: IncomingMessage): Promise<Uint8Array> => {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > maxDrainedBytes) throw tooLarge()
    if (length <= maxBodyBytes) chunks.push(chunk)
  }
  if (length > maxBodyBytes) throw tooLarge()
  return Buffer.concat(chunks, length)
}

const send = (response: ServerResponse, { statusCode, headers, body }: AwsJsonResponse): void => {
  response.writeHead(statusCode, headers)
  response.end(body)
}

const health = new TextEncoder().encode('{"status":"ok"}')

const answer = async (
  request: IncomingMessage,
  handle: Handle,
  fallback: Caller,
): Promise<AwsJsonResponse> => {
  const path = request.url ?? '/'
  if (request.method === 'GET' && path === '/health') {
    return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: health }
  }
  const body = await readBody(request)
  const { authorization, 'x-amz-target': target } = request.headers
  return answerAwsJson(
    {
      method: request.method ?? '',
      path,
      target: typeof target === 'string' ? target : '',
      authorization,
      body,
    },
    handle,
    fallback,
  )
}

/** What is said of trouble that no request caused, such as a state file that can't be written. */
const internal = (error: unknown): KmsError => {
  const message = error instanceof Error ? error.message : 'no message'
  return new KmsError(
    'KMSInternalException',
    `kms-mock: ${errorCode(error) ?? 'unexpected error'}: ${message}`,
    {
      cause: error,
    },
  )
}

const serve = async (
  request: IncomingMessage,
  response: ServerResponse,
  handle: Handle,
  fallback: Caller,
): Promise<void> => {
  try {
    send(response, await answer(request, handle, fallback))
  } catch (error) {
    if (error instanceof RegionDownError || !request.complete) request.socket.destroy()
    else send(response, errorResponse(error instanceof KmsError ? error : internal(error)))
  }
}

/** What node:http itself refuses to parse; it never reaches a handler. */
const refuseUnparsable = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const { body } = errorResponse(new KmsError('SerializationException', 'The request is not valid HTTP.'))
  const head = `HTTP/1.1 400 Bad Request\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`
  socket.end(Buffer.concat([Buffer.from(head), body]))
}

const listening = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), 1000)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })

/**
 * Serves over HTTP.
 * @throws KmsOptionError KMS_OPTION_INVALID for a malformed region, or a host beyond loopback without `allowNonLoopback`; the system's own
 * error (EADDRINUSE, EACCES…) when it can't listen
 */
export const listenHttp = async (
  handle: Handle,
  fallback: Caller,
  options: ListenOptions = {},
): Promise<KmsServer> => {
  const { port = 0, host = '127.0.0.1', allowNonLoopback = false } = options
  if (!isLoopback(host) && !allowNonLoopback) {
    throw new KmsOptionError(
      `refusing to listen on ${host}: whoever reaches it may use every key (allowNonLoopback permits it)`,
    )
  }
  const caller = { ...fallback, region: options.region ?? fallback.region }
  if (!isCaller(caller)) throw new KmsOptionError('region is malformed')
  const server = createServer((request, response) => {
    // A server that is closing keeps no connection: it would wait for it.
    response.once('finish', () => server.listening || request.socket.end())
    void serve(request, response, handle, caller)
  })
  server.on('clientError', refuseUnparsable)
  server.requestTimeout = 30_000
  // Longer than the pauses of a test between two calls on a kept-alive connection.
  server.keepAliveTimeout = 60_000
  await listening(server, port, host)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new KmsOptionError('the server has no port')
  const { port: bound } = address
  const name = isIP(host) === 6 ? `[${host}]` : host
  return { url: `http://${name}:${bound}`, port: bound, close: () => close(server) }
}
