import { createPublicKey } from 'node:crypto'
import { DisableKeyCommand } from '@aws-sdk/client-kms'
import { expect } from 'chai'
import { after, afterEach, before, describe, it } from 'mocha'
import {
  explainKeyring,
  hierarchicalKeyring,
  mOf,
  rawEcdhKeyring,
  type BranchKeySource,
  type KeyringNode,
} from '@sealring/core/keyring'
import { kmsEcdhKeyring, kmsRsaKeyring } from '@sealring/core/kms-keyring'
import type { Kms } from '@sealring/kms-mock'
import { branchKeyFixture, type BranchKeyFixture } from '../branch-keys/branch-key-fixture.js'
import { ours, unsigned } from '../envelope/fixture.js'
import { asymmetricKms, type AsymmetricKey, type AsymmetricKms } from './asymmetric-kms.js'
import { ecdhPair } from './ecdh-pairs.js'

const sealed = async (keyring: KeyringNode) =>
  (await ours.encrypt(keyring, 'text', { suiteId: unsigned })).result
/** Where the keyring stands, code and reason. */
const rowsOf = async (message: Uint8Array, keyring: KeyringNode) =>
  (await explainKeyring(message, keyring)).map(({ path, code, reason }) =>
    [path.join('.'), code, reason ?? ''].join(' ').trim(),
  )

/** What KMS may refuse with, and how that is explained. */
const faults: readonly [what: string, cause: (kms: Kms) => void, row: RegExp][] = [
  ['a denied call', (kms) => kms.faults.deny(), /^ACCESS_DENIED AccessDeniedException$/],
  ['a Region that is down', (kms) => kms.faults.setRegionDown('eu-west-1'), /^UNREACHABLE E[A-Z]+$/],
  ['throttling', (kms) => kms.faults.throttle(), /^THROTTLED ThrottlingException$/],
]

describe('explainKeyring, KMS RSA and KMS ECDH, over HTTP', () => {
  let kms: AsymmetricKms
  let rsaKeys: [AsymmetricKey, AsymmetricKey]
  let ecKeys: [AsymmetricKey, AsymmetricKey]
  before(async () => {
    kms = await asymmetricKms()
    const rsaKey = () => kms.createKey({ KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' })
    const ecKey = () => kms.createKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' })
    rsaKeys = [await rsaKey(), await rsaKey()]
    ecKeys = [await ecKey(), await ecKey()]
  })
  after(() => kms.stop())
  afterEach(() => kms.kms.faults.clear())

  const rsa = ({ keyId, publicKey }: AsymmetricKey) =>
    kmsRsaKeyring({
      keyId,
      encryptionAlgorithm: 'RSAES_OAEP_SHA_256',
      publicKey: createPublicKey({ key: publicKey, type: 'spki', format: 'der' }),
      clientConfig: kms.clientConfig,
    })
  const between = ({ keyId }: AsymmetricKey, { publicKey: recipientPublicKey }: AsymmetricKey) =>
    kmsEcdhKeyring({
      agreement: 'static',
      curve: 'P-256',
      keyId,
      recipientPublicKey,
      clientConfig: kms.clientConfig,
    })
  const discovery = ({ keyId }: AsymmetricKey) =>
    kmsEcdhKeyring({ agreement: 'discovery', curve: 'P-256', keyId, clientConfig: kms.clientConfig })

  const keyrings: Record<string, () => { seals: KeyringNode; opens: KeyringNode; other: KeyringNode }> = {
    kmsRsaKeyring: () => ({ seals: rsa(rsaKeys[0]), opens: rsa(rsaKeys[0]), other: rsa(rsaKeys[1]) }),
    'kmsEcdhKeyring, static': () => ({
      seals: between(ecKeys[0], ecKeys[1]),
      opens: between(ecKeys[1], ecKeys[0]),
      other: between(ecKeys[1], ecKeys[1]),
    }),
    'kmsEcdhKeyring, discovery': () => ({
      seals: between(ecKeys[0], ecKeys[1]),
      opens: discovery(ecKeys[1]),
      other: discovery(ecKeys[0]),
    }),
  }
  for (const [name, make] of Object.entries(keyrings)) {
    it(`${name}: what opens, and what is another's`, async () => {
      const { seals, opens, other } = make()
      const message = await sealed(seals)
      expect(await rowsOf(message, opens)).to.deep.equal(['OPENS'])
      expect(await rowsOf(message, other)).to.deep.equal(['NOT_MINE'])
    })
    for (const [what, cause, row] of faults)
      it(`${name}: ${what}`, async () => {
        const { seals, opens } = make()
        const message = await sealed(seals)
        cause(kms.kms)
        const [found, ...more] = await rowsOf(message, opens)
        expect(found).to.match(row)
        expect(more).to.deep.equal([])
      })
  }

  it('each: a disabled key', async () => {
    const messages = await Promise.all([sealed(rsa(rsaKeys[0])), sealed(between(ecKeys[0], ecKeys[1]))])
    for (const { keyId } of [rsaKeys[0], ecKeys[1]])
      await kms.clientIn('eu-west-1').send(new DisableKeyCommand({ KeyId: keyId }))
    const disabled = ['KEY_DISABLED DisabledException']
    expect(await rowsOf(messages[0], rsa(rsaKeys[0]))).to.deep.equal(disabled)
    expect(await rowsOf(messages[1], discovery(ecKeys[1]))).to.deep.equal(disabled)
  })
})

describe('explainKeyring, hierarchicalKeyring', () => {
  let fixture: BranchKeyFixture
  let message: Uint8Array
  let branchKeyId: string
  before(async () => {
    fixture = await branchKeyFixture()
    ;({ branchKeyId } = await fixture.store().create())
    message = await sealed(under(branchKeyId))
  })
  after(() => fixture.stop())
  afterEach(() => fixture.kms.faults.clear())

  const under = (id: string, keyStore: BranchKeySource = fixture.store()) =>
    hierarchicalKeyring({ keyStore, branchKeyId: id, maxAge: 60_000 })

  it('what opens, and what is another branch key’s', async () => {
    expect(await rowsOf(message, under(branchKeyId))).to.deep.equal(['OPENS'])
    const other = await fixture.store().create()
    expect(await rowsOf(message, under(other.branchKeyId))).to.deep.equal(['NOT_MINE'])
  })

  for (const [what, cause, row] of faults)
    it(what, async () => {
      cause(fixture.kms)
      const [found] = await rowsOf(message, under(branchKeyId))
      expect(found).to.match(row)
    })

  it('a key store that does not have the branch key', async () => {
    const elsewhere = await branchKeyFixture()
    try {
      const keyring = under(branchKeyId, elsewhere.store())
      expect(await rowsOf(message, keyring)).to.deep.equal(['KEY_NOT_FOUND BRANCH_KEY_NOT_FOUND'])
    } finally {
      await elsewhere.stop()
    }
  })

  it('as a custodian of a share', async () => {
    const other = await fixture.store().create()
    const keyring = mOf({ keyrings: [under(branchKeyId), under(other.branchKeyId)], threshold: 2 })
    const shared = await sealed(keyring)
    expect((await rowsOf(shared, keyring))[0]).to.equal('OPENS')
    fixture.kms.faults.deny({ operation: 'Decrypt' })
    const fresh = mOf({ keyrings: [under(branchKeyId), under(other.branchKeyId)], threshold: 2 })
    const rows = await explainKeyring(shared, fresh)
    // Each custodian is asked for each share.
    expect(rows.filter(({ share }) => share !== undefined).map(({ code }) => code)).to.deep.equal([
      'ACCESS_DENIED',
      'NOT_MINE',
      'NOT_MINE',
      'ACCESS_DENIED',
    ])
  })
})

describe('explainKeyring, rawEcdhKeyring', () => {
  it('what opens, and what is another’s', async () => {
    const [alice, bob, eve] = [ecdhPair('P-256'), ecdhPair('P-256'), ecdhPair('P-256')]
    const between = (own: typeof alice, other: typeof alice) =>
      rawEcdhKeyring({
        agreement: 'static',
        curve: 'P-256',
        senderPrivateKey: own.privateKey,
        recipientPublicKey: other.publicKey,
      })
    const opening = (own: typeof alice) =>
      rawEcdhKeyring({ agreement: 'discovery', curve: 'P-256', recipientPrivateKey: own.privateKey })
    const message = await sealed(between(alice, bob))
    for (const keyring of [between(bob, alice), opening(bob)])
      expect(await rowsOf(message, keyring)).to.deep.equal(['OPENS'])
    for (const keyring of [between(alice, eve), between(eve, bob), opening(eve)])
      expect(await rowsOf(message, keyring)).to.deep.equal(['NOT_MINE'])
  })
})
