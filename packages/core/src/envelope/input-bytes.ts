import { InputError } from '../errors.js'
import { asBuffer } from '../materials/byte-reader.js'

/** The bytes of an argument: a view of bytes, or a new Buffer for text. Throws INVALID_ARGUMENT. */
export function inputBytes(value: unknown, encoding: BufferEncoding | undefined, name: string): Buffer {
  if (value instanceof Uint8Array) return asBuffer(value)
  if (typeof value !== 'string') {
    throw new InputError('INVALID_ARGUMENT', `The ${name} must be a Uint8Array, a Buffer or a string`)
  }
  if (!encoding) return Buffer.from(value)
  if (!Buffer.isEncoding(encoding)) throw new InputError('INVALID_ARGUMENT', 'The encoding is unknown')
  return Buffer.from(value, encoding)
}

/** Options may be left out, but not be something else. Throws INVALID_ARGUMENT. */
export function checkOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) {
    throw new InputError('INVALID_ARGUMENT', 'The options must be an object')
  }
}
