/** Throws unless the condition holds: the reference decoder's only way to refuse. */
export function insist(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what)
}

/** A message and how far it was read. */
export interface ReferenceReader {
  readonly message: Uint8Array
  position: number
}

/** The next bytes, a copy. */
export function take(reader: ReferenceReader, count: number): Uint8Array {
  insist(count <= reader.message.length - reader.position, 'truncated')
  reader.position += count
  return reader.message.slice(reader.position - count, reader.position)
}

/** The next big-endian number. Of eight bytes the lowest bits may be rounded, beyond any length that is allowed. */
export function number(reader: ReferenceReader, count: number): number {
  return take(reader, count).reduce((value, byte) => value * 256 + byte, 0)
}

/** The next field with a 16-bit length in front. */
export function field(reader: ReferenceReader): Uint8Array {
  return take(reader, number(reader, 2))
}

export function utf8(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
}
