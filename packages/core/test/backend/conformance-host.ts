import { backendConformance, type BackendFixture } from '@sealring/core/conformance'
import { it } from 'mocha'

/** One mocha test for each case of the suite. */
export function hostBackendConformance(fixture: BackendFixture): void {
  for (const { name, skip, run } of backendConformance) {
    const reason = skip?.(fixture)
    if (reason === undefined) it(name, () => run(fixture))
    else it.skip(`${name} (${reason})`)
  }
}
