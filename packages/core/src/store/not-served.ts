import { StoreError, type StoreErrorCode } from '../errors.js'
import type { Reading } from './reading.js'
import type { LocationFailure } from './failure-log.js'

/** `details` of the errors of `get` when nothing was served. */
export interface NotServed {
  readonly name: string
  /** What went wrong at each location, in the order it happened. */
  readonly failures: readonly LocationFailure[]
}

const advice: Partial<Record<StoreErrorCode, string>> = {
  NOT_FOUND: 'Check the name; list shows what there is.',
  UNDETERMINED: 'Try again when the arbiter can be reached.',
  UNREADABLE: 'Restore a copy from a backup, or ask for an older revision by its number.',
  STALE: 'Try again when more locations can be reached.',
  ROLLBACK: 'The arbiter was rolled back or restored: run verify and repair.',
  TAMPERED: 'Run verify, and find out who writes to the arbiter.',
}

export function nothingServed(
  run: Pick<Reading, 'name' | 'failures'>,
  code: StoreErrorCode,
  why: string,
): StoreError<NotServed> {
  const { name, failures } = run
  return new StoreError(code, `${JSON.stringify(name)}: ${why}. ${advice[code] ?? ''}`.trimEnd(), {
    cause: failures.cause(),
    details: { name, failures: [...failures.list] },
  })
}
