import assert from 'node:assert/strict'
import type { KeyringNode } from '@aws-crypto/material-management-node'
import type { ConformanceCase } from './case.js'
import type { KeyringFixture, KeyringUnderTest } from './keyring-fixture.js'

/** What a case works with: a keyring of its own, opened before and disposed after. */
export interface KeyringTrial {
  readonly fixture: KeyringFixture
  readonly subject: KeyringUnderTest
  readonly keyring: KeyringNode
  /** Seals what the keyring opens: itself, or its partner. */
  readonly sealer: KeyringNode
  /** Opens what the keyring seals: itself, or its partner. */
  readonly opener: KeyringNode
}

function partnerOf({ partner }: KeyringUnderTest): KeyringNode {
  assert.ok(partner, 'A keyring that does not both seal and open needs a partner')
  return partner
}

type Skip = (fixture: KeyringFixture) => string | undefined

/** A case of the keyring suite. `skip` may look at the declared capabilities only. */
export function keyringCase(
  name: string,
  run: (trial: KeyringTrial) => Promise<void>,
  skip?: Skip,
): ConformanceCase<KeyringFixture> {
  return {
    name,
    ...(skip && { skip }),
    run: async (fixture) => {
      const subject = await fixture.open()
      try {
        const { seals, opens } = fixture.capabilities
        const { keyring } = subject
        const sealer = seals ? keyring : partnerOf(subject)
        const opener = opens ? keyring : partnerOf(subject)
        await run({ fixture, subject, keyring, sealer, opener })
      } finally {
        await subject.dispose()
      }
    },
  }
}

export const unlessSeals: Skip = ({ capabilities }) =>
  capabilities.seals ? undefined : 'The keyring declares seals: false.'

export const ifSeals: Skip = ({ capabilities }) =>
  capabilities.seals ? 'The keyring declares seals: true.' : undefined

export const unlessOpens: Skip = ({ capabilities }) =>
  capabilities.opens ? undefined : 'The keyring declares opens: false.'

export const unlessBindsContext: Skip = (fixture) =>
  unlessOpens(fixture) ??
  (fixture.capabilities.bindsContext ? undefined : 'The keyring declares bindsContext: false.')

export const unlessDetectsDamage: Skip = (fixture) =>
  unlessOpens(fixture) ??
  (fixture.capabilities.detectsDamage ? undefined : 'The keyring declares detectsDamage: false.')

export const unlessRefusesSigned: Skip = ({ capabilities }) =>
  capabilities.signedSuites === false ? undefined : 'The keyring declares signedSuites: true.'
/** The committing suites all have data keys of one length. */
export const unlessLengthsDiffer: Skip = (fixture) =>
  unlessOpens(fixture) ??
  (fixture.capabilities.committingOnly === true ? 'The keyring declares committingOnly: true.' : undefined)

export const unlessEquivalent: Skip = ({ capabilities }) =>
  capabilities.equivalent ? undefined : 'The keyring declares equivalent: false.'
