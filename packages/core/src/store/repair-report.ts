import type { Retained } from '../backend/backend.js'
import type { LocationFailure } from './failure-log.js'
import type { CopyFinding } from './verify-report.js'

export interface RepairReport {
  /** What was written, where. */
  readonly writes: readonly { name: string; revision: number; location: string; action: RepairAction }[]
  /** What was found and could not, or must not, be mended. `needsKey`: perhaps it can, once the data key can be had. */
  readonly left: readonly (CopyFinding & { reason: string; needsKey?: true })[]
  /** Earlier bytes of destroyed revisions that a service keeps nevertheless: object lock, point-in-time recovery. */
  readonly retained: readonly (Retained & { name: string; revision: number; location: string })[]
  readonly failures: readonly LocationFailure[]
}

/**
 * `fork-saved`: the other blob was kept as a sidecar before the copy was replaced. `adopted`: the arbiter lacked the
 * revision, and a replica's opened and fitted its chain. `destroyed`: a tombstone took the place of the blob that it names.
 */
export type RepairAction = 'created' | 'replaced' | 'adopted' | 'fork-saved' | 'destroyed'

/** What one read repair did. */
export interface ReadRepairReport extends RepairReport {
  readonly name: string
  readonly revision: number
}
