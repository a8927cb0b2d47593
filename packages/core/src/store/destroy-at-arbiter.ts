import type { SealedBlob, Slot } from '../backend/backend.js'
import { StoreError } from '../errors.js'
import { ask } from './ask.js'
import { judgeSlot } from './judge-slot.js'
import type { StoreParts } from './parts.js'
import { replaceSlot } from './replace-slot.js'
import { sealTombstone } from './tombstone.js'

export type ArbiterDestruction =
  /** The arbiter holds this tombstone, by this call or before. */
  { readonly committed: true; readonly tombstone: SealedBlob; readonly destroyed: string } | Doubt

/** The arbiter may get this tombstone, or have got it: the answer was lost. */
interface Doubt {
  readonly committed: 'unknown'
  readonly tombstone: SealedBlob
  readonly destroyed: string
  readonly error: unknown
}

/** The slot changed meanwhile; with a doubt, the write of this round may still happen. */
interface Changed {
  readonly committed: false
  readonly doubt: Doubt | undefined
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
  const { maxAttempts } = parts
  let doubt: Doubt | undefined
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    try {
      const result = await oneAttempt(parts, slot, requestId, signal)
      if (result.committed !== false) return result
      doubt = result.doubt ?? doubt
    } catch (error) {
      if (doubt) return doubt
      throw error
    }
  }
  if (doubt) return doubt
  throw new StoreError(
    'CONFLICT',
    `Revision ${slot.revision} of ${JSON.stringify(slot.name)} changed ${maxAttempts} times while it was to be ` +
      'destroyed: destroy it again later.',
    { details: { ...slot } },
  )
}

async function oneAttempt(
  parts: StoreParts,
  slot: Slot,
  requestId: string,
  signal: AbortSignal | undefined,
): Promise<ArbiterDestruction | Changed> {
  const { arbiter } = parts
  const seen = parts.floors.of(slot.name)?.revision ?? 0
  const stat = await ask(arbiter, 'stat', signal, () => arbiter.stat(slot, { signal }))
  if (!stat) throw await absentAtArbiter(parts, slot, seen, signal)
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
  const unknown = (error: unknown): Doubt => ({ committed: 'unknown', tombstone, destroyed, error })
  if (result.outcome === 'unknown') return unknown(result.error)
  return { committed: false, doubt: result.doubtful && unknown(result.doubtful) }
}

/** Numbers are given without gaps: what lacks below one that there was is lost, and a replica may bring it back. */
async function absentAtArbiter(
  { arbiter }: StoreParts,
  { name, revision }: Slot,
  seen: number,
  signal: AbortSignal | undefined,
): Promise<StoreError> {
  const latest = await ask(arbiter, 'latest', signal, () => arbiter.latest(name, { signal }))
  const highest = Math.max(seen, latest?.revision ?? 0)
  return revision <= highest
    ? new StoreError(
        'ROLLBACK',
        `There was a revision ${highest} of ${JSON.stringify(name)}, and the arbiter no longer has revision ${revision}: it ` +
          'was damaged, rolled back or restored. Run verify and repair; nothing was written.',
        { details: { name, revision } },
      )
    : new StoreError('NOT_FOUND', `The arbiter has no revision ${revision} of ${JSON.stringify(name)}.`, {
        details: { name, revision },
      })
}
