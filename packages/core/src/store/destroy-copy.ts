import type { Backend, SealedBlob, Slot } from '../backend/backend.js'
import { StoreError } from '../errors.js'
import { ask } from './ask.js'
import { openBlob } from './committed.js'
import { createCopy } from './copies.js'
import { readCopy } from './read-copy.js'
import { replaceSlot } from './replace-slot.js'
import { saveFork } from './save-fork.js'
import type { StoreParts } from './parts.js'

/** How often a replica whose slot changes meanwhile is looked at anew. */
const maxLooks = 4

/**
 * Bring a tombstone that the arbiter holds to a replica, whatever is in the slot there, or nothing. Another blob than the
 * destroyed one is kept beside the slot. `unknown` when an acknowledgement was lost for good; otherwise rejects as `ask` does,
 * or with COPY_DIFFERS.
 */
export async function destroyCopy(
  parts: StoreParts,
  replica: Backend,
  slot: Slot,
  tombstone: SealedBlob,
  destroyed: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly outcome: 'replaced' } | { readonly outcome: 'unknown'; readonly error: unknown }> {
  for (let looks = 1; looks <= maxLooks; looks++) {
    const stat = await ask(replica, 'stat', signal, () => replica.stat(slot, { signal }))
    if (stat?.digest === tombstone.digest) return { outcome: 'replaced' }
    if (!stat) {
      try {
        await createCopy(replica, slot, tombstone, signal)
        return { outcome: 'replaced' }
      } catch (error) {
        // A put that was under way came first: look again.
        if (!(error instanceof StoreError && error.code === 'COPY_DIFFERS')) throw error
        continue
      }
    }
    if (stat.digest !== destroyed) await keepOther(parts, replica, slot, destroyed, signal)
    const result = await replaceSlot(replica, slot, tombstone, stat.versionToken, signal)
    if (result.outcome !== 'changed') return result
  }
  throw differs(replica, slot, `changed ${maxLooks} times while it was to be replaced`)
}

/** Save what is neither the destroyed blob nor a tombstone of the slot, nor damaged. */
async function keepOther(
  parts: StoreParts,
  replica: Backend,
  slot: Slot,
  destroyed: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const copy = await readCopy(replica, slot, signal)
  if (!copy?.intact || copy.blob.digest === destroyed) return
  const opened = await openBlob({ parts, signal }, slot, copy.blob)
  if (!('failed' in opened) && opened.binding.destroyed !== undefined) return
  const objection = await saveFork({ parts, signal, wrote: () => undefined }, replica, slot)
  if (objection !== undefined) throw differs(replica, slot, objection)
}

function differs(replica: Backend, slot: Slot, why: string): StoreError {
  return new StoreError('COPY_DIFFERS', `"${replica.id}", revision ${slot.revision}: ${why}.`, {
    details: { location: replica.id, ...slot },
  })
}
