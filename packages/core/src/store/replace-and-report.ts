import type { Backend, SealedBlob, Slot } from '../backend/backend.js'
import type { RepairRun } from './repair-run.js'
import { refuseClosed } from './repair-run.js'
import { replaceSlot } from './replace-slot.js'
import type { RepairAction } from './store.js'

export interface Replacement {
  readonly blob: SealedBlob
  /** Version token of what was looked at. */
  readonly expect: string
  readonly action: RepairAction
}

/** Whether a slot has been given its rightful blob by this run. Rejects when that is not known, or can't be done. */
export async function replaceAndReport(
  run: RepairRun,
  location: Backend,
  slot: Slot,
  { blob, expect, action }: Replacement,
): Promise<boolean> {
  refuseClosed(run, location)
  const result = await replaceSlot(location, slot, blob, expect, run.signal)
  if (result.outcome === 'unknown') throw result.error
  if (result.outcome === 'changed') {
    if (result.doubtful) throw result.doubtful
    run.leave(slot, location, 'differs', 'it changed while it was repaired')
    return false
  }
  run.wrote(slot, location, action)
  return true
}
