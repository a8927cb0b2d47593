import type { Backend, SealedBlob, Slot } from '../backend/backend.js'
import { BackendError, StoreError } from '../errors.js'
import { ask } from './ask.js'
import { openBlob } from './committed.js'
import { createCopy, isOutcomeUnknown } from './copies.js'
import { readCopy } from './read-copy.js'
import { isRemains } from './remains.js'
import { replaceSlot, type ReplaceOutcome } from './replace-slot.js'
import { saveFork } from './save-fork.js'
import type { StoreParts } from './parts.js'

/** An acknowledgement was lost for good: the tombstone may be there, or still come. */
interface Doubt {
  readonly outcome: 'unknown'
  readonly error: unknown
}

export type CopyDestruction = { readonly outcome: 'replaced' } | Doubt

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
): Promise<CopyDestruction> {
  let doubt: Doubt | undefined
  for (let looks = 1; looks <= maxLooks; looks++) {
    try {
      const result = await oneLook(parts, replica, slot, tombstone, destroyed, signal)
      if (result.outcome !== 'changed') return result
      doubt = result.doubtful ? { outcome: 'unknown', error: result.doubtful } : doubt
    } catch (error) {
      if (doubt) return doubt
      throw error
    }
  }
  if (doubt) return doubt
  throw differs(replica, slot, `changed ${maxLooks} times while it was to be replaced`)
}

async function oneLook(
  parts: StoreParts,
  replica: Backend,
  slot: Slot,
  tombstone: SealedBlob,
  destroyed: string,
  signal: AbortSignal | undefined,
): Promise<ReplaceOutcome> {
  const stat = await ask(replica, 'stat', signal, () => replica.stat(slot, { signal }))
  if (stat?.digest === tombstone.digest) return { outcome: 'replaced' }
  if (!stat) return createTombstone(replica, slot, tombstone, signal)
  if (stat.digest !== destroyed) await keepOther(parts, replica, slot, tombstone, destroyed, signal)
  return replaceSlot(replica, slot, tombstone, stat.versionToken, signal)
}

async function createTombstone(
  replica: Backend,
  slot: Slot,
  tombstone: SealedBlob,
  signal: AbortSignal | undefined,
): Promise<ReplaceOutcome> {
  try {
    await createCopy(replica, slot, tombstone, signal)
    return { outcome: 'replaced' }
  } catch (error) {
    if (isOutcomeUnknown(error)) return { outcome: 'changed', doubtful: error }
    // A put that was under way came first: look again.
    if (error instanceof StoreError && error.code === 'COPY_DIFFERS') return { outcome: 'changed' }
    throw error
  }
}

/**
 * Save what is neither the destroyed blob, or what damage left of it, nor a tombstone of the slot, nor known to be damaged
 * (which is only its record where the bytes open).
 */
async function keepOther(
  parts: StoreParts,
  replica: Backend,
  slot: Slot,
  tombstone: SealedBlob,
  destroyed: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const copy = await readCopy(replica, slot, signal).catch((error: unknown) => {
    // Nothing that could be kept.
    if (error instanceof BackendError && error.code === 'BLOB_DAMAGED') return undefined
    throw error
  })
  if (!copy || copy.blob.digest === destroyed) return
  const opened = await openBlob({ parts, signal }, slot, copy.blob)
  if ('failed' in opened ? !copy.intact : opened.binding.destroyed !== undefined) return
  if (await isRemains(copy.blob, opened, slot, tombstone)) return
  const objection = await saveFork({ parts, signal, wrote: () => undefined }, replica, slot)
  if (objection !== undefined) throw differs(replica, slot, objection)
}

function differs(replica: Backend, slot: Slot, why: string): StoreError {
  return new StoreError('COPY_DIFFERS', `"${replica.id}", revision ${slot.revision}: ${why}.`, {
    details: { location: replica.id, ...slot },
  })
}
