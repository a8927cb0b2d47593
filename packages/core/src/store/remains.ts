import type { SealedBlob, Slot } from '../backend/backend.js'
import type { OpenResult } from './committed.js'
import { claimsOf } from './tombstone.js'

/**
 * Whether a blob that is not authentic is what damage left of the one that a tombstone stands for: a flipped bit changes the
 * digest, and leaves the content for whoever flips it back. Its header, which nothing vouches for any more, is enough to say
 * so, since nobody can open the blob as it is: it names the slot, and the destroyed request or the same revision before.
 */
export async function isRemains(
  blob: SealedBlob,
  opened: OpenResult,
  { name, revision }: Slot,
  tombstone: SealedBlob,
): Promise<boolean> {
  if (!('failed' in opened) || opened.failed !== 'not authentic') return false
  const [claims, epitaph] = [await claimsOf(blob), await claimsOf(tombstone)]
  if (!claims || epitaph?.destroyed === undefined || claims.name !== name || claims.revision !== revision)
    return false
  return claims.requestId === epitaph.destroyedRequest || claims.previous === epitaph.previous
}
