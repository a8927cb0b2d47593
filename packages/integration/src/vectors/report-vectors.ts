import type { ManifestResult } from './run-manifest.js'

const unprintable = /\p{C}/gu

/** Names and messages come from other people's files. */
const line = (text: string): string => `${text.replaceAll(unprintable, '?')}\n`

const tally = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')

type Counts = Pick<
  ManifestResult,
  'scenarios' | 'passed' | 'opened' | 'openedWithRequiredContext' | 'refused' | 'failed' | 'unsupported'
>

const counted = (counts: Counts): string => {
  const {
    scenarios,
    passed,
    opened,
    openedWithRequiredContext: required,
    refused,
    failed,
    unsupported,
  } = counts
  const with_ = required > 0 ? `, ${required} of them with required context` : ''
  const of = `${opened} opened${with_}; ${refused} refused`
  return `${scenarios} messages: ${passed} passed (${of}), ${failed} failed, ${unsupported} unsupported`
}

/** The counts of one manifest, and each scenario that failed. */
export function reportManifest(result: ManifestResult): string {
  const { name, kind, writer, seed, unsupportedFor, refusedWith, failures } = result
  return [
    line(kind ? `${name} (${kind}, by ${writer})` : name),
    line(`  ${counted(result)}`),
    ...(result.unsupported > 0 ? [line(`  unsupported: ${tally(unsupportedFor)}`)] : []),
    ...(result.refused > 0 ? [line(`  refused with: ${tally(refusedWith)}`)] : []),
    ...failures.map(({ id, code, message }) => line(`  FAILED ${id}: ${code}: ${message.slice(0, 300)}`)),
    ...(failures.length > 0 ? [line(`  the same pieces again: --seed ${seed}`)] : []),
  ].join('')
}

export function totalOf(results: readonly ManifestResult[]): Counts {
  const sum = (key: keyof Counts): number => results.reduce((total, result) => total + result[key], 0)
  return {
    scenarios: sum('scenarios'),
    passed: sum('passed'),
    opened: sum('opened'),
    openedWithRequiredContext: sum('openedWithRequiredContext'),
    refused: sum('refused'),
    failed: sum('failed'),
    unsupported: sum('unsupported'),
  }
}

export function reportTotal(results: readonly ManifestResult[]): string {
  return line(`${results.length} manifests, ${counted(totalOf(results))}`)
}
