import { after, describe } from 'mocha'
import { hierarchicalConformanceFixtures } from './hierarchical-conformance-fixtures.js'
import { hostKeyringConformance } from './keyring-conformance-host.js'
import {
  anyOfFixture,
  awsRsaFixture,
  customFixture,
  mOfFixture,
  multiFixture,
  rawAesFixture,
} from './keyring-fixtures.js'
import { kmsConformanceFixtures } from './kms-conformance-fixtures.js'

describe('keyrings pass the conformance suite', () => {
  const local = {
    'raw AES': rawAesFixture,
    'one of keyringFrom': customFixture,
    'three in a multi-keyring': multiFixture,
    'two in anyOf': anyOfFixture,
    'two of three in mOf': mOfFixture,
    'client-node’s raw RSA': awsRsaFixture(),
  }
  for (const [name, fixture] of Object.entries(local)) describe(name, () => hostKeyringConformance(fixture))

  describe('over HTTP', () => {
    const { fixtures, stop } = kmsConformanceFixtures()
    after(stop)
    for (const [name, fixture] of Object.entries(fixtures))
      describe(name, () => hostKeyringConformance(fixture))
  })

  describe('with branch keys', () => {
    const { fixtures, stop } = hierarchicalConformanceFixtures()
    after(stop)
    for (const [name, fixture] of Object.entries(fixtures))
      describe(name, () => hostKeyringConformance(fixture))
  })
})
