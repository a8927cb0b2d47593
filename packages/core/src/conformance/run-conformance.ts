import type { ConformanceCase } from './case.js'

export interface ConformanceResult {
  readonly name: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** Why it was skipped. */
  readonly reason?: string
  /** What it was rejected with. */
  readonly error?: unknown
}

/** Run cases one after the other, without a test runner. Never rejects: a failure is a result. */
export async function runConformance<Fixture>(
  cases: readonly ConformanceCase<Fixture>[],
  fixture: Fixture,
): Promise<ConformanceResult[]> {
  const results: ConformanceResult[] = []
  for (const each of cases) results.push(await runCase(each, fixture))
  return results
}

async function runCase<Fixture>(
  { name, skip, run }: ConformanceCase<Fixture>,
  fixture: Fixture,
): Promise<ConformanceResult> {
  const reason = skip?.(fixture)
  if (reason !== undefined) return { name, outcome: 'skipped', reason }
  try {
    await run(fixture)
    return { name, outcome: 'passed' }
  } catch (error) {
    return { name, outcome: 'failed', error }
  }
}
