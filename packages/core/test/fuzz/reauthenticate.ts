import { derSignature, signerFor } from './deterministic-signer.js'
import { pair, serializePairs, uint16, type Pair } from './draft.js'
import { dataKeyFor, messageKeys, type FuzzSuite } from './fuzz-suites.js'
import { isRawAes, wrapRawAes } from './raw-aes-entry.js'
import { gcmTag, pieceAad } from './seal-pieces.js'
import { walkMessage, type WalkedHeader, type WalkedMessage } from './walk-message.js'

/** What is made authentic anew. */
export interface Parts {
  /** Data keys under the raw AES key, which are bound to the context. */
  readonly dataKeys?: boolean
  readonly commitment?: boolean
  readonly header?: boolean
  readonly pieces?: boolean
  readonly signature?: boolean
}

export type Context = Readonly<Record<string, string>>

function sorted(pairs: readonly Pair[]): Pair[] {
  return pairs.toSorted((a, b) => Buffer.compare(a.key.bytes, b.key.bytes))
}

/** The reproduced pairs that the header doesn't store. */
export function unstoredContext({ pairs }: Pick<WalkedHeader, 'pairs'>, reproduced: Context = {}): Context {
  const stored = new Set(pairs.map(({ key }) => key.toString('latin1')))
  const isStored = (key: string) => stored.has(Buffer.from(key).toString('latin1'))
  return Object.fromEntries(Object.entries(reproduced).filter(([key]) => !isStored(key)))
}

/** The same, sorted as they are authenticated behind the header. */
export function unstoredPairs(header: Pick<WalkedHeader, 'pairs'>, reproduced?: Context): Pair[] {
  return sorted(Object.entries(unstoredContext(header, reproduced)).map(([key, value]) => pair(key, value)))
}

/** The serialization of all pairs, stored or not: what data keys are bound to. */
export function fullContext(header: Pick<WalkedHeader, 'pairs'>, reproduced?: Context): Buffer {
  const stored = header.pairs.map(({ key, value }) => pair(key, value))
  return serializePairs(sorted([...stored, ...unstoredPairs(header, reproduced)]))
}

function rewrap(message: Buffer, { header }: WalkedMessage, reproduced: Context | undefined): void {
  for (const { id, info, ciphertext } of header.dataKeys) {
    const bytes = message.subarray(info.start, info.end)
    if (!isRawAes(message.subarray(id.start, id.end), bytes)) continue
    const wrapped = wrapRawAes(dataKeyFor(header.suite), bytes.subarray(-12), fullContext(header, reproduced))
    if (wrapped.length === ciphertext.end - ciphertext.start) message.set(wrapped, ciphertext.start)
  }
}

function retagHeader(
  message: Buffer,
  { suite, messageId, pairs, bodyEnd, end }: WalkedHeader,
  reproduced: Context | undefined,
): void {
  const { encryptionKey } = messageKeys(suite, dataKeyFor(suite), messageId)
  const iv = suite.format === 1 ? message.subarray(bodyEnd, end - 16) : Buffer.alloc(12)
  const body = message.subarray(0, bodyEnd)
  const unstored = unstoredPairs({ pairs }, reproduced)
  const aad = unstored.length === 0 ? body : Buffer.concat([body, serializePairs(unstored)])
  message.set(gcmTag(encryptionKey, iv, aad, Buffer.alloc(0)), end - 16)
}

function retagPieces(message: Buffer, { header, pieces }: WalkedMessage): void {
  const { suite, messageId } = header
  const { encryptionKey } = messageKeys(suite, dataKeyFor(suite), messageId)
  for (const piece of pieces) {
    const { ivStart, contentStart, contentEnd } = piece
    const aad = pieceAad(messageId, piece, contentEnd - contentStart)
    const iv = message.subarray(ivStart, ivStart + 12)
    message.set(gcmTag(encryptionKey, iv, aad, message.subarray(contentStart, contentEnd)), contentEnd)
  }
}

/** The footer that verifies behind these bytes. */
export function footerFor(curve: NonNullable<FuzzSuite['curve']>, signed: Buffer): Buffer {
  const { r, s } = signerFor(curve).sign(signed)
  const signature = derSignature(r, s)
  return Buffer.concat([uint16(signature.length), signature])
}

/** Where the footer at `start` ends; the end of the message when that is sooner. */
export function footerEnd(message: Buffer, start: number): number {
  if (message.length - start < 2) return message.length
  return Math.min(message.length, start + 2 + message.readUInt16BE(start))
}

function sign(message: Buffer, { header, bodyEnd }: WalkedMessage): Buffer {
  const { curve } = header.suite
  if (curve === undefined || bodyEnd === undefined) return message
  const signed = message.subarray(0, bodyEnd)
  return Buffer.concat([signed, footerFor(curve, signed), message.subarray(footerEnd(message, bodyEnd))])
}

/**
 * The same bytes with tags that fit, wherever they stand and whatever they say: what somebody who has the data key
 * could write. A message without a whole header stays as it is.
 */
export function reauthenticate(given: Buffer, parts: Parts, reproduced?: Context): Buffer {
  const message = Buffer.from(given)
  const walked = walkMessage(message)
  if (walked === undefined) return message
  const { header } = walked
  const { suite, messageId, bodyEnd } = header
  if (parts.dataKeys === true) rewrap(message, walked, reproduced)
  if (parts.commitment === true && suite.format === 2) {
    message.set(messageKeys(suite, dataKeyFor(suite), messageId).commitKey, bodyEnd - 32)
  }
  if (parts.header === true) retagHeader(message, header, reproduced)
  if (parts.pieces === true) retagPieces(message, walked)
  return parts.signature === true ? sign(message, walked) : message
}
