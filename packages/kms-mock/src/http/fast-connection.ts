import type { Socket } from 'node:net'
import type { JsonAnswer } from '../aws-json.js'
import { whenDone } from '../when-done.js'
import type { AnswerHttp } from './answer-http.js'
import { parseRequestHead } from './parse-request.js'
import { addPiece, beginPartial, bytesOf, isTedious } from './partial-request.js'
import type { PartialRequest } from './partial-request.js'
import { renderAnswer } from './render-answer.js'

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

/** So many characters of answers to pipelined requests are gathered into one write. */
const maxGathered = 65_536

/**
 * Serves a connection as long as it brings nothing but the requests that SDKs send, one after another; at the first
 * byte of anything else, node:http gets it, bytes first.
 */
export const serveFast = (socket: Socket, options: FastConnectionOptions): FastConnection => {
  const { answer, keepAliveTimeout, patience } = options
  const keptOpen = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveTimeout / 1000)}\r\n`
  let waiting: PartialRequest | undefined
  /** Whether an answer is waited for. */
  let busy = false
  let ended = false

  const write = (text: string): boolean => socket.write(text, 'utf8')

  const render = (given: JsonAnswer): string =>
    renderAnswer(given, options.isClosing() ? 'Connection: close\r\n' : keptOpen)

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

  const checkPatience = (part: PartialRequest): void => {
    if (isTedious(part, patience)) giveUp(bytesOf(part))
  }

  /** Waits for the rest of a request. */
  const hold = (rest: Buffer, wanted: number, before: PartialRequest | undefined): void => {
    waiting = beginPartial(rest, wanted, before)
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

  const consume = (bytes: Buffer, before?: PartialRequest): void => {
    let gathered = ''
    let at = 0
    while (at < bytes.length) {
      const head = parseRequestHead(bytes, at)
      const isWhole = typeof head === 'object' && head.bodyEnd <= bytes.length
      if (!isWhole) {
        // Whoever sends and doesn't read is not read from either.
        if (gathered !== '' && !write(gathered)) putBack(bytes.subarray(at))
        else if (head === 'foreign') giveUp(bytes.subarray(at))
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
      // That answer said so.
      if (options.isClosing()) {
        socket.end(gathered, 'utf8')
        return
      }
      if (gathered.length < maxGathered && at < bytes.length) continue
      if (!write(gathered)) {
        putBack(bytes.subarray(at))
        return
      }
      gathered = ''
    }
  }

  const onData = (chunk: Buffer): void => {
    if (waiting === undefined) {
      consume(chunk)
      return
    }
    const part = waiting
    addPiece(part, chunk)
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
