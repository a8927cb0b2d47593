import type { Backend, SealedBlob, Slot } from '../backend/backend.js'
import { ask } from './ask.js'
import type { BackendError } from '../errors.js'
import { isOutcomeUnknown } from './copies.js'

export type ReplaceOutcome =
  | { readonly outcome: 'replaced' }
  /** Something else is there than was expected, or the replacement was not done yet: look again. */
  | {
      readonly outcome: 'changed'
      /** Set when the replacement may still be done: its answer was lost. */
      readonly doubtful?: BackendError
    }
  /** Neither is known: the write may even happen later. */
  | { readonly outcome: 'unknown'; readonly error: unknown }

/**
 * Replace the bytes of a slot if they are still those of `expect`. A lost acknowledgement is settled by `stat`. Rejects
 * only when nothing was written.
 */
export async function replaceSlot(
  location: Backend,
  slot: Slot,
  blob: SealedBlob,
  expect: string,
  signal: AbortSignal | undefined,
): Promise<ReplaceOutcome> {
  signal?.throwIfAborted()
  try {
    const { outcome } = await ask(location, 'replace', signal, () =>
      location.replace(slot, blob, { expect, signal }),
    )
    return { outcome }
  } catch (error) {
    if (signal?.aborted) return { outcome: 'unknown', error }
    if (!isOutcomeUnknown(error)) throw error
    try {
      const stat = await ask(location, 'stat', signal, () => location.stat(slot, { signal }))
      return stat?.digest === blob.digest ? { outcome: 'replaced' } : { outcome: 'changed', doubtful: error }
    } catch {
      // Only that the first answer was lost is known; the second failure adds nothing to it.
      return { outcome: 'unknown', error }
    }
  }
}
