import type { Backend, Slot, SlotStat } from '../backend/backend.js'
import { StoreError } from '../errors.js'
import { askAll } from './ask.js'
import { destroyedError } from './destroyed-error.js'
import type { Reading } from './reading.js'
import { findTombstone, maxTombstoneBytes } from './tombstone.js'

/**
 * Of two blobs at one revision a tombstone for the other wins: rejects with DESTROYED when a location has one for what
 * the arbiter has.
 */
export async function heedTombstone(
  run: Reading,
  location: Backend,
  theirs: SlotStat,
  committed: SlotStat | undefined,
): Promise<void> {
  if (committed?.revision !== theirs.revision || committed.digest === theirs.digest) return
  await heed(run, location, theirs, committed.digest)
}

/** Rejects with DESTROYED when any location has a tombstone of the revision: for when no record says which blob is right. */
export async function heedAnyTombstone(run: Reading, revision: number): Promise<void> {
  const { parts, signal, name } = run
  const slot = { name, revision }
  const answers = await askAll(parts.locations, 'stat', signal, (location) => location.stat(slot, { signal }))
  for (const [location, answer] of answers)
    if ('error' in answer) run.failures.add(location, 'stat', answer.error)
    else if (answer.value && answer.value.size <= maxTombstoneBytes) await heed(run, location, slot)
}

/** A tombstone that can't be opened is no reason to refuse what can: anyone could have put it there. */
async function heed(
  run: Reading,
  location: Backend,
  { name, revision }: Slot,
  destroyed?: string,
): Promise<void> {
  const slot = { name, revision }
  try {
    const found = await findTombstone(run.parts, location, slot, run.signal)
    if (!found || (destroyed !== undefined && found.destroyed !== destroyed)) return
    run.parts.floors.destroyed(name, revision, found)
    throw destroyedError(slot, found, run.failures)
  } catch (error) {
    run.signal?.throwIfAborted()
    if (error instanceof StoreError && error.code === 'DESTROYED') throw error
    run.failures.add(location, 'read', error)
  }
}
