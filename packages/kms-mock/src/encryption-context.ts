/** The pairs of an encryption context, as the operations take them. */
export type EncryptionContext = Readonly<Record<string, string>>

const lengthBytes = 4
const nothing = new Uint8Array()

/** Few keys, as most contexts have, are quicker put in order in place. */
const fewKeys = 16

const keysOf = (context: EncryptionContext): readonly string[] => {
  const keys = Object.keys(context)
  if (keys.length > fewKeys) return keys.toSorted()
  for (let n = 1; n < keys.length; n += 1) {
    const key = keys[n]!
    let at = n
    for (; at > 0 && key < keys[at - 1]!; at -= 1) keys[at] = keys[at - 1]!
    keys[at] = key
  }
  return keys
}

/** Shorter strings are quicker written by a loop. */
const shortLength = 32

const writeString = (text: string, target: Buffer, start: number): number => {
  if (text.length > shortLength) return target.write(text, start)
  for (let n = 0; n < text.length; n += 1) {
    const code = text.charCodeAt(n)
    if (code > 0x7f) return target.write(text, start)
    target[start + n] = code
  }
  return text.length
}

/**
 * Encodes an encryption context injectively: the number of pairs, then each pair's key and value,
 * UTF-8, each behind its own length, pairs sorted by the UTF-16 of their keys. Two contexts have the
 * same encoding only if they hold the same pairs; `{ab: 'c'}` and `{a: 'bc'}` differ. An absent
 * context and an empty one are the same (KMS Developer Guide, "Encryption context").
 *
 * Strings must be well-formed UTF-16 (the input decoder sees to it): UTF-8 has one replacement for
 * all lone surrogates, and would merge contexts.
 * @param before what the encoding is to follow in the same Buffer
 */
export const encodeEncryptionContext = (
  context: EncryptionContext = {},
  before: Uint8Array = nothing,
): Buffer => {
  const keys = keysOf(context)
  let length = before.length + lengthBytes
  for (const key of keys) {
    length += 2 * lengthBytes + Buffer.byteLength(key) + Buffer.byteLength(context[key]!)
  }
  const encoded = Buffer.allocUnsafe(length)
  encoded.set(before)
  let at = encoded.writeUInt32BE(keys.length, before.length)
  const write = (part: string): void => {
    const written = writeString(part, encoded, at + lengthBytes)
    at = encoded.writeUInt32BE(written, at) + written
  }
  for (const key of keys) {
    write(key)
    write(context[key]!)
  }
  return encoded
}
