import { InputError } from '@sealring/core'

/** A multipart upload has at most this many parts, each but the last of at least 5 MiB and at most 5 GiB (S3 user guide, "Multipart upload limits"). */
export const maxParts = 10_000
export const minPartBytes = 5 * 1024 ** 2
export const maxPartBytes = 5 * 1024 ** 3

const MiB = 1024 ** 2

/** The size of the parts of a blob: the asked one, or as many MiB more as it takes to stay within `maxParts`. */
export function partBytesFor(size: number, asked: number): number {
  return Math.max(asked, Math.ceil(size / maxParts / MiB) * MiB)
}

/** Fails with INVALID_ARGUMENT. */
export function checkPartBytes(partBytes: number): void {
  if (!Number.isSafeInteger(partBytes) || partBytes < minPartBytes || partBytes > maxPartBytes)
    throw new InputError(
      'INVALID_ARGUMENT',
      `partBytes is an integer from ${minPartBytes} to ${maxPartBytes}.`,
    )
}

/**
 * Fills one buffer after the other with bytes in pieces, each but the last to its end. `free` gives the next buffer,
 * once nobody needs it any more.
 */
export async function* cutIntoParts(
  pieces: AsyncIterable<Uint8Array>,
  free: () => Promise<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let part = await free()
  let filled = 0
  for await (const piece of pieces) {
    for (let at = 0; at < piece.byteLength;) {
      if (filled === part.byteLength) {
        yield part
        part = await free()
        filled = 0
      }
      const some = piece.subarray(at, at + part.byteLength - filled)
      part.set(some, filled)
      filled += some.byteLength
      at += some.byteLength
    }
  }
  yield part.subarray(0, filled)
}
