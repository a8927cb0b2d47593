import { keyringConformance, type KeyringFixture } from '@sealring/core/conformance'
import { it } from 'mocha'

/** One mocha test for each case of the suite. */
export function hostKeyringConformance(fixture: KeyringFixture): void {
  for (const { name, skip, run } of keyringConformance) {
    const reason = skip?.(fixture)
    if (reason === undefined) it(name, () => run(fixture))
    else it.skip(`${name} (${reason})`)
  }
}
