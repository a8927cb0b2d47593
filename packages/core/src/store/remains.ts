import type { SealedBlob, Slot } from '../backend/backend.js'
import { defaultLimits } from '../envelope/index.js'
import { requestPair } from './binding.js'
import type { OpenResult } from './committed.js'
import { startOf } from './start-of.js'
import { claimsOf } from './tombstone.js'

/**
 * Whether a blob is the one that a tombstone stands for, or what damage left of it, and has another digest all the same. One
 * that opens is, when it has the destroyed request and the same revision before: the tombstone may name the digest of damage that
 * later revisions were built on. Of one that does not open: a flipped bit changes the digest, and leaves the content for whoever flips it back. Its header, which nothing vouches for any more, is enough to say
 * so: it holds the destroyed request, wherever in it the damage is. One without it, which nobody can open, must at least name
 * the slot and the same revision before. What only the key is missing of may be another writer's.
 */
export async function isRemains(
  blob: SealedBlob,
  opened: OpenResult,
  { name, revision }: Slot,
  tombstone: SealedBlob,
): Promise<boolean> {
  const epitaph = await claimsOf(tombstone)
  if (epitaph?.destroyed === undefined) return false
  const { store, destroyedRequest, previous } = epitaph
  if (!('failed' in opened)) {
    const { binding } = opened
    return (
      binding.destroyed === undefined &&
      binding.requestId === destroyedRequest &&
      binding.previous === previous
    )
  }
  const claims = await claimsOf(blob)
  const here = claims?.store === store && claims.name === name && claims.revision === revision
  // It belongs elsewhere; what damage has made of another version or suite doesn't.
  if (opened.failed === 'not ours' && claims && !here) return false
  if (destroyedRequest !== undefined) {
    const header = Buffer.from(await startOf(blob, defaultLimits.maxHeaderLength))
    if (header.includes(requestPair(destroyedRequest))) return true
  }
  return opened.failed === 'not authentic' && here && claims.previous === previous
}
