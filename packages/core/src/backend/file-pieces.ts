import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import type { ByteRange } from './backend.js'

const pieceSize = 256 * 1024

/** SHA-256 and size of all bytes of a file, read a piece at a time. */
export async function hashFile(handle: FileHandle, signal: AbortSignal | undefined) {
  const hash = createHash('sha256')
  let size = 0
  for await (const piece of pieces(handle, 0, Number.POSITIVE_INFINITY, Buffer.allocUnsafeSlow(pieceSize))) {
    signal?.throwIfAborted()
    hash.update(piece)
    size += piece.byteLength
  }
  return { digest: hash.digest('hex'), size }
}

/**
 * The bytes `[start, end)` of a file. The file is closed at the end, on failure, and when the caller returns
 * early, even before the first piece: which a generator would not do.
 */
export function bodyOf(
  handle: FileHandle,
  { start, end }: ByteRange,
  signal: AbortSignal | undefined,
  translate: (error: unknown) => unknown,
): AsyncIterable<Uint8Array> {
  const source = pieces(handle, start, end)
  const iterator: AsyncIterator<Uint8Array, undefined> = {
    async next() {
      try {
        signal?.throwIfAborted()
        const { value, done } = await source.next()
        if (!done) return { value, done: false }
      } catch (error) {
        await handle.close()
        throw signal?.aborted ? signal.reason : translate(error)
      }
      await handle.close()
      return { value: undefined, done: true }
    },
    async return() {
      await handle.close()
      return { value: undefined, done: true }
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}

async function* pieces(
  handle: FileHandle,
  start: number,
  end: number,
  buffer?: Buffer,
): AsyncGenerator<Uint8Array, undefined> {
  for (let position = start; position < end;) {
    const target = buffer ?? Buffer.allocUnsafeSlow(Math.min(pieceSize, end - position))
    const { bytesRead } = await handle.read(target, 0, Math.min(target.byteLength, end - position), position)
    if (bytesRead === 0) return
    yield target.subarray(0, bytesRead)
    position += bytesRead
  }
}
