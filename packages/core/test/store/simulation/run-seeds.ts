import { simulate } from './simulate.js'
import { simulationKeys } from './simulation-keys.js'
import { addTally, type Tally } from './tally.js'

export interface SeedRange {
  readonly first: number
  readonly count: number
  /** Don't stop at the first seed that breaks a promise. */
  readonly goOn?: boolean
  /** Called after each seed. */
  readonly onProgress?: (done: number) => void
}

export interface SeedsResult {
  readonly done: number
  readonly tally: Tally
  /** What each of the seeds broke that broke something, and how to see it again. */
  readonly failures: readonly string[]
}

/** Run seeds one after another. */
export async function runSeeds({ first, count, goOn = false, onProgress }: SeedRange): Promise<SeedsResult> {
  const keys = simulationKeys()
  const tally: Tally = new Map()
  const failures: string[] = []
  let done = 0
  for (let seed = first; seed < first + count; seed++) {
    const outcome = await simulate(seed, keys)
    addTally(tally, outcome.tally)
    const replay = `Replay: npm run simulate -w packages/core -- --seed ${seed}`
    if (outcome.violations.length > 0)
      failures.push(
        [`Seed ${seed} broke a promise:`, ...outcome.violations, replay, ...outcome.log].join('\n'),
      )
    done += 1
    onProgress?.(done)
    if (failures.length > 0 && !goOn) break
  }
  return { done, tally, failures }
}
