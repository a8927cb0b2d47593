import { createPublicKey, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { DisableKeyCommand, ReplicateKeyCommand } from '@aws-sdk/client-kms'
import { MultiKeyringNode } from '@aws-crypto/client-node'
import { expect } from 'chai'
import { after, afterEach, before, describe, it } from 'mocha'
import type { KeyringFixture } from '@sealring/core/conformance'
import { awsErrorName } from '@sealring/core/keyring'
import { kmsRsaKeyring, type KmsRsaEncryptionAlgorithm } from '@sealring/core/kms-keyring'
import { wrap } from '#src/conformance/keyring-steps.js'
import { algorithmSuites } from '#src/materials/algorithm-suites.js'
import { codeOf, errorOf } from '../envelope/code-of.js'
import { clientsFor, everySuite, keyring as rawKeyring, ours, signed, unsigned } from '../envelope/fixture.js'
import { wrongType } from '../envelope/wrong-type.js'
import { asymmetricKms, type AsymmetricKey, type AsymmetricKms } from './asymmetric-kms.js'
import { changedDataKey, dataKeyOutcome } from './data-key-outcome.js'
import { hostKeyringConformance } from './keyring-conformance-host.js'
import { rsaPairs } from './rsa-pairs.js'

const text = 'text'
const textOf = ({ plaintext }: { plaintext: Uint8Array }) => Buffer.from(plaintext).toString()
const algorithms = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] as const
const unsignedSuites = everySuite.filter(({ signature }) => signature === undefined)
const signedSuites = everySuite.filter(({ signature }) => signature !== undefined)
const suiteId = unsigned

describe('kmsRsaKeyring, over HTTP', () => {
  let kms: AsymmetricKms
  let key: AsymmetricKey
  let other: AsymmetricKey
  before(async () => {
    kms = await asymmetricKms()
    const create = () => kms.createKey({ KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' })
    ;[key, other] = [await create(), await create()]
    kms.kms.calls.clear()
  })
  after(() => kms.stop())
  afterEach(() => {
    kms.kms.faults.clear()
    kms.kms.calls.clear()
  })

  const publicKeyOf = ({ publicKey }: AsymmetricKey) =>
    createPublicKey({ key: publicKey, type: 'spki', format: 'der' })
  const whole = (of: AsymmetricKey, encryptionAlgorithm: KmsRsaEncryptionAlgorithm = 'RSAES_OAEP_SHA_256') =>
    kmsRsaKeyring({
      keyId: of.keyId,
      encryptionAlgorithm,
      publicKey: publicKeyOf(of),
      clientConfig: kms.clientConfig,
    })
  const opening = (
    of: AsymmetricKey,
    encryptionAlgorithm: KmsRsaEncryptionAlgorithm = 'RSAES_OAEP_SHA_256',
  ) => kmsRsaKeyring({ keyId: of.keyId, encryptionAlgorithm, clientConfig: kms.clientConfig })

  for (const suite of unsignedSuites)
    for (const algorithm of algorithms)
      it(`seals without a call and opens by one (${suite.name}, ${algorithm})`, async () => {
        const clients = clientsFor(suite)
        const options = { suiteId: suite.id, encryptionContext: { purpose: 'test' } }
        const messages = [
          (await clients.ours.encrypt(whole(key, algorithm), text, options)).result,
          (await clients.oracle.encrypt(whole(key, algorithm), text, wrongType({ ...options }))).result,
        ]
        expect(kms.kms.calls.list()).to.have.length(0)
        for (const message of messages) {
          expect(textOf(await clients.ours.decrypt(opening(key, algorithm), message))).to.equal(text)
          expect(textOf(await clients.oracle.decrypt(opening(key, algorithm), message))).to.equal(text)
        }
        expect(kms.kms.calls.count('Decrypt')).to.equal(4)
        expect(kms.kms.calls.list()).to.have.length(4)
      })

  it('refuses signed suites by code, sealing and opening, alone and among others', async () => {
    for (const suite of signedSuites) {
      const { ours } = clientsFor(suite)
      const sealing = new MultiKeyringNode({ generator: rawKeyring, children: [whole(key)] })
      for (const keyring of [whole(key), sealing])
        expect(await codeOf(() => ours.encrypt(keyring, text, { suiteId: suite.id }))).to.equal(
          'SUITE_REFUSED',
        )
    }
    expect(await codeOf(() => ours.encrypt(whole(key), text))).to.equal('SUITE_REFUSED')
    const wrapped = await wrap(whole(key))
    const suite = algorithmSuites.get(signed)!
    expect(await dataKeyOutcome(whole(key), { ...wrapped, suite })).to.equal('SUITE_REFUSED')
    expect(await dataKeyOutcome(whole(other), { ...wrapped, suite })).to.equal('not mine')
    expect(kms.kms.calls.list()).to.have.length(0)
  })

  it('seals without a client', async () => {
    const sealing = kmsRsaKeyring({
      keyId: key.keyId,
      encryptionAlgorithm: 'RSAES_OAEP_SHA_256',
      publicKey: String(publicKeyOf(key).export({ type: 'spki', format: 'pem' })),
      clientFor: () => undefined,
    })
    const { result } = await ours.encrypt(sealing, text, { suiteId })
    expect(textOf(await ours.decrypt(opening(key), result))).to.equal(text)
    expect(await codeOf(() => ours.decrypt(sealing, result))).to.equal('KEYRING_INVALID')
  })

  it('opens only, without a public key', async () => {
    expect(await codeOf(() => ours.encrypt(opening(key), text, { suiteId }))).to.equal('DATA_KEY_NOT_WRAPPED')
  })

  it('opens in one Region what a replica is named for', async () => {
    const primary = await kms.createKey({
      KeySpec: 'RSA_2048',
      KeyUsage: 'ENCRYPT_DECRYPT',
      MultiRegion: true,
    })
    const { ReplicaKeyMetadata } = await kms
      .clientIn('eu-west-1')
      .send(new ReplicateKeyCommand({ KeyId: primary.keyId, ReplicaRegion: 'us-east-1' }))
    const replica = { ...primary, keyId: ReplicaKeyMetadata!.Arn! }
    const { result } = await ours.encrypt(whole(primary), text, { suiteId })
    kms.kms.faults.setRegionDown('eu-west-1')
    expect(textOf(await ours.decrypt(opening(replica), result))).to.equal(text)
    expect(await codeOf(() => ours.decrypt(opening(key), result))).to.equal('NO_DATA_KEY')
  })

  it('opens nothing that was wrapped for another context, key or algorithm', async () => {
    const wrapped = await wrap(whole(key))
    expect(await dataKeyOutcome(opening(key), wrapped)).to.equal('opened')
    expect(await dataKeyOutcome(opening(key), { ...wrapped, context: {} })).to.equal('DATA_KEY_NOT_UNWRAPPED')
    expect(await dataKeyOutcome(opening(key, 'RSAES_OAEP_SHA_1'), wrapped)).to.equal('DATA_KEY_NOT_UNWRAPPED')
    const strange = changedDataKey(await wrap(whole(other)), () => ({ providerInfo: Buffer.from(key.keyId) }))
    expect(await dataKeyOutcome(opening(key), strange)).to.equal('DATA_KEY_NOT_UNWRAPPED')
    const badNames = ['alias/a', key.keyId.split('/')[1]!, key.keyId.replace(':key/', ':alias/'), '\u{fffd}']
    for (const name of badNames) {
      const renamed = changedDataKey(wrapped, () => ({ providerInfo: Buffer.from(name) }))
      expect(await dataKeyOutcome(opening(key), renamed)).to.equal('not mine')
    }
  })

  it('opens nothing that the public key alone wraps: without the digest, too short, too long', async () => {
    const wrapped = await wrap(whole(key))
    for (const length of [1, 32, 47, 48, 80, 100]) {
      const ciphertext = publicEncrypt({ key: publicKeyOf(key), oaepHash: 'sha256' }, randomBytes(length))
      expect(
        await dataKeyOutcome(
          opening(key),
          changedDataKey(wrapped, () => ({ ciphertext })),
        ),
      ).to.equal('DATA_KEY_NOT_UNWRAPPED')
    }
  })

  it('keeps what KMS said', async () => {
    const { result } = await ours.encrypt(whole(key), text, { suiteId })
    kms.kms.faults.deny({ operation: 'Decrypt' })
    const denied = await errorOf(() => ours.decrypt(opening(key), result))
    expect(denied.code).to.equal('DATA_KEY_NOT_UNWRAPPED')
    expect(awsErrorName(denied)).to.equal('AccessDeniedException')
    kms.kms.faults.clear()
    const gone = await kms.createKey({ KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' })
    const sealed = await ours.encrypt(whole(gone), text, { suiteId })
    await kms.clientIn('eu-west-1').send(new DisableKeyCommand({ KeyId: gone.keyId }))
    expect(awsErrorName(await errorOf(() => ours.decrypt(opening(gone), sealed.result)))).to.equal(
      'DisabledException',
    )
  })

  const { pair, short } = rsaPairs()
  const { publicKey: ec } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const wrong: Readonly<Record<string, object>> = {
    'no key id': { keyId: undefined },
    'a bare key id': { keyId: '1234abcd-12ab-34cd-56ef-1234567890ab' },
    'an alias': { keyId: 'arn:aws:kms:eu-west-1:111122223333:alias/a' },
    'no algorithm': { encryptionAlgorithm: undefined },
    'the algorithm of other keys': { encryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
    'an algorithm named like a property': { encryptionAlgorithm: 'toString' },
    'a public key of 1024 bits': { publicKey: short.publicKey },
    'a public key that is none': { publicKey: 'PEM' },
    'another kind of key': { publicKey: ec },
    'two ways to a client': { clientFor: () => undefined, clientConfig: {} },
  }
  for (const [what, change] of Object.entries(wrong)) {
    it(`refuses ${what}`, async () => {
      const keyId = 'arn:aws:kms:eu-west-1:111122223333:key/1'
      const good = { keyId, encryptionAlgorithm: 'RSAES_OAEP_SHA_1', publicKey: pair.publicKey }
      expect(await codeOf(() => kmsRsaKeyring(wrongType({ ...good, ...change })))).to.equal('KEYRING_INVALID')
    })
  }

  it('shows which key, and nothing of the client', () => {
    expect(inspect(whole(key))).to.equal(
      `KmsRsaKeyring {"keyId":"${key.keyId}","encryptionAlgorithm":"RSAES_OAEP_SHA_256"}`,
    )
  })

  const fixture: KeyringFixture = {
    capabilities: {
      seals: true,
      opens: true,
      providerIds: ['aws-kms-rsa'],
      bindsContext: true,
      detectsDamage: true,
      equivalent: false,
      signedSuites: false,
    },
    open: async () => ({
      keyring: whole(key),
      reopen: async () => whole(key),
      stranger: whole(other),
      isProviderInfo: (info) => Buffer.from(info).toString() === key.keyId,
      secrets: [],
      dispose: async () => undefined,
    }),
  }
  describe('passes the conformance suite', () => hostKeyringConformance(fixture))
})
