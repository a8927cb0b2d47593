import type { Slot } from '../backend/backend.js'
import type { Candidate } from './candidates.js'
import { openBlob } from './committed.js'
import { followsChain, isNamedByNext } from './follows-chain.js'
import { readCopy } from './read-copy.js'
import type { NameRepair } from './repair-run.js'
import { claimsOf } from './tombstone.js'

/**
 * A replica's tombstone for the very blob that the arbiter records in a slot, as there is one after the arbiter was restored
 * from a backup. It counts only when it opens with the key and stands in the arbiter's chain.
 */
export async function tombstoneElsewhere(
  state: NameRepair,
  slot: Slot,
  digest: string,
): Promise<Candidate | undefined> {
  const { run, holdings } = state
  for (const replica of run.parts.replicas) {
    const theirs = holdings.get(replica)?.get(slot.revision)
    if (!theirs || theirs.digest === digest) continue
    try {
      const copy = await readCopy(replica, slot, run.signal)
      if (!copy || (await claimsOf(copy.blob))?.destroyed !== digest) continue
      const opened = await openBlob(run, slot, copy.blob)
      if ('failed' in opened) continue
      const candidate = { digest: copy.blob.digest, blob: copy.blob, opened }
      if ((await followsChain(state, slot, opened.binding)) && (await isNamedByNext(state, slot, candidate)))
        return candidate
    } catch (error) {
      run.signal?.throwIfAborted()
      run.failures.add(replica, 'read', error)
    }
  }
  return undefined
}
