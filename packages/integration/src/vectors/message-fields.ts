import type { Context } from './message-plan.js'

export const u8 = (value: number): Buffer => Buffer.of(value)

export const u16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

export const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

export const u64 = (value: number | bigint): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}

/** The IV that is due to a frame (client-apis/encrypt.md#construct-a-frame), or with 0 to a header. */
export const paddedIv = (sequence: number): Buffer => Buffer.concat([Buffer.alloc(8), u32(sequence)])

export const lengthPrefixed = (bytes: Buffer): Buffer => Buffer.concat([u16(bytes.length), bytes])

/** Pairs in the order given, after their number. */
export const serializePairs = (pairs: readonly (readonly [string, string])[]): Buffer =>
  Buffer.concat([u16(pairs.length), ...pairs.flat().map((text) => lengthPrefixed(Buffer.from(text, 'utf8')))])

/** framework/structures.md#serialization: sorted by the bytes of the keys; nothing where there are no pairs. */
export function serializeContext(context: Context): Buffer {
  const sorted = Object.entries(context).toSorted(([a], [b]) =>
    Buffer.compare(Buffer.from(a), Buffer.from(b)),
  )
  return sorted.length === 0 ? Buffer.alloc(0) : serializePairs(sorted)
}
