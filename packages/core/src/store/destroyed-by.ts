import type { Slot } from '../backend/backend.js'
import { followsChain, isNamedByNext } from './follows-chain.js'
import type { Committed, NameRepair } from './repair-run.js'
import { claimsOf, maxTombstoneBytes } from './tombstone.js'

/**
 * The digest of the blob that the arbiter's blob has destroyed: only when that is a tombstone which opens with the key and
 * stands in the arbiter's chain. Costs a read where the arbiter's bytes were not read yet, and the key only for tombstones.
 */
export async function destroyedBy(
  state: NameRepair,
  slot: Slot,
  committed: Committed,
): Promise<string | undefined> {
  const { run, holdings } = state
  const stat = holdings.get(run.parts.arbiter)?.get(slot.revision)
  if (stat?.digest === committed.digest && stat.size > maxTombstoneBytes) return undefined
  const blob = await committed.blob()
  if ((await claimsOf(blob))?.destroyed === undefined) return undefined
  const opened = await committed.open()
  if ('failed' in opened || !(await followsChain(state, slot, opened.binding))) return undefined
  if (!(await isNamedByNext(state, slot, { digest: committed.digest, opened }))) return undefined
  const { destroyed } = opened.binding
  if (destroyed !== undefined)
    run.parts.floors.destroyed(slot.name, slot.revision, { tombstone: committed.digest, destroyed })
  return destroyed
}
