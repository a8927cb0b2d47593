import type { FuzzSuite } from './fuzz-suites.js'

/** Bytes with a 16-bit length in front. `length` is what it says where that is not the truth. */
export interface Counted {
  bytes: Buffer
  length?: number
}

export interface Pair {
  key: Counted
  value: Counted
}

/** Provider id, provider info and ciphertext, unless a mutation left something out. */
export interface DataKey {
  fields: Counted[]
}

/** A frame, or the one block of an unframed message, as it stands in the message. */
export interface Piece {
  /** Present in final frames. */
  marker?: number
  /** Absent in an unframed message. */
  sequence?: number
  iv: Buffer
  /** Four bytes in a final frame, eight in an unframed message, none in a regular frame. */
  length: Buffer
  ciphertext: Buffer
  tag: Buffer
}

/** A message field by field, before it is bytes. Counts and lengths are the truth where they are left out. */
export interface Draft {
  suite: FuzzSuite
  version: number
  /** Absent in format 2. */
  type?: number
  suiteId: number
  messageId: Buffer
  contextLength?: number
  pairCount?: number
  pairs: Pair[]
  dataKeyCount?: number
  dataKeys: DataKey[]
  contentType: number
  /** Reserved bytes and IV length; none in format 2. */
  middle: Buffer
  frameLength: number
  commitKey: Buffer
  headerIv: Buffer
  headerTag: Buffer
  pieces: Piece[]
  /** Absent in unsigned messages. */
  signature?: Counted
}

export function counted(bytes: string | Uint8Array): Counted {
  return { bytes: Buffer.from(bytes) }
}

export function pair(key: string | Uint8Array, value: string | Uint8Array): Pair {
  return { key: counted(key), value: counted(value) }
}

export function copyPair({ key, value }: Pair): Pair {
  return { key: { ...key }, value: { ...value } }
}

export function copyDataKey({ fields }: DataKey): DataKey {
  return { fields: fields.map((field) => ({ ...field })) }
}

/** A copy to mutate. Bytes are never changed in place, and are shared. */
export function copyDraft(draft: Draft): Draft {
  return {
    ...draft,
    pairs: draft.pairs.map(copyPair),
    dataKeys: draft.dataKeys.map(copyDataKey),
    pieces: draft.pieces.map((piece) => ({ ...piece })),
    ...(draft.signature === undefined ? {} : { signature: { ...draft.signature } }),
  }
}

export function uint16(value: number): Buffer {
  return Buffer.from([(value >>> 8) & 0xff, value & 0xff])
}

export function uint32(value: number): Buffer {
  return Buffer.from([value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff])
}

function write(chunks: Buffer[], { bytes, length = bytes.length }: Counted): void {
  chunks.push(uint16(length), bytes)
}

/** data-format/message-header.md#aad, behind the length: nothing at all where there is no pair. */
export function serializePairs(pairs: readonly Pair[], count?: number): Buffer {
  if (pairs.length === 0 && count === undefined) return Buffer.alloc(0)
  const chunks: Buffer[] = [uint16(count ?? pairs.length)]
  for (const { key, value } of pairs) {
    write(chunks, key)
    write(chunks, value)
  }
  return Buffer.concat(chunks)
}

/** data-format/message-header.md#header-body */
function serializeHeaderBody(draft: Draft): Buffer[] {
  const context = serializePairs(draft.pairs, draft.pairCount)
  const chunks: Buffer[] = [
    Buffer.from(draft.type === undefined ? [draft.version] : [draft.version, draft.type]),
  ]
  chunks.push(uint16(draft.suiteId), draft.messageId)
  chunks.push(uint16(draft.contextLength ?? context.length), context)
  chunks.push(uint16(draft.dataKeyCount ?? draft.dataKeys.length))
  for (const { fields } of draft.dataKeys) for (const field of fields) write(chunks, field)
  chunks.push(Buffer.from([draft.contentType]), draft.middle, uint32(draft.frameLength), draft.commitKey)
  return chunks
}

/** The whole message. */
export function serializeDraft(draft: Draft): Buffer {
  const chunks = serializeHeaderBody(draft)
  chunks.push(draft.headerIv, draft.headerTag)
  for (const { marker, sequence, iv, length, ciphertext, tag } of draft.pieces) {
    if (marker !== undefined) chunks.push(uint32(marker))
    if (sequence !== undefined) chunks.push(uint32(sequence))
    chunks.push(iv, length, ciphertext, tag)
  }
  if (draft.signature !== undefined) write(chunks, draft.signature)
  return Buffer.concat(chunks)
}
