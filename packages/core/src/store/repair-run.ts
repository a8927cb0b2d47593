import type { Backend, Retained, SealedBlob, Slot, SlotStat } from '../backend/backend.js'
import type { OpenResult } from './committed.js'
import type { FailureLog } from './failure-log.js'
import type { StoreParts } from './parts.js'
import type { CopyState } from './verify-report.js'
import type { RepairAction } from './repair-report.js'
import type { Holding } from './survey.js'

/** One run of repair over a store. */
export interface RepairRun {
  readonly parts: StoreParts
  readonly signal: AbortSignal | undefined
  readonly failures: FailureLog
  /** Locations that must not be written to, with the reason. */
  readonly closed: ReadonlyMap<Backend, unknown>
  wrote(slot: Slot, location: Backend, action: RepairAction): void
  leave(slot: Slot, location: Backend, state: CopyState, reason: Reason): void
  /** Earlier bytes of a destroyed revision could not be removed. */
  retains(slot: Slot, location: Backend, retained: readonly Retained[]): void
  /**
   * Whether what the arbiter has in a slot may be spread: set while its word is not yet that of an arbiter. Without
   * `committed` the slot could not be restored. Reports what it does not admit.
   */
  readonly admits?:
    ((state: NameRepair, stat: SlotStat, committed: Committed | undefined) => Promise<boolean>) | undefined
}

/** Why a slot was left as it is; `needsKey` when it is only because a data key could not be had. */
export type Reason = string | { readonly reason: string; readonly needsKey: true }

/** What is known of one name while it is repaired. */
export interface NameRepair {
  readonly run: RepairRun
  readonly name: string
  /** The locations whose revisions could be listed. The arbiter is among them. */
  readonly holdings: ReadonlyMap<Backend, Holding>
  /** Digests by revision as the arbiter has them, those that were adopted included. */
  readonly digests: Map<number, string>
  /** Digests of the arbiter's damaged tombstones, by revision, before this run mended them: the next revision may name one. */
  readonly mended: Map<number, string>
}

/** A revision that the arbiter holds undamaged. */
export interface Committed {
  readonly digest: string
  blob(): Promise<SealedBlob>
  /** Opened with the key, once, when somebody needs to know whether it is authentic. */
  open(): Promise<OpenResult>
}

/** Throws the reason why a location must not be written to. */
export function refuseClosed({ closed }: RepairRun, location: Backend): void {
  if (closed.has(location)) throw closed.get(location)
}
