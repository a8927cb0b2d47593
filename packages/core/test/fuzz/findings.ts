import type { Fault } from './check-case.js'
import type { FuzzCase } from './make-case.js'

/** A fault, and all that is needed to see it again. */
export interface Finding extends Fault {
  readonly seed: number
  readonly number: number
  readonly base: string
  readonly story: readonly string[]
  readonly message: Buffer
}

export interface FindingOptions {
  readonly seed: number
  /** How many end the run. Default 10. */
  readonly maxFindings?: number
  /** One that ends it at once. */
  readonly isEnough?: (finding: Finding) => boolean
  readonly onFinding?: (finding: Finding) => void
}

/** Collects findings until there are enough of them. */
export function findingList({ seed, maxFindings = 10, isEnough, onFinding }: FindingOptions) {
  const list: Finding[] = []
  let enough = false
  return {
    list,
    isEnough: () => enough,
    report({ number, base, story, message }: FuzzCase, fault: Fault): void {
      const finding = { ...fault, seed, number, base: base.name, story, message }
      list.push(finding)
      onFinding?.(finding)
      enough ||= list.length >= maxFindings || isEnough?.(finding) === true
    },
  }
}

/** What was seen how often. */
export type Counts = ReadonlyMap<string, ReadonlyMap<string, number>>

export function tally(): { counts: Counts; count: (what: string, which: string) => void } {
  const counts = new Map<string, Map<string, number>>()
  const count = (what: string, which: string) => {
    const row = counts.get(what) ?? new Map<string, number>()
    counts.set(what, row.set(which, (row.get(which) ?? 0) + 1))
  }
  return { counts, count }
}
