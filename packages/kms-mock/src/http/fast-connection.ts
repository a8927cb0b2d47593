import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { JsonAnswer } from '../aws-json.js'
import { whenDone } from '../when-done.js'
import type { AnswerHttp } from './answer-http.js'
import { parseRequestHead } from './parse-request.js'

/** What a fast connection needs of its server. */
export interface FastConnectionOptions {
  answer: AnswerHttp
  /** Milliseconds that an idle connection is kept, and promised to be. */
  keepAliveTimeout: number
  /** Milliseconds after which a request that is not yet whole goes to node:http, whose limits then hold. */
  patience: number
  /** Takes the connection over, with what was read of it and not answered. */
  handOver(socket: Socket, bytes: Buffer): void
  /** Answers a request that ends in its midst, and ends the connection. */
  refuse(socket: Socket): void
  isClosing(): boolean
  /** Called once, when the connection is closed or handed over. */
  left(): void
}

/** A connection, as far as its server deals with it. */
export interface FastConnection {
  /** Ends it, unless a request is under way. */
  endIfIdle(): void
  destroy(): void
}

/** What there is of a request that isn't whole. */
interface PartOfRequest {
  pieces: Buffer[]
  length: number
  /** The length of the whole request; 0: not known yet. */
  wanted: number
  /** How many reads brought it, and when the first one was. */
  reads: number
  since: number
}

const bytesOf = ({ pieces, length }: PartOfRequest): Buffer => Buffer.concat(pieces, length)

/** A request that comes in more pieces than this goes to node:http, which doesn't begin anew with each. */
const maxReads = 64
/** So many characters of answers to pipelined requests are gathered into one write. */
const maxGathered = 65_536

let second = 0
let date = ''
const currentDate = (): string => {
  const now = Math.floor(Date.now() / 1000)
  if (now !== second) {
    second = now
    date = new Date(now * 1000).toUTCString()
  }
  return date
}

/**
 * Serves a connection as long as it brings nothing but the requests that SDKs send, one after another; at the first
 * byte of anything else, node:http gets it, bytes first.
 */
export const serveFast = (socket: Socket, options: FastConnectionOptions): FastConnection => {
  const { answer, keepAliveTimeout, patience } = options
  const keptOpen = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveTimeout / 1000)}\r\n`
  let waiting: PartOfRequest | undefined
  /** Whether an answer is waited for. */
  let busy = false
  let ended = false

  const write = (text: string): boolean => socket.write(text, 'utf8')

  const render = ({ statusCode, contentType, requestId, json }: JsonAnswer): string =>
    // The headers of node:http, in its order.
    `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? 'unknown'}\r\ncontent-type: ${contentType}\r\ncontent-length: ${Buffer.byteLength(json)}\r\nx-amzn-requestid: ${requestId}\r\nDate: ${currentDate()}\r\n${options.isClosing() ? 'Connection: close\r\n' : keptOpen}\r\n${json}`

  const leave = (): void => {
    for (const [event, listener] of Object.entries(listeners)) socket.off(event, listener)
    options.left()
  }

  const giveUp = (bytes: Buffer): void => {
    leave()
    socket.setTimeout(0)
    waiting = undefined
    options.handOver(socket, bytes)
  }

  /** Goes on after a pause with what was put back, and what came since. */
  const proceed = (): void => {
    if (ended || options.isClosing()) socket.end()
    else socket.resume()
  }

  const checkPatience = (part: PartOfRequest): void => {
    if (part.reads > maxReads || Date.now() - part.since > patience) giveUp(bytesOf(part))
  }

  /** Waits for the rest of a request; `before` is what there was of it before the last read. */
  const hold = (rest: Buffer, wanted: number, before: PartOfRequest | undefined): void => {
    const { reads, since } = before ?? { reads: 1, since: Date.now() }
    waiting = { pieces: [rest], length: rest.length, wanted, reads, since }
    if (before === undefined) socket.setTimeout(patience)
    checkPatience(waiting)
  }

  const putBack = (rest: Buffer): void => {
    socket.pause()
    if (rest.length > 0) socket.unshift(rest)
  }

  const awaitAnswer = async (pending: Promise<string | undefined>, rest: Buffer): Promise<void> => {
    busy = true
    putBack(rest)
    const text = await pending
    busy = false
    if (text === undefined || socket.destroyed) socket.destroy()
    else if (write(text)) proceed()
    // Otherwise 'drain' does.
  }

  const consume = (bytes: Buffer, before?: PartOfRequest): void => {
    let gathered = ''
    let at = 0
    while (at < bytes.length) {
      const head = parseRequestHead(bytes, at)
      const isWhole = typeof head === 'object' && head.bodyEnd <= bytes.length
      if (!isWhole) {
        if (gathered !== '') write(gathered)
        if (head === 'foreign') giveUp(bytes.subarray(at))
        else
          hold(
            bytes.subarray(at),
            head === 'incomplete' ? 0 : head.bodyEnd - at,
            at === 0 ? before : undefined,
          )
        return
      }
      const { target, authorization, contentType, bodyStart, bodyEnd } = head
      const body = bytes.subarray(bodyStart, bodyEnd)
      if (at === 0 && before !== undefined) socket.setTimeout(keepAliveTimeout)
      at = bodyEnd
      const text = whenDone(
        () => answer({ method: 'POST', path: '/', target, authorization, contentType, body }),
        render,
        // The region is down: no answer at all.
        () => undefined,
      )
      if (typeof text !== 'string' && gathered !== '') write(gathered)
      if (text === undefined) {
        socket.destroy()
        return
      }
      if (typeof text !== 'string') {
        void awaitAnswer(text, bytes.subarray(at))
        return
      }
      gathered = gathered === '' ? text : gathered + text
      if (gathered.length < maxGathered && at < bytes.length) continue
      if (!write(gathered)) {
        putBack(bytes.subarray(at))
        return
      }
      gathered = ''
    }
    if (options.isClosing()) socket.end()
  }

  const onData = (chunk: Buffer): void => {
    if (waiting === undefined) {
      consume(chunk)
      return
    }
    const part = waiting
    part.pieces.push(chunk)
    part.length += chunk.length
    part.reads += 1
    // A head is looked at again with each piece, a body not before it is whole.
    if (part.length < part.wanted) {
      checkPatience(part)
      return
    }
    waiting = undefined
    consume(bytesOf(part), part)
  }

  const onDrain = (): void => {
    if (!busy) proceed()
  }
  const onEnd = (): void => {
    ended = true
    if (busy) return
    if (waiting !== undefined) {
      waiting = undefined
      options.refuse(socket)
    } else socket.end()
  }
  const onTimeout = (): void => {
    if (busy) return
    if (waiting !== undefined) giveUp(bytesOf(waiting))
    else socket.destroy()
  }
  const onError = (): void => void socket.destroy()

  const listeners = {
    data: onData,
    drain: onDrain,
    end: onEnd,
    timeout: onTimeout,
    error: onError,
    close: leave,
  }
  for (const [event, listener] of Object.entries(listeners)) socket.on(event, listener)
  socket.setTimeout(keepAliveTimeout)

  return {
    endIfIdle: () => {
      if (!busy && waiting === undefined) socket.destroySoon()
    },
    destroy: () => void socket.destroy(),
  }
}
