import { maxHeaderSize } from 'node:http'
import { maxBodyBytes } from '../aws-json.js'

/** A request's head, and where its body lies. */
export interface RequestHead {
  target: string
  authorization: string | undefined
  contentType: string | undefined
  bodyStart: number
  bodyEnd: number
}

/** `incomplete`: the bytes end within the head. `foreign`: whatever this is, node:http is to read it. */
export type ParsedHead = RequestHead | 'incomplete' | 'foreign'

/** Well below node:http's own limit, so that what is taken here is within it. */
const maxHeadBytes = Math.min(8192, maxHeaderSize >> 1)
const maxHeaders = 64

const CR = 0x0d
const LF = 0x0a
const COLON = 0x3a
const SPACE = 0x20
const TILDE = 0x7e

const requestLine = Buffer.from('POST / HTTP/1.1\r\n')

// RFC 9110, section 5.6.2, but for the punctuation that no SDK uses in a name.
const isNameByte = new Uint8Array(256)
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
  isNameByte[character.charCodeAt(0)] = 1
}

/** The headers that are read, each once at most; and those whose meaning for the message is left to node:http. */
const read = [
  'host',
  'content-length',
  'x-amz-target',
  'authorization',
  'content-type',
  'connection',
] as const
const refused = [
  'transfer-encoding',
  'expect',
  'upgrade',
  'trailer',
  'te',
  'keep-alive',
  'proxy-connection',
  'http2-settings',
  'origin',
] as const
type ReadName = (typeof read)[number]
interface KnownHeader {
  readonly bytes: Buffer
  readonly name: ReadName | undefined
}
const knownByLength: KnownHeader[][] = Array.from({ length: 32 }, () => [])
for (const name of read) knownByLength[name.length]!.push({ bytes: Buffer.from(name), name })
for (const name of refused) knownByLength[name.length]!.push({ bytes: Buffer.from(name), name: undefined })

const isNamed = (bytes: Buffer, start: number, lowerCase: Buffer): boolean => {
  for (let n = 0; n < lowerCase.length; n += 1) {
    // Of name bytes, setting this bit folds letters and leaves '-' and digits; '_' becomes no letter.
    if ((bytes[start + n]! | 0x20) !== lowerCase[n]) return false
  }
  return true
}

const knownHeader = (bytes: Buffer, start: number, end: number): KnownHeader | undefined => {
  const candidates = knownByLength[end - start]
  if (candidates === undefined) return undefined
  for (const known of candidates) if (isNamed(bytes, start, known.bytes)) return known
  return undefined
}

/** Where the value that begins at `start` ends: at the CR; -1 if the bytes end before, -2 if it holds anything odd. */
const endOfValue = (bytes: Buffer, start: number): number => {
  const { length } = bytes
  let at = start
  // Values are most of a head. Four bytes at a time: the result is negative if one of them is not in the range.
  for (; at + 4 <= length; at += 4) {
    const a = bytes[at]!
    const b = bytes[at + 1]!
    const c = bytes[at + 2]!
    const d = bytes[at + 3]!
    const inRange =
      (a - SPACE) |
      (TILDE - a) |
      (b - SPACE) |
      (TILDE - b) |
      (c - SPACE) |
      (TILDE - c) |
      (d - SPACE) |
      (TILDE - d)
    if (inRange < 0) break
  }
  for (; at < length; at += 1) {
    const byte = bytes[at]!
    if (byte >= SPACE && byte <= TILDE) continue
    if (byte !== CR) return -2
    // No value, or white space around it: rare, and node:http trims it.
    return at === start || bytes[start] === SPACE || bytes[at - 1] === SPACE ? -2 : at
  }
  return -1
}

const lengthPattern = /^(?:0|[1-9]\d{0,6})$/

const headOf = (headers: Partial<Record<ReadName, string>>, bodyStart: number): ParsedHead => {
  const { host, 'content-length': length, 'x-amz-target': target, connection } = headers
  if (host === undefined || target === undefined || length === undefined) return 'foreign'
  if (!lengthPattern.test(length) || Number(length) > maxBodyBytes) return 'foreign'
  if (connection !== undefined && connection.toLowerCase() !== 'keep-alive') return 'foreign'
  const { authorization, 'content-type': contentType } = headers
  return { target, authorization, contentType, bodyStart, bodyEnd: bodyStart + Number(length) }
}

const startsLikeRequest = (bytes: Buffer, start: number): boolean => {
  const end = Math.min(requestLine.length, bytes.length - start)
  for (let n = 0; n < end; n += 1) if (bytes[start + n] !== requestLine[n]) return false
  return true
}

/**
 * Reads the head of the request that begins at `start`, if it has the one shape that AWS SDKs send: `POST / HTTP/1.1`,
 * a Content-Length, plain header lines, nothing twice that matters. It takes less than the grammar allows, and
 * nothing that node:http would read otherwise (test/http/differential.test.ts holds it to that).
 */
export const parseRequestHead = (bytes: Buffer, start: number): ParsedHead => {
  if (!startsLikeRequest(bytes, start)) return 'foreign'
  const limit = start + maxHeadBytes
  const headers: Partial<Record<ReadName, string>> = {}
  let at = start + requestLine.length
  for (let count = 0; count <= maxHeaders && at < limit; count += 1) {
    if (at + 1 >= bytes.length) break
    if (bytes[at] === CR) return bytes[at + 1] === LF ? headOf(headers, at + 2) : 'foreign'
    const nameStart = at
    while (at < bytes.length && isNameByte[bytes[at]!] === 1) at += 1
    if (at === bytes.length) break
    if (bytes[at] !== COLON || at === nameStart) return 'foreign'
    const nameEnd = at
    at += bytes[at + 1] === SPACE ? 2 : 1
    const valueEnd = endOfValue(bytes, at)
    if (valueEnd === -2) return 'foreign'
    if (valueEnd === -1 || valueEnd + 1 === bytes.length) break
    if (bytes[valueEnd + 1] !== LF) return 'foreign'
    const known = knownHeader(bytes, nameStart, nameEnd)
    if (known !== undefined) {
      const { name } = known
      if (name === undefined || headers[name] !== undefined) return 'foreign'
      headers[name] = bytes.toString('latin1', at, valueEnd)
    }
    at = valueEnd + 2
    if (count === maxHeaders || at >= limit) return 'foreign'
  }
  return bytes.length - start > maxHeadBytes ? 'foreign' : 'incomplete'
}
