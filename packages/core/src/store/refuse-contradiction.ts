import type { Slot } from '../backend/backend.js'
import { BackendError } from '../errors.js'
import { acceptDestruction } from './accept-destruction.js'
import { destroyedError } from './destroyed-error.js'
import { nothingServed } from './not-served.js'
import type { Reading } from './reading.js'

/**
 * Refuse what the arbiter has in a slot if it is another blob than the one seen there: DESTROYED where that is its tombstone,
 * TAMPERED where it is not. While that can't be told, rejects with the keyring's error, or UNDETERMINED.
 */
export async function refuseContradiction(
  run: Reading,
  { name, revision }: Slot,
  digest: string,
): Promise<void> {
  const { parts, floor, signal, failures } = run
  if (floor?.revision !== revision || floor.digest === digest) return
  const slot = { name, revision }
  const destroyed = await acceptDestruction(parts, slot, floor.digest, signal).catch((error: unknown) => {
    signal?.throwIfAborted()
    if (!(error instanceof BackendError)) throw error
    failures.add(parts.arbiter, error.operation, error)
    if (error.code === 'BLOB_DAMAGED') return false
    throw nothingServed(run, 'UNDETERMINED', `the arbiter's copy of revision ${revision} can't be read`)
  })
  const known = destroyed ? parts.floors.destructionOf(name, revision) : undefined
  if (known) throw destroyedError(slot, known, failures)
  throw nothingServed(
    run,
    'TAMPERED',
    `the arbiter has another blob as revision ${revision} than the one seen`,
  )
}
