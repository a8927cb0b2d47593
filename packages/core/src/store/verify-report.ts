import type { LocationFailure } from './failure-log.js'

/**
 * A copy in relation to the digest that the arbiter recorded: the same bytes, other (or damaged) bytes, absent, or a
 * revision that the arbiter doesn't hold (`foreign`). Never "authentic": that needs the key. `unreachable`: the
 * location could not be asked.
 */
export type CopyState = 'agreed' | 'differs' | 'missing' | 'foreign' | 'unreachable'

export interface CopyFinding {
  readonly name: string
  readonly revision: number
  readonly location: string
  readonly state: CopyState
  /** The arbiter's, where it has one. */
  readonly digest?: string
  /** Of the bytes that were found there. */
  readonly found?: string
  readonly code?: string
}

export interface VerifyReport {
  readonly names: number
  readonly revisions: number
  readonly copies: Readonly<Record<CopyState, number>>
  /** Everything that is not `agreed`. */
  readonly findings: readonly CopyFinding[]
  /** With `open`: entries that did not open or whose chain is broken. */
  readonly unopened: readonly { name: string; revision: number; code: string; message: string }[]
  readonly failures: readonly LocationFailure[]
  /** No finding, nothing unopened, no failure. */
  readonly clean: boolean
}
