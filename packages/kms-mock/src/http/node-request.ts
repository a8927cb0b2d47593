import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { awsJsonType, errorAnswer, maxBodyBytes } from '../aws-json.js'
import type { JsonAnswer } from '../aws-json.js'
import { KmsError } from '../errors.js'
import { whenDone } from '../when-done.js'
import type { AnswerHttp } from './answer-http.js'

/** The rest of an oversized body is read and dropped, so that its sender sees the answer; up to here. */
export const maxDrainedBytes = 16 * maxBodyBytes

const tooLarge = (): KmsError =>
  new KmsError('RequestEntityTooLargeException', `The request body is larger than ${maxBodyBytes} bytes.`)

/** Calls back with the whole body; with `undefined` for one that is too large, at whose end or at `maxDrainedBytes`. */
const readBody = (request: IncomingMessage, done: (body: Buffer | undefined) => void): void => {
  const chunks: Buffer[] = []
  let length = 0
  request.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length <= maxBodyBytes) chunks.push(chunk)
    else chunks.length = 0
    if (length > maxDrainedBytes) request.socket.destroy()
  })
  request.on('end', () => {
    if (length > maxBodyBytes) done(undefined)
    else done(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, length))
  })
}

const send = (
  response: ServerResponse,
  { statusCode, contentType, requestId, json }: JsonAnswer,
  isClosing: () => boolean,
): void => {
  // A server that is closing keeps no connection: it would wait for it.
  if (isClosing()) response.shouldKeepAlive = false
  response.writeHead(statusCode, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(json),
    'x-amzn-requestid': requestId,
  })
  response.end(json)
}

const only = (header: string | string[] | undefined): string => (typeof header === 'string' ? header : '')

/** Serves one request of node:http. */
export const serveNodeRequest = (
  request: IncomingMessage,
  response: ServerResponse,
  answer: AnswerHttp,
  isClosing: () => boolean,
): void => {
  readBody(request, (body) => {
    if (body === undefined) {
      send(response, errorAnswer(tooLarge()), isClosing)
      return
    }
    const {
      host,
      origin,
      authorization,
      'x-amz-target': target,
      'content-type': contentType,
    } = request.headers
    const { method = '', url: path = '/' } = request
    // RFC 9112, section 3.2.
    if (host === undefined && request.httpVersion === '1.1') {
      send(response, errorAnswer(notHttp()), isClosing)
      return
    }
    void whenDone(
      () => answer({ method, path, target: only(target), authorization, contentType, body, origin, host }),
      (given) => send(response, given, isClosing),
      () => void request.socket.destroy(),
    )
  })
}

const notHttp = (): KmsError => new KmsError('SerializationException', 'The request is not valid HTTP.')

/** Answers what is no request to be served, and ends the connection. */
export const refuse = (socket: Duplex): void => {
  const { json } = errorAnswer(notHttp())
  const head = `HTTP/1.1 400 Bad Request\r\nContent-Type: ${awsJsonType}\r\nContent-Length: ${json.length}\r\nConnection: close\r\n\r\n`
  socket.end(head + json)
}

/** What node:http itself refuses to parse; it never reaches a handler. */
export const refuseUnparsable = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  refuse(socket)
}
