import type { FileHandle } from 'node:fs/promises'
import { EnvelopeError } from '../errors.js'
import type { SeekableSource } from './seekable-source.js'

/**
 * An open file, for `decryptRange`. It stays the caller's to close, and counts as being as long as it is now. Throws
 * SOURCE_FAILED.
 */
export async function fileSource(file: FileHandle): Promise<SeekableSource> {
  let size: number
  try {
    ;({ size } = await file.stat())
  } catch (error) {
    throw new EnvelopeError('SOURCE_FAILED', 'The file could not be looked at', { cause: error })
  }
  return {
    size,
    async read(start, end) {
      const bytes = Buffer.allocUnsafe(end - start)
      let length = 0
      let bytesRead: number
      do {
        ;({ bytesRead } = await file.read(bytes, length, bytes.length - length, start + length))
        length += bytesRead
      } while (bytesRead > 0 && length < bytes.length)
      return bytes.subarray(0, length)
    },
  }
}
