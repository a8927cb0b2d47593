/** The pairs of an encryption context, as the operations take them. */
export type EncryptionContext = Readonly<Record<string, string>>

/**
 * Encodes an encryption context injectively: the number of pairs, then each pair's key and value,
 * UTF-8, each behind its own length, pairs sorted by the UTF-16 of their keys. Two contexts have the
 * same encoding only if they hold the same pairs; `{ab: 'c'}` and `{a: 'bc'}` differ. An absent
 * context and an empty one are the same (KMS Developer Guide, "Encryption context").
 *
 * Strings must be well-formed UTF-16 (the input decoder sees to it): UTF-8 has one replacement for
 * all lone surrogates, and would merge contexts.
 */
export const encodeEncryptionContext = (context: EncryptionContext = {}): Buffer => {
  const keys = Object.keys(context)
  // Most are in order as they come, and sorting is what takes longest here.
  if (keys.some((key, index) => index > 0 && key < keys[index - 1]!)) keys.sort()
  let length = 4
  for (const key of keys) length += 8 + Buffer.byteLength(key) + Buffer.byteLength(context[key]!)
  const encoded = Buffer.allocUnsafe(length)
  let at = encoded.writeUInt32BE(keys.length)
  const write = (part: string): void => {
    const written = encoded.write(part, at + 4)
    at = encoded.writeUInt32BE(written, at) + written
  }
  for (const key of keys) {
    write(key)
    write(context[key]!)
  }
  return encoded
}
