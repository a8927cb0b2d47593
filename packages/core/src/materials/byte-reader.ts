import { EnvelopeError } from '../errors.js'

/**
 * A cursor over hostile bytes. Nothing is read past `end`; a field that does not fit is MESSAGE_TOO_LARGE where
 * a limit cut the bytes off, MESSAGE_TRUNCATED otherwise.
 */
export interface ByteReader {
  readonly bytes: Buffer
  readonly end: number
  /** True when `end` is a limit and not the end of what there is. */
  readonly limited: boolean
  offset: number
}

/** A view, never a copy, of any Uint8Array. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

export function byteReader(bytes: Uint8Array, limit: number): ByteReader {
  const limited = bytes.byteLength > limit
  return { bytes: asBuffer(bytes), end: limited ? limit : bytes.byteLength, limited, offset: 0 }
}

function advance(reader: ByteReader, length: number, field: string): number {
  const start = reader.offset
  if (length > reader.end - start) {
    throw reader.limited
      ? new EnvelopeError(
          'MESSAGE_TOO_LARGE',
          `The header is longer than ${reader.end} bytes (maxHeaderLength)`,
        )
      : new EnvelopeError('MESSAGE_TRUNCATED', `The message ends within ${field}`)
  }
  reader.offset = start + length
  return start
}

export function readUint8(reader: ByteReader, field: string): number {
  return reader.bytes.readUInt8(advance(reader, 1, field))
}

export function readUint16(reader: ByteReader, field: string): number {
  return reader.bytes.readUInt16BE(advance(reader, 2, field))
}

export function readUint32(reader: ByteReader, field: string): number {
  return reader.bytes.readUInt32BE(advance(reader, 4, field))
}

/** Passes over the next `length` bytes. Returns where they begin. */
export function skipBytes(reader: ByteReader, length: number, field: string): number {
  return advance(reader, length, field)
}

/** A view of the next `length` bytes. */
export function readBytes(reader: ByteReader, length: number, field: string): Buffer {
  const start = advance(reader, length, field)
  return reader.bytes.subarray(start, start + length)
}

/** The next field with a 16-bit length in front. */
export function readField(reader: ByteReader, field: string): Buffer {
  return readBytes(reader, readUint16(reader, field), field)
}
