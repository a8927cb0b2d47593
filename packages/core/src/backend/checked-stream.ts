import { createHash } from 'node:crypto'
import { InputError } from '@sealring/core'
import type { SealedBlob } from '@sealring/core'

/**
 * The bytes of a blob; fails with INVALID_ARGUMENT at the end, or where there are too many, if they aren't what it
 * promised.
 */
export async function* checkedStream(blob: SealedBlob): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash('sha256')
  let size = 0
  for await (const piece of blob.stream()) {
    size += piece.byteLength
    if (size > blob.size) break
    hash.update(piece)
    yield piece
  }
  if (size !== blob.size || hash.digest('hex') !== blob.digest) throw contradiction()
}

export const contradiction = () =>
  new InputError('INVALID_ARGUMENT', 'The bytes of the blob contradict its digest or size.')
