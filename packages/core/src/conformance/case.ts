/**
 * One case of a conformance suite. Cases are data, so that mocha, node:test or vitest can host them:
 * `for (const c of backendConformance) it(c.name, () => c.run(fixture))`.
 */
export interface ConformanceCase<Fixture> {
  /** Unique within its suite and stable: lists of known faults refer to it. */
  readonly name: string
  /** Why the case doesn't apply to this fixture, by declared capability only; `undefined` when it applies. */
  readonly skip?: (fixture: Fixture) => string | undefined
  /** Rejects (with node:assert's AssertionError where an expectation failed) when the case fails. */
  readonly run: (fixture: Fixture) => Promise<void>
}
