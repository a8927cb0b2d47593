import { randomInt } from 'node:crypto'
import { openManifests } from './open-manifests.js'
import type { ReadingLimits, VectorClient } from './read-message.js'
import { runScenario, type Verdict } from './run-scenario.js'
import { openVectorSource } from './vector-source.js'
import { VectorError } from './vector-error.js'

export interface FailedScenario {
  readonly id: string
  readonly code: string
  readonly message: string
}

export interface ManifestResult {
  /** `python-2.3.0.zip/manifest.json` */
  readonly name: string
  /** `awses-decrypt 2`; empty when the manifest can't be run, which `failures` then tells. */
  readonly kind: string
  readonly writer: string
  readonly scenarios: number
  readonly passed: number
  /** Of those passed: to the expected plaintext. */
  readonly opened: number
  /** Of those opened: with context that is required and not stored in the message. */
  readonly openedWithRequiredContext: number
  /** Of those passed: as they should be. */
  readonly refused: number
  /** Code → how many of those refused, by the code of the whole message; a stream may meet another fault first. */
  readonly refusedWith: Readonly<Record<string, number>>
  readonly failed: number
  readonly failures: readonly FailedScenario[]
  readonly unsupported: number
  /** Reason → how many. */
  readonly unsupportedFor: Readonly<Record<string, number>>
  /** How the messages were cut; the same seed cuts them alike. */
  readonly seed: number
}

export interface RunOptions extends Partial<ReadingLimits> {
  readonly client: VectorClient
  /** Called after each scenario. */
  readonly onProgress?: (name: string, done: number, of: number) => void
}

interface Judged {
  readonly id: string
  readonly verdict: Verdict
  readonly requiredContext?: boolean
}

const increment = (counts: Record<string, number>, key: string): void => {
  counts[key] = (counts[key] ?? 0) + 1
}

/**
 * Runs every manifest of a folder or zip: each message whole, in random pieces, and (up to 16 KiB by default) byte by
 * byte; all must come to what the manifest expects. A refusal counts only with a code of the envelope or the keyring.
 * Never throws: what can't be run is a failure.
 */
export async function runManifests(path: string, options: RunOptions): Promise<ManifestResult[]> {
  const {
    client,
    onProgress,
    seed = randomInt(2 ** 31),
    byteByByteUpTo = 2 ** 14,
    timeout = 120_000,
  } = options
  const broken = (name: string, { code, message }: VectorError): ManifestResult => {
    const verdict: Verdict = { outcome: 'failed', code, message }
    return summary({ name, kind: '', writer: '', seed }, [{ id: 'the manifest', verdict }])
  }
  let source
  try {
    source = openVectorSource(path)
  } catch (error) {
    if (!(error instanceof VectorError)) throw error
    return [broken(path, error)]
  }
  const results: ManifestResult[] = []
  for (const found of openManifests(source)) {
    const name = [source.name, found.path].filter(Boolean).join('/')
    if ('error' in found) {
      results.push(broken(name, found.error))
      continue
    }
    const { kind, writer, scenarios } = found.manifest
    const judged: Judged[] = []
    for (const scenario of scenarios) {
      const verdict = await runScenario(client, found.manifest, scenario, { seed, byteByByteUpTo, timeout })
      const requiredContext = 'keys' in scenario && scenario.requiredContextKeys.length > 0
      judged.push({ id: scenario.id, verdict, requiredContext })
      onProgress?.(name, judged.length, scenarios.length)
    }
    results.push(summary({ name, kind, writer, seed }, judged))
  }
  return results
}

function summary(
  about: Pick<ManifestResult, 'name' | 'kind' | 'writer' | 'seed'>,
  judged: readonly Judged[],
): ManifestResult {
  const counts = { opened: 0, refused: 0, failed: 0, unsupported: 0, openedWithRequiredContext: 0 }
  const refusedWith: Record<string, number> = {}
  const unsupportedFor: Record<string, number> = {}
  const failures: FailedScenario[] = []
  for (const { id, verdict, requiredContext } of judged) {
    counts[verdict.outcome]++
    if (verdict.outcome === 'opened' && requiredContext) counts.openedWithRequiredContext++
    if (verdict.outcome === 'refused') increment(refusedWith, verdict.codes[0]!)
    if (verdict.outcome === 'unsupported') increment(unsupportedFor, verdict.reason)
    if (verdict.outcome === 'failed') failures.push({ id, code: verdict.code, message: verdict.message })
  }
  return {
    ...about,
    scenarios: judged.length,
    passed: counts.opened + counts.refused,
    ...counts,
    refusedWith,
    failures,
    unsupportedFor,
  }
}
