import { createHash } from 'node:crypto'
import type { SealedBlob } from './backend.js'
import { checkBlob } from './check-blob.js'

/**
 * The bytes of a blob on their way to a location; fails with INVALID_ARGUMENT at the end, or where there are too many, if they
 * aren't what it promised. So nothing may be committed before the end.
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
  checkBlob(blob, { digest: hash.digest('hex'), size })
}
