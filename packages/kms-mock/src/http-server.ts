import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { isIP } from 'node:net'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Handle } from './aws-json.js'
import { isCaller } from './caller.js'
import type { Caller } from './caller.js'
import { KmsOptionError } from './errors.js'
import type { Controls } from './http/administration.js'
import { createAnswerHttp } from './http/answer-http.js'
import type { AnswerHttp } from './http/answer-http.js'
import { serveFast } from './http/fast-connection.js'
import type { FastConnection } from './http/fast-connection.js'
import { refuse, refuseUnparsable, serveNodeRequest } from './http/node-request.js'
import type { RequestLog } from './http/request-log.js'

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
  /**
   * `fast` (default): requests of the shape that SDKs send are read by a parser of ours, any other connection goes to
   * node:http. `node`: node:http reads all of them.
   */
  transport?: 'fast' | 'node'
  /** Is told of each request that was answered. Default: nobody is. */
  log?: RequestLog
}

/** A server that listens. */
export interface KmsServer {
  /** What to give to an SDK as its endpoint. */
  url: string
  port: number
  /**
   * Stops listening; requests under way get a second to end. What `save` of the KMS writes is written then.
   * @throws KmsStateError as `save` does
   */
  close(): Promise<void>
}

/** What a server serves. */
export interface Served {
  handle: Handle
  /** The caller of unsigned requests. */
  fallback: Caller
  controls: Controls
}

const requestTimeout = 30_000
// Longer than the pauses of a test between two calls on a kept-alive connection.
const keepAliveTimeout = 60_000
/** How long the fast transport waits for the rest of a request; slower ones are node:http's. */
const patience = 1_000
const closingTime = 1_000

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

const listening = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })

/** node:http gives such a connection away: nobody else hears its errors, counts it or ends it. */
const refuseTunnel = (_request: IncomingMessage, socket: Duplex): void => {
  socket.on('error', () => void socket.destroy())
  socket.resume()
  const end = setTimeout(() => void socket.destroy(), closingTime / 2)
  socket.once('close', () => clearTimeout(end))
  refuse(socket)
}

const nodeServer = (answer: AnswerHttp): Server => {
  // What node:http answers by itself has no body: it is kept from it, and every answer is one of AWS's form.
  const options = { requestTimeout, keepAliveTimeout, requireHostHeader: false }
  const isClosing = (): boolean => !server.listening
  const serve = (request: IncomingMessage, response: ServerResponse): void =>
    serveNodeRequest(request, response, answer, isClosing)
  const server = createServer(options, serve)
  return server.on('checkExpectation', serve).on('connect', refuseTunnel).on('clientError', refuseUnparsable)
}

/** Puts the fast transport before a node:http server; gives the connections that are still its own. */
const serveFastFirst = (server: Server, answer: AnswerHttp): ReadonlySet<FastConnection> => {
  const connections = new Set<FastConnection>()
  const toNode = server.listeners('connection')
  const handOver = (socket: Socket, bytes: Buffer): void => {
    // Paused, so that node:http's listeners are there before the bytes flow again.
    socket.pause()
    socket.unshift(bytes)
    for (const listener of toNode) listener.call(server, socket)
    socket.resume()
  }
  server.removeAllListeners('connection')
  server.on('connection', (socket) => {
    const connection = serveFast(socket, {
      answer,
      keepAliveTimeout,
      patience,
      handOver,
      refuse: (broken) => refuseUnparsable(new Error('the request ends in its midst'), broken),
      isClosing: () => !server.listening,
      left: () => void connections.delete(connection),
    })
    connections.add(connection)
  })
  return connections
}

const close = (server: Server, fast: ReadonlySet<FastConnection>): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => {
      server.closeAllConnections()
      for (const connection of fast) connection.destroy()
    }, closingTime)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
    for (const connection of fast) connection.endIfIdle()
  })

/**
 * Serves over HTTP.
 * @throws KmsOptionError KMS_OPTION_INVALID for a malformed region, or a host beyond loopback without `allowNonLoopback`; the system's own
 * error (EADDRINUSE, EACCES…) when it can't listen
 */
export const listenHttp = async (
  { handle, fallback, controls }: Served,
  options: ListenOptions = {},
): Promise<KmsServer> => {
  const { port = 0, host = '127.0.0.1', allowNonLoopback = false, transport = 'fast', log } = options
  if (!isLoopback(host) && !allowNonLoopback) {
    throw new KmsOptionError(
      `refusing to listen on ${host}: whoever reaches it may use every key (allowNonLoopback permits it)`,
    )
  }
  const caller = { ...fallback, region: options.region ?? fallback.region }
  if (!isCaller(caller)) throw new KmsOptionError('region is malformed')
  if (!['fast', 'node'].includes(transport)) throw new KmsOptionError('transport is fast or node')
  const answer = createAnswerHttp({ handle, fallback: caller, controls, anyHost: !isLoopback(host), log })
  const server = nodeServer(answer)
  const fast = transport === 'fast' ? serveFastFirst(server, answer) : new Set<FastConnection>()
  await listening(server, port, host)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new KmsOptionError('the server has no port')
  const { port: bound } = address
  const name = isIP(host) === 6 ? `[${host}]` : host
  return {
    url: `http://${name}:${bound}`,
    port: bound,
    close: () => close(server, fast).then(() => controls.save()),
  }
}
