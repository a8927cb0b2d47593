/** The pairs of an encryption context, as the operations take them. */
export type EncryptionContext = Readonly<Record<string, string>>

/**
 * Encodes an encryption context injectively: the number of pairs, then each pair's key and value,
 * UTF-8, each behind its own length, pairs sorted by the bytes of their keys. Two contexts have the
 * same encoding only if they hold the same pairs; `{ab: 'c'}` and `{a: 'bc'}` differ. An absent
 * context and an empty one are the same (KMS Developer Guide, "Encryption context").
 *
 * Strings must be well-formed UTF-16 (the input decoder sees to it): UTF-8 has one replacement for
 * all lone surrogates, and would merge contexts.
 */
export const encodeEncryptionContext = (context: EncryptionContext = {}): Buffer => {
  const pairs = Object.entries(context).map(([key, value]) => [Buffer.from(key), Buffer.from(value)] as const)
  pairs.sort(([left], [right]) => Buffer.compare(left, right))
  let length = 4
  for (const [key, value] of pairs) length += 8 + key.length + value.length
  const encoded = Buffer.allocUnsafe(length)
  let at = encoded.writeUInt32BE(pairs.length)
  for (const pair of pairs) {
    for (const part of pair) {
      at = encoded.writeUInt32BE(part.length, at)
      at += part.copy(encoded, at)
    }
  }
  return encoded
}
