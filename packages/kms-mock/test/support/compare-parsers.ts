import { createServer } from 'node:http'
import { Duplex } from 'node:stream'
import { parseRequestHead } from '#src/http/parse-request.js'
import type { ParsedHead } from '#src/http/parse-request.js'

/** A parser of heads: the real one, or one that must be caught. */
export type ParseHead = (bytes: Buffer, start: number) => ParsedHead

/** A request as either parser read it. */
export interface ReadRequest {
  method: string
  url: string
  target: unknown
  authorization: unknown
  contentType: unknown
  body: string
}

/** What the fast parser takes of the bytes before it hands over, and where it stops. */
export const readFast = (
  bytes: Buffer,
  parse: ParseHead = parseRequestHead,
): { taken: ReadRequest[]; rest: Buffer } => {
  const taken: ReadRequest[] = []
  let at = 0
  while (at < bytes.length) {
    const head = parse(bytes, at)
    if (typeof head === 'string' || head.bodyEnd > bytes.length) break
    const { target, authorization, contentType, bodyStart, bodyEnd } = head
    const body = bytes.toString('latin1', bodyStart, bodyEnd)
    taken.push({ method: 'POST', url: '/', target, authorization, contentType, body })
    at = bodyEnd
  }
  return { taken, rest: bytes.subarray(at) }
}

/** A connection that needs no socket: bytes in, answers dropped. */
class Wire extends Duplex {
  override _read(): void {}
  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done()
  }
  setTimeout(): this {
    return this
  }
  destroySoon(): void {
    this.destroy()
  }
}

/**
 * What node:http reads of the bytes: every request whose end it saw, in order. Requests that it refuses
 * (no Host, a failed expectation) reach no listener, and aren't among them.
 */
export const readWithNode = (pieces: readonly Buffer[]): Promise<ReadRequest[]> =>
  new Promise((resolve) => {
    const requests: ReadRequest[] = []
    const wire = new Wire()
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const { method = '', url = '', headers } = request
        const { 'x-amz-target': target, authorization, 'content-type': contentType } = headers
        const body = Buffer.concat(chunks).toString('latin1')
        requests.push({ method, url, target, authorization, contentType, body })
        response.end('{}')
      })
    })
    // The requests before what it can't parse are still to come.
    server.on('clientError', () => undefined)
    wire.on('error', () => undefined)
    wire.once('close', () => resolve(requests))
    server.emit('connection', wire)
    for (const piece of pieces) wire.push(piece)
    wire.push(null)
    // All of it is in memory: after these turns nothing can come any more.
    let turns = 12
    const turn = (): void => {
      turns -= 1
      if (turns === 0) wire.destroy()
      else setImmediate(turn)
    }
    setImmediate(turn)
  })

/** Whatever the fast parser takes, node:http must read the same way; gives what is wrong, or nothing. */
export const disagreement = async (
  bytes: Buffer,
  pieces: readonly Buffer[],
  parse?: ParseHead,
): Promise<string | undefined> => {
  const { taken } = readFast(bytes, parse)
  if (taken.length === 0) return undefined
  const read = await readWithNode(pieces)
  const same = JSON.stringify(read.slice(0, taken.length)) === JSON.stringify(taken)
  return same ? undefined : `fast ${JSON.stringify(taken)}\nnode ${JSON.stringify(read)}`
}

/** How the fast parser sees a request that isn't whole yet: it must take nothing of it, and never change its mind. */
export const prefixDisagreement = (bytes: Buffer): string | undefined => {
  const whole = parseRequestHead(bytes, 0)
  for (let cut = 0; cut < bytes.length; cut += 1) {
    const part = parseRequestHead(bytes.subarray(0, cut), 0)
    if (part === 'incomplete') continue
    const same = JSON.stringify(part) === JSON.stringify(whole)
    if (!same) return `cut at ${cut}: ${JSON.stringify(part)}, whole: ${JSON.stringify(whole)}`
  }
  return undefined
}
