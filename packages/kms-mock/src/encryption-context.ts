/** The pairs of an encryption context, as the operations take them. */
export type EncryptionContext = Readonly<Record<string, string>>

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt32BE(value)
  return bytes
}

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
  return Buffer.concat([
    uint32(pairs.length),
    ...pairs.flatMap(([key, value]) => [uint32(key.length), key, uint32(value.length), value]),
  ])
}
