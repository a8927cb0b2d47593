import { fromBigInt, toBigInt } from './big-integers.js'

/** Tags of ITU-T X.690 that keys, signatures and ciphertexts are made of. */
export const tags = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  sequence: 0x30,
  set: 0x31,
  /** `[0]`, primitive: the seed of RFC 9881 and RFC 9935. */
  context0: 0x80,
  /** `[0]`, constructed. */
  explicit0: 0xa0,
  /** `[1]`, constructed: the public key in an EC private key (RFC 5915). */
  explicit1: 0xa1,
} as const

/** One element; its content is a view into what was read. */
export interface DerElement {
  readonly tag: number
  readonly content: Buffer
}

const encodeLength = (length: number): Buffer => {
  if (length < 0x80) return Buffer.of(length)
  const bytes = fromBigInt(BigInt(length), Math.ceil(length.toString(16).length / 2))
  return Buffer.concat([Buffer.of(0x80 | bytes.length), bytes])
}

/** Writes an element whose content is the parts, one after the other. */
export const encodeDer = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.of(tag), encodeLength(content.length), content])
}

/** Writes a number that is not negative. */
export const encodeInteger = (value: bigint): Buffer => {
  const digits = value.toString(16)
  // One bit more than the number has: the first bit is the sign.
  const bytes = fromBigInt(value, Math.ceil(digits.length / 2))
  return encodeDer(tags.integer, bytes[0]! & 0x80 ? Buffer.of(0) : Buffer.alloc(0), bytes)
}

const readElement = (bytes: Buffer): { element: DerElement; rest: Buffer } | undefined => {
  const tag = bytes[0]
  const first = bytes[1]
  if (tag === undefined || first === undefined) return undefined
  let [length, start] = [first, 2]
  if (first >= 0x80) {
    start = 2 + (first & 0x7f)
    if (start < 3 || start > 6 || start > bytes.length) return undefined
    length = bytes.readUIntBE(2, start - 2)
    // DER has one spelling of each length (X.690, section 10.1).
    if (length < 0x80 || bytes[2] === 0) return undefined
  }
  if (start + length > bytes.length) return undefined
  return {
    element: { tag, content: bytes.subarray(start, start + length) },
    rest: bytes.subarray(start + length),
  }
}

/** Reads elements one after the other; undefined unless the bytes are nothing but elements in DER. */
export const readDerElements = (bytes: Buffer): readonly DerElement[] | undefined => {
  const elements: DerElement[] = []
  for (let rest = bytes; rest.length > 0;) {
    const next = readElement(rest)
    if (next === undefined) return undefined
    elements.push(next.element)
    rest = next.rest
  }
  return elements
}

/** Reads the elements of one sequence that fills the bytes, or undefined. */
export const readDerSequence = (bytes: Buffer): readonly DerElement[] | undefined => {
  const elements = readDerElements(bytes)
  const [only, ...others] = elements ?? []
  return only?.tag === tags.sequence && others.length === 0 ? readDerElements(only.content) : undefined
}

/** The content of an element with this tag, or undefined. */
export const contentOf = (element: DerElement | undefined, tag: number): Buffer | undefined =>
  element?.tag === tag ? element.content : undefined

/** A number that is not negative, in its one spelling (X.690, section 8.3), or undefined. */
export const readInteger = (element: DerElement | undefined): bigint | undefined => {
  const content = contentOf(element, tags.integer)
  const [first, second] = content ?? []
  if (content === undefined || first === undefined || first >= 0x80) return undefined
  if (first === 0 && second !== undefined && second < 0x80) return undefined
  return toBigInt(content)
}
