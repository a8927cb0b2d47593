import { simulate } from './simulate.js'
import { simulationKeys } from './simulation-keys.js'
import { addTally, type Tally } from './tally.js'

export interface SeedRange {
  readonly first: number
  readonly count: number
  /** Called after each seed. */
  readonly onProgress?: (done: number) => void
}

export interface SeedsResult {
  readonly done: number
  readonly tally: Tally
  /** What the first seed broke that broke something, and how to see it again. */
  readonly failure?: string
}

/** Run seeds one after another, up to the first that breaks a promise. */
export async function runSeeds({ first, count, onProgress }: SeedRange): Promise<SeedsResult> {
  const keys = simulationKeys()
  const tally: Tally = new Map()
  for (let seed = first; seed < first + count; seed++) {
    const outcome = await simulate(seed, keys)
    addTally(tally, outcome.tally)
    if (outcome.violations.length > 0) {
      const replay = `Replay: npm run simulate -w packages/core -- --seed ${seed}`
      const failure = [`Seed ${seed} broke a promise:`, ...outcome.violations, replay, ...outcome.log].join(
        '\n',
      )
      return { done: seed - first + 1, tally, failure }
    }
    onProgress?.(seed - first + 1)
  }
  return { done: count, tally }
}
