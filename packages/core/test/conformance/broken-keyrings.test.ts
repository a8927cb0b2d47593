import {
  keyringConformance,
  runConformance,
  type KeyringFixture,
  type KeyringUnderTest,
} from '@sealring/core/conformance'
import { keyringFrom, type KeyringNode } from '@sealring/core/keyring'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { bytesOf } from '../envelope/fixture.js'
import { aesFunctions } from '../keyring/aes-functions.js'
import { customFixture, rawAesFixture } from '../keyring/keyring-fixtures.js'
import { brokenKeyrings } from './broken-keyrings.js'

function brokenFixture(make: (key: Uint8Array) => KeyringNode): KeyringFixture {
  const key = bytesOf('broken', 32)
  return {
    ...customFixture,
    open: async () => ({
      ...(await customFixture.open()),
      keyring: make(key),
      reopen: async () => make(key),
      stranger: make(bytesOf('stranger', 32)),
      secrets: [key],
    }),
  }
}

const changed = (fixture: KeyringFixture, change: Partial<KeyringUnderTest>): KeyringFixture => ({
  ...fixture,
  open: async () => ({ ...(await fixture.open()), ...change }),
})

async function failuresOf(fixture: KeyringFixture): Promise<string[]> {
  const results = await runConformance(keyringConformance, fixture)
  return results.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name)
}

describe('the keyring conformance suite', () => {
  it('has cases with names of their own', () => {
    const names = keyringConformance.map(({ name }) => name)
    expect(new Set(names).size).to.equal(names.length)
  })

  it('finds nothing in a keyring without a fault', async () => {
    expect(await failuresOf(brokenFixture((key) => keyringFrom(aesFunctions(key))))).to.deep.equal([])
  })

  for (const { fault, caughtBy, make } of brokenKeyrings)
    it(`catches a keyring that ${fault}`, async () => {
      expect(await failuresOf(brokenFixture(make))).to.include(caughtBy)
    })

  it('catches a keyring that takes the signed suites which it declares not to take', async () => {
    const capabilities = { ...customFixture.capabilities, signedSuites: false }
    expect(await failuresOf({ ...customFixture, capabilities })).to.deep.equal([
      'encrypt: a signed suite that it does not take, it refuses by code',
      'decrypt: under a signed suite that it does not take, nothing opens',
    ])
  })

  it('catches a fixture whose stranger is none', async () => {
    const { keyring } = await customFixture.open()
    expect(await failuresOf(changed(customFixture, { stranger: keyring }))).to.include(
      'fixture: a stranger has other keys',
    )
  })

  it('catches a fixture that opens the same object again', async () => {
    const { keyring } = await customFixture.open()
    expect(await failuresOf(changed(customFixture, { keyring, reopen: async () => keyring }))).to.include(
      'fixture: a reopened keyring has the same keys',
    )
  })

  it('catches an equivalent with other keys', async () => {
    const { equivalent, stranger } = await rawAesFixture.open()
    const fixture = changed(rawAesFixture, { equivalent: { ...equivalent!, keyring: stranger } })
    expect(await failuresOf(fixture)).to.deep.equal([
      'client-node: its keyring opens what this one sealed',
      'client-node: this keyring opens what its keyring sealed',
    ])
  })

  it('skips what a keyring declares it cannot do, and says why', async () => {
    const whole = (name: string) => aesFunctions(bytesOf(name, 32))
    const cases = [
      {
        seals: false,
        keyring: () => keyringFrom({ ...whole('broken'), wrap: undefined }),
        stranger: keyringFrom({ ...whole('stranger'), wrap: undefined }),
      },
      {
        opens: false,
        keyring: () => keyringFrom({ ...whole('broken'), unwrap: undefined }),
        stranger: keyringFrom(whole('stranger')),
      },
    ]
    for (const { keyring, stranger, ...capabilities } of cases) {
      const fixture: KeyringFixture = {
        capabilities: { ...customFixture.capabilities, ...capabilities },
        open: async () => ({
          ...(await customFixture.open()),
          keyring: keyring(),
          reopen: async () => keyring(),
          partner: keyringFrom(whole('broken')),
          stranger,
        }),
      }
      const results = await runConformance(keyringConformance, fixture)
      expect(results.filter(({ outcome }) => outcome === 'failed')).to.deep.equal([])
      const skipped = results.filter(({ outcome }) => outcome === 'skipped')
      expect(skipped).to.have.length.greaterThan(10)
      for (const { reason } of skipped) expect(reason).to.match(/declares \w+: (false|true)/)
    }
  })
})
