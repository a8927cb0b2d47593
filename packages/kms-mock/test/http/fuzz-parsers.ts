import { disagreement, prefixDisagreement, readFast } from '../support/compare-parsers.js'
import { requestBytes, seededRandom } from '../support/http-cases.js'

/** What a run found. */
export interface FuzzResult {
  /** One for each case that the parsers disagree on: its seed, and what either read. */
  findings: string[]
  /** How many cases the fast parser took a request of, and more than one. */
  taken: number
  pipelined: number
}

/** Holds the fast parser against node:http; `from` replays a run from one of its cases on. */
export const fuzzParsers = async ({
  seed,
  cases,
  from = 0,
}: {
  seed: string
  cases: number
  from?: number
}): Promise<FuzzResult> => {
  const result: FuzzResult = { findings: [], taken: 0, pipelined: 0 }
  for (let n = from; n < from + cases; n += 1) {
    const random = seededRandom(`${seed} ${n}`)
    const bytes = requestBytes(random)
    const cuts = [random.below(bytes.length + 1), random.below(bytes.length + 1)].toSorted((a, b) => a - b)
    const pieces = [bytes.subarray(0, cuts[0]), bytes.subarray(cuts[0], cuts[1]), bytes.subarray(cuts[1])]
    const { length } = readFast(bytes).taken
    if (length > 0) result.taken += 1
    if (length > 1) result.pipelined += 1
    const found =
      (await disagreement(
        bytes,
        pieces.filter((piece) => piece.length > 0),
      )) ?? (bytes.length < 2500 && n % 8 === 0 ? prefixDisagreement(bytes) : undefined)
    if (found !== undefined) result.findings.push(`case ${n} of seed ${seed}: ${found}`)
  }
  return result
}
