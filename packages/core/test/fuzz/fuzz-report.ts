import type { Finding } from './findings.js'
import type { FuzzCase } from './make-case.js'
import type { FuzzReport } from './run-fuzz.js'

/** What a case is. */
export function caseText({ number, base, story, message, reproduced }: FuzzCase): string {
  return [
    `case ${number}: ${base.name}; ${story.join('; ') || 'unchanged'}`,
    `  reproduced: ${JSON.stringify(reproduced) ?? 'nothing'}`,
    `  message: ${message.toString('hex')}`,
  ].join('\n')
}

/** A finding as people read it, and all that replays it. */
export function findingText({ target, what, seed, number, base, story, message }: Finding): string {
  return [
    `FINDING in case ${number}: ${target}: ${what}`,
    `  ${base}; ${story.join('; ') || 'unchanged'}`,
    `  replay: npm run fuzz -w packages/core -- --seed ${seed} --only ${number}`,
    `  message: ${message.toString('hex')}`,
  ].join('\n')
}

const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`

/** What was seen, what it cost. */
export function summaryText(report: FuzzReport): string {
  const { cases, seconds, cpuSeconds, counts, slowest, memoryAtStart, memoryAtEnd, findings } = report
  const tables = [...counts].flatMap(([what, rows]) => [
    `${what}:`,
    ...[...rows].toSorted(([, a], [, b]) => b - a).map(([which, n]) => `${String(n).padStart(11)}  ${which}`),
  ])
  return [
    ...tables,
    `slowest case: ${slowest.number}, ${Math.round(slowest.milliseconds)} ms`,
    ...(['heapUsed', 'external', 'rss'] as const).map(
      (name) =>
        `${name}: ${mebibytes(memoryAtStart[name])} at the start, ${mebibytes(memoryAtEnd[name])} at the end`,
    ),
    `${cases} cases in ${seconds.toFixed(1)} s, ${Math.round(cases / seconds)} a second; ` +
      `${Math.round(cases / cpuSeconds)} in a second of the processor; ${findings.length} findings`,
  ].join('\n')
}
