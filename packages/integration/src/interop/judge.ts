import type { Deviation } from './deviations.js'

/** What a program's verb `open` says of one manifest. */
export interface OpenReport {
  readonly opened: number
  readonly refused: number
  /** Id of a message that it did not deal with as the manifest says → how instead. */
  readonly failed: ReadonlyMap<string, string>
}

/** Reads the standard output of `open`: a JSON line for each failing id, then the counts. */
export function readReport(output: string): OpenReport {
  const lines = output.trim().split('\n')
  const counts = /^opened (\d+), refused (\d+), failed (\d+)$/.exec(lines.at(-1) ?? '')
  if (!counts) throw new Error(`The program ended without its counts, with: ${lines.slice(-3).join(' | ')}`)
  const failed = new Map<string, string>()
  for (const line of lines.slice(0, -1)) {
    const { id, reason }: { id: string; reason: string } = JSON.parse(line)
    failed.set(id, reason)
  }
  const [opened, refused, count] = counts.slice(1).map(Number)
  if (failed.size !== count) throw new Error(`The program counts ${count} failures and names ${failed.size}`)
  return { opened: opened!, refused: refused!, failed }
}

/**
 * What is wrong, one line a fault: failures that are not listed, listed ones that behave, messages left out.
 * `ids`: all of the manifest.
 */
export function judge(
  { opened, refused, failed }: OpenReport,
  folder: string,
  ids: readonly string[],
  listed: readonly Deviation[],
): string[] {
  const expected = new Set(deviating(folder, listed))
  const seen = opened + refused + failed.size
  return [
    ...(seen === ids.length ? [] : [`${seen} of ${ids.length} messages were tried`]),
    ...[...failed].filter(([id]) => !expected.has(id)).map(([id, reason]) => `${id}: ${reason}`),
    ...ids
      .filter((id) => expected.has(id) && !failed.has(id))
      .map((id) => `${id}: behaves; strike it off deviations.ts`),
  ]
}

/** The ids that are listed for a folder. */
export function deviating(folder: string, listed: readonly Deviation[]): string[] {
  return listed.filter(({ folders }) => folders.includes(folder)).flatMap(({ ids }) => ids)
}
