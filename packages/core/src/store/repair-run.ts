import type { Backend, Retained, SealedBlob, Slot } from '../backend/backend.js'
import type { OpenResult } from './committed.js'
import type { FailureLog } from './failure-log.js'
import type { StoreParts } from './parts.js'
import type { CopyState, RepairAction } from './store.js'
import type { Holding } from './survey.js'

/** One run of repair over a store. */
export interface RepairRun {
  readonly parts: StoreParts
  readonly signal: AbortSignal | undefined
  readonly failures: FailureLog
  /** Locations that must not be written to, with the reason. */
  readonly closed: ReadonlyMap<Backend, unknown>
  wrote(slot: Slot, location: Backend, action: RepairAction): void
  leave(slot: Slot, location: Backend, state: CopyState, reason: string): void
  /** Earlier bytes of a destroyed revision could not be removed. */
  retains(slot: Slot, location: Backend, retained: readonly Retained[]): void
}

/** What is known of one name while it is repaired. */
export interface NameRepair {
  readonly run: RepairRun
  readonly name: string
  /** The locations whose revisions could be listed. The arbiter is among them. */
  readonly holdings: ReadonlyMap<Backend, Holding>
  /** Digests by revision as the arbiter has them, those that were adopted included. */
  readonly digests: Map<number, string>
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
