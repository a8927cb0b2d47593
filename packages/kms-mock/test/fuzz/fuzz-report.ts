import type { FuzzCase } from './make-case.js'
import { blockLength } from './run-fuzz.js'
import type { Finding, FuzzReport } from './run-fuzz.js'

const longest = 2000

const shown = (bytes: Buffer): string =>
  JSON.stringify(bytes.toString('latin1', 0, longest)) +
  (bytes.length > longest ? `… (${bytes.length} bytes)` : '')

/** What a case is. */
export const caseText = ({ number, base, story, bytes }: FuzzCase): string =>
  `case ${number}: ${base}; ${story.join('; ')}\n  request: ${shown(bytes)}`

/** A finding as people read it, and what replays it: what came before it on the same KMS may matter. */
export const findingText = ({ what, fuzzCase, transport }: Finding, seed: number): string =>
  [
    `FINDING: ${what}${transport === undefined ? '' : ` (transport ${transport})`}`,
    ...(fuzzCase === undefined
      ? []
      : [
          `  ${caseText(fuzzCase)}`,
          `  replay: npm run fuzz -w packages/kms-mock -- --seed ${seed} --until ${fuzzCase.number}`,
        ]),
  ].join('\n')

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`

/** What was seen, what it cost. */
export const summaryText = (report: FuzzReport): string => {
  const { cases, seconds, repeated, counts, fallbacks, askedAgain, validCalls, memory, findings } = report
  const rows = [...counts]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([operation, kinds]) => {
      const list = [...kinds].toSorted(([, one], [, other]) => other - one).map(([kind, n]) => `${kind} ${n}`)
      return `  ${operation}: ${list.join(', ')}`
    })
  return [
    'answers:',
    ...rows,
    ...[...repeated].map(([what, n]) => `found ${n} times: ${what}`),
    `operations without an example: ${fallbacks.length === 0 ? 'none' : fallbacks.join(', ')}`,
    `dropped with their connection, and sent again: ${askedAgain}`,
    `valid calls, on each transport after each ${blockLength} cases: ${validCalls}`,
    `memory held: ${mebibytes(memory[0] ?? 0)} after the first block, ${mebibytes(memory.at(-1) ?? 0)} after the last`,
    `${cases} cases in ${seconds.toFixed(1)} s, ${Math.round(cases / seconds)} a second; ${findings.length} findings`,
  ].join('\n')
}
