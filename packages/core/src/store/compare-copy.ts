import type { Backend, Slot, SlotStat } from '../backend/backend.js'
import { describeError } from './failure-log.js'
import type { CopyFinding } from './verify-report.js'
import type { Examined } from './survey.js'

/** What the arbiter's record says of a slot, and the arbiter's latest revision. */
export interface Reference {
  readonly committed: SlotStat | undefined
  readonly tip: number
}

/**
 * One location's slot in relation to the arbiter's record; `undefined` when there is nothing to say: the location
 * rightly lacks what the arbiter lacks.
 */
export function compareCopy(
  location: Backend,
  { name, revision }: Slot,
  found: Examined,
  { committed, tip }: Reference,
  isArbiter: boolean,
): CopyFinding | undefined {
  const finding = {
    name,
    revision,
    location: location.id,
    ...(committed ? { digest: committed.digest } : {}),
  }
  if (found.state === 'unreachable')
    return { ...finding, state: 'unreachable', code: describeError(found.error).code }
  // A gap in the arbiter's own numbers is a loss; above its tip there is nothing to miss.
  if (found.state === 'missing')
    return committed || (isArbiter && revision < tip)
      ? { ...finding, state: 'missing', code: 'COPY_MISSING' }
      : undefined
  if (found.state === 'damaged')
    return { ...finding, state: committed ? 'differs' : 'foreign', code: found.error.code }
  if (!committed) return { ...finding, state: 'foreign', found: found.digest }
  // Right bytes under a record that contradicts them can't be told from damage by a reader.
  const intact = found.copy?.intact ?? true
  if (found.digest === committed.digest && intact) return { ...finding, state: 'agreed' }
  return { ...finding, state: 'differs', found: found.digest, code: codeOfDifference(found, isArbiter) }
}

/** Bytes that contradict the location's own record are damage, bytes that agree with it are another blob. */
function codeOfDifference({ copy }: Examined & { state: 'present' }, isArbiter: boolean): string {
  return isArbiter || (copy && !copy.intact) ? 'BLOB_DAMAGED' : 'COPY_DIFFERS'
}
