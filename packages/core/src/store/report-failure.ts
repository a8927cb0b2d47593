import type { Backend, Slot } from '../backend/backend.js'
import { BackendError } from '../errors.js'
import { describeError } from './failure-log.js'
import type { RepairRun } from './repair-run.js'

/** One location's failure is reported and doesn't keep the others from being repaired. */
export async function reportFailure<Result>(
  run: RepairRun,
  slot: Slot,
  location: Backend,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work()
  } catch (error) {
    run.signal?.throwIfAborted()
    const { code, message } = describeError(error)
    run.failures.add(location, error instanceof BackendError ? error.operation : 'repair', error)
    run.leave(slot, location, code === 'COPY_DIFFERS' ? 'differs' : 'unreachable', message)
    return undefined
  }
}
