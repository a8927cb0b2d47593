import type { SealedBlob, Slot } from '../backend/backend.js'
import { ask } from './ask.js'
import { isOutcomeUnknown } from './copies.js'
import type { StoreParts } from './parts.js'

export type CommitResult =
  | { readonly outcome: 'committed' }
  /** Another writer's blob has the slot: ours can never get there. */
  | {
      readonly outcome: 'lost'
      readonly digest: string
      /** Ours may have been there before it: an acknowledgement was lost, and what was written may have been destroyed. */
      readonly doubtful?: true
    }
  /** Neither is known: the write may even happen later. */
  | { readonly outcome: 'unknown'; readonly error: unknown }

/**
 * Create the blob at the arbiter. A lost acknowledgement is settled by `stat`, and where the slot is still
 * empty by creating the same bytes once more, which is safe since creation is conditional. Rejects only when
 * nothing was written: with the arbiter's BackendError, or the signal's reason before the first call.
 */
export async function commitAtArbiter(
  { arbiter }: StoreParts,
  slot: Slot,
  blob: SealedBlob,
  signal: AbortSignal | undefined,
): Promise<CommitResult> {
  signal?.throwIfAborted()
  const create = async (): Promise<CommitResult> => {
    const result = await ask(arbiter, 'create', signal, () => arbiter.create(slot, blob, { signal }))
    return result.outcome === 'created' ? { outcome: 'committed' } : judge(blob, result.digest)
  }
  try {
    return await create()
  } catch (error) {
    if (signal?.aborted) return { outcome: 'unknown', error }
    if (!isOutcomeUnknown(error)) throw error
    try {
      const stat = await ask(arbiter, 'stat', signal, () => arbiter.stat(slot, { signal }))
      const settled = stat ? judge(blob, stat.digest) : await create()
      return settled.outcome === 'lost' ? { ...settled, doubtful: true } : settled
    } catch {
      // Only that the first answer was lost is known; the second failure adds nothing to it.
      return { outcome: 'unknown', error }
    }
  }
}

function judge(blob: SealedBlob, digest: string): CommitResult {
  return digest === blob.digest ? { outcome: 'committed' } : { outcome: 'lost', digest }
}
