import type { SealedBlob, SlotStat } from '../backend/backend.js'
import { StoreError } from '../errors.js'
import { openSealed } from './open-sealed.js'
import type { StoreParts } from './parts.js'

/**
 * Opens the revisions of one name in ascending order and compares each with the digest of the one before, or with that of
 * the blob which the one before, a tombstone, has destroyed.
 */
export interface ChainWalk {
  /**
   * The error of a revision that doesn't open or doesn't follow; `undefined` when all is well. Without its blob only
   * the digest is noted for the next step.
   */
  step(committed: SlotStat, blob: SealedBlob | undefined): Promise<unknown>
}

export function chainWalk(parts: StoreParts, name: string, signal: AbortSignal | undefined): ChainWalk {
  let before: (SlotStat & { destroyed?: string | undefined }) | undefined
  return {
    async step(committed, blob) {
      const last = before
      before = committed
      if (!blob) return undefined
      const { revision } = committed
      try {
        const { binding } = await openSealed(parts, { name, revision }, blob, signal)
        before = { ...committed, destroyed: binding.destroyed }
        const follows = last?.revision === revision - 1 ? [last.digest, last.destroyed] : []
        if (revision > 1 && !follows.includes(binding.previous)) throw brokenChain(name, revision)
        return undefined
      } catch (error) {
        signal?.throwIfAborted()
        return error
      }
    },
  }
}

function brokenChain(name: string, revision: number): StoreError {
  return new StoreError(
    'BINDING_MISMATCH',
    `Revision ${revision} of ${JSON.stringify(name)} does not follow the revision before it.`,
    { details: { name, revision } },
  )
}
