import type { SealedBlob, Slot } from '../backend/backend.js'
import { StoreError } from '../errors.js'
import { ask } from './ask.js'
import { judgeSlot } from './judge-slot.js'
import type { StoreParts } from './parts.js'
import { replaceSlot } from './replace-slot.js'
import { sealTombstone } from './tombstone.js'

export type ArbiterDestruction =
  /** The arbiter holds this tombstone, by this call or before. */
  | { readonly committed: true; readonly tombstone: SealedBlob; readonly destroyed: string }
  | {
      readonly committed: 'unknown'
      readonly tombstone: SealedBlob
      readonly destroyed: string
      readonly error: unknown
    }

/**
 * Replace the arbiter's blob by a tombstone, if it still is the blob that was looked at; another writer's tombstone serves as
 * well as ours. Rejects only when nothing was written: with NOT_FOUND, UNREADABLE, CONFLICT (the slot changed `maxAttempts`
 * times), the keyring's error, or the arbiter's BackendError.
 */
export async function destroyAtArbiter(
  parts: StoreParts,
  slot: Slot,
  requestId: string,
  signal: AbortSignal | undefined,
): Promise<ArbiterDestruction> {
  const { arbiter } = parts
  for (let attempt = 1; attempt <= parts.maxAttempts; attempt++) {
    const stat = await ask(arbiter, 'stat', signal, () => arbiter.stat(slot, { signal }))
    if (!stat) throw absentAtArbiter(parts, slot)
    const judged = await judgeSlot(parts, slot, stat, signal)
    if (judged.state === 'destroyed')
      return { committed: true, tombstone: judged.tombstone, destroyed: judged.destroyed }
    const destroyed = judged.state === 'elsewhere' ? judged.destroyed : judged.epitaph.destroyed
    const tombstone =
      judged.state === 'elsewhere'
        ? judged.tombstone
        : await sealTombstone(parts, slot, { ...judged.epitaph, requestId }, signal)
    const result = await replaceSlot(arbiter, slot, tombstone, judged.versionToken, signal)
    if (result.outcome === 'replaced') return { committed: true, tombstone, destroyed }
    if (result.outcome === 'unknown')
      return { committed: 'unknown', tombstone, destroyed, error: result.error }
  }
  throw new StoreError(
    'CONFLICT',
    `Revision ${slot.revision} of ${JSON.stringify(slot.name)} changed ${parts.maxAttempts} times while it was to be ` +
      'destroyed: destroy it again later.',
    { details: { ...slot } },
  )
}

function absentAtArbiter({ floors }: StoreParts, { name, revision }: Slot): StoreError {
  return floors.of(name)?.revision === revision
    ? new StoreError(
        'ROLLBACK',
        `Revision ${revision} of ${JSON.stringify(name)} was seen, the arbiter no longer has it: it was rolled back or ` +
          'restored. Run verify and repair; nothing was written.',
        { details: { name, revision } },
      )
    : new StoreError('NOT_FOUND', `The arbiter has no revision ${revision} of ${JSON.stringify(name)}.`, {
        details: { name, revision },
      })
}
