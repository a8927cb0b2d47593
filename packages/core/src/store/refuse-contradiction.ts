import type { Slot } from '../backend/backend.js'
import { BackendError } from '../errors.js'
import { destroyedError } from './destroyed-error.js'
import { judgeContradiction } from './judge-contradiction.js'
import { nothingServed } from './not-served.js'
import { damagedCopy } from './read-copy.js'
import { keyOf, type Reading } from './reading.js'

/**
 * Refuse what the arbiter has in a slot if it is another blob than the one seen there: DESTROYED where that is its tombstone,
 * TAMPERED where it is not. While that can't be told, rejects with the keyring's error, or UNDETERMINED. Where it is damaged, it
 * contradicts nothing: the blob that was seen may be served from elsewhere.
 */
export async function refuseContradiction(
  run: Reading,
  { name, revision }: Slot,
  digest: string,
): Promise<void> {
  const { parts, floor, signal, failures } = run
  if (floor?.revision !== revision || floor.digest === digest) return
  const slot = { name, revision }
  const seen = parts.floors.destructionOf(name, revision)
  if (seen?.destroyed === digest) throw destroyedError(slot, seen, failures)
  const contradiction = await judgeContradiction(parts, slot, floor.digest, signal).catch(
    (error: unknown) => {
      signal?.throwIfAborted()
      if (!(error instanceof BackendError)) throw error
      failures.add(parts.arbiter, error.operation, error)
      throw nothingServed(run, 'UNDETERMINED', `the arbiter's copy of revision ${revision} can't be read`)
    },
  )
  if (contradiction === 'damaged') {
    const key = keyOf(parts.arbiter, revision)
    if (!run.damaged.has(key)) failures.add(parts.arbiter, 'read', damagedCopy(parts.arbiter, slot))
    run.tried.add(key)
    run.damaged.add(key)
    return
  }
  const known = contradiction === 'destroyed' ? parts.floors.destructionOf(name, revision) : undefined
  if (known) throw destroyedError(slot, known, failures)
  throw nothingServed(
    run,
    'TAMPERED',
    `the arbiter has another blob as revision ${revision} than the one seen`,
  )
}
