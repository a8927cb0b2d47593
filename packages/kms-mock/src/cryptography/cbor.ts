/** A value in CBOR; a map's keys are what they are. Tags are kept, floats aren't read. */
export type Cbor =
  | number
  | bigint
  | string
  | boolean
  | null
  | undefined
  | Buffer
  | readonly Cbor[]
  | ReadonlyMap<Cbor, Cbor>
  | CborTagged

/** A value behind a tag. */
export interface CborTagged {
  readonly tag: number | bigint
  readonly value: Cbor
}

const maxDepth = 16

const simple: ReadonlyMap<number, false | true | null | undefined> = new Map([
  [20, false],
  [21, true],
  [22, null],
  [23, undefined],
])

/**
 * Reads one item that fills the bytes (RFC 8949), byte strings as views into them. Strict: definite lengths, valid
 * UTF-8, no key twice, nothing behind the item.
 * @throws SyntaxError, without a word of the content
 */
export const readCbor = (bytes: Buffer): Cbor => {
  let at = 0
  const fail = (): never => {
    throw new SyntaxError(`not well-formed CBOR at byte ${at}`)
  }
  const take = (length: number): Buffer => {
    if (length > bytes.length - at) fail()
    at += length
    return bytes.subarray(at - length, at)
  }
  // Section 3: the argument is in the initial byte, or in the 1, 2, 4 or 8 bytes behind it.
  const argument = (info: number): number | bigint => {
    if (info < 24) return info
    if (info > 27) return fail()
    const digits = take(1 << (info - 24))
    if (digits.length < 8) return digits.readUIntBE(0, digits.length)
    const long = digits.readBigUInt64BE()
    return long > BigInt(Number.MAX_SAFE_INTEGER) ? long : Number(long)
  }
  const count = (info: number): number => {
    const length = argument(info)
    // Each item takes a byte at least: no length beyond the bytes is believed.
    return typeof length === 'bigint' || length > bytes.length - at ? fail() : length
  }
  const text = (info: number): string => {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(take(count(info)))
    } catch {
      return fail()
    }
  }
  const map = (info: number, depth: number): ReadonlyMap<Cbor, Cbor> => {
    const entries = new Map<Cbor, Cbor>()
    for (let left = count(info); left > 0; left -= 1) {
      const key = item(depth)
      if ((typeof key !== 'string' && typeof key !== 'number') || entries.has(key)) fail()
      entries.set(key, item(depth))
    }
    return entries
  }
  const negative = (value: number | bigint): number | bigint =>
    typeof value === 'bigint' ? -1n - value : -1 - value
  // By major type, section 3.1.
  const readers: readonly ((info: number, depth: number) => Cbor)[] = [
    argument,
    (info) => negative(argument(info)),
    (info) => take(count(info)),
    text,
    (info, depth) => Array.from({ length: count(info) }, () => item(depth)),
    map,
    (info, depth) => ({ tag: argument(info), value: item(depth) }),
    (info) => (simple.has(info) ? simple.get(info) : fail()),
  ]
  const item = (depth: number): Cbor => {
    if (depth === maxDepth) fail()
    const initial = take(1)[0]!
    return readers[initial >>> 5]!(initial & 0x1f, depth + 1)
  }
  const value = item(0)
  return at === bytes.length ? value : fail()
}
