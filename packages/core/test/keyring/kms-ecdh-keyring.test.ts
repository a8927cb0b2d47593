import { createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto'
import { inspect } from 'node:util'
import { DisableKeyCommand } from '@aws-sdk/client-kms'
import { expect } from 'chai'
import { after, afterEach, before, describe, it } from 'mocha'
import type { KeyringFixture } from '@sealring/core/conformance'
import { awsErrorName, rawEcdhKeyring, type EcdhCurve } from '@sealring/core/keyring'
import { kmsEcdhKeyring } from '@sealring/core/kms-keyring'
import { wrap } from '#src/conformance/keyring-steps.js'
import { codeOf, errorOf } from '../envelope/code-of.js'
import { ours, suites } from '../envelope/fixture.js'
import { wrongType } from '../envelope/wrong-type.js'
import { asymmetricKms, type AsymmetricKey, type AsymmetricKms } from './asymmetric-kms.js'
import { changedDataKey, dataKeyOutcome, flipped } from './data-key-outcome.js'
import { ecdhPair, hostilePublicKeys, nistCurves, type EcdhPair } from './ecdh-pairs.js'
import { hostKeyringConformance } from './keyring-conformance-host.js'

const text = 'text'
const textOf = ({ plaintext }: { plaintext: Uint8Array }) => Buffer.from(plaintext).toString()
const keySpecs = {
  'P-256': 'ECC_NIST_P256',
  'P-384': 'ECC_NIST_P384',
  'P-521': 'ECC_NIST_P521',
  SM2: 'SM2',
} as const

describe('kmsEcdhKeyring, over HTTP', () => {
  let kms: AsymmetricKms
  let alice: AsymmetricKey
  let bob: AsymmetricKey
  const local = ecdhPair('P-256')

  const agreementKey = (curve: EcdhCurve, region?: string) =>
    kms.createKey({ KeySpec: keySpecs[curve], KeyUsage: 'KEY_AGREEMENT' }, region)
  before(async () => {
    kms = await asymmetricKms()
    ;[alice, bob] = [await agreementKey('P-256'), await agreementKey('P-256')]
    kms.kms.calls.clear()
  })
  after(() => kms.stop())
  afterEach(() => {
    kms.kms.faults.clear()
    kms.kms.calls.clear()
  })

  const between = (own: AsymmetricKey, recipientPublicKey: string | Buffer, curve: EcdhCurve = 'P-256') =>
    kmsEcdhKeyring({
      agreement: 'static',
      curve,
      keyId: own.keyId,
      recipientPublicKey,
      clientConfig: kms.clientConfig,
    })
  const openingAs = (own: AsymmetricKey, curve: EcdhCurve = 'P-256') =>
    kmsEcdhKeyring({ agreement: 'discovery', curve, keyId: own.keyId, clientConfig: kms.clientConfig })
  const rawBetween = (own: EcdhPair, recipientPublicKey: Buffer, curve: EcdhCurve = 'P-256') =>
    rawEcdhKeyring({ agreement: 'static', curve, senderPrivateKey: own.privateKey, recipientPublicKey })

  for (const { suiteId, name } of suites) {
    it(`is opened by either party and by discovery (${name})`, async () => {
      const { result } = await ours.encrypt(between(alice, bob.publicKey), text, { suiteId })
      const other = await agreementKey('P-256')
      for (const keyring of [between(alice, bob.publicKey), between(bob, alice.publicKey), openingAs(bob)])
        expect(textOf(await ours.decrypt(keyring, result))).to.equal(text)
      for (const keyring of [
        between(alice, other.publicKey),
        between(other, bob.publicKey),
        openingAs(alice),
        openingAs(other),
      ])
        expect(await codeOf(() => ours.decrypt(keyring, result))).to.equal('NO_DATA_KEY')
    })
  }

  for (const curve of nistCurves) {
    it(`shares its form with raw ECDH, both ways (${curve})`, async () => {
      const mine = await agreementKey(curve)
      const pair = ecdhPair(curve)
      const fromKms = (await ours.encrypt(between(mine, pair.publicKey, curve), text)).result
      const discovery = rawEcdhKeyring({
        agreement: 'discovery',
        curve,
        recipientPrivateKey: pair.privateKey,
      })
      for (const keyring of [rawBetween(pair, mine.publicKey, curve), discovery])
        expect(textOf(await ours.decrypt(keyring, fromKms))).to.equal(text)
      const ephemeral = rawEcdhKeyring({ agreement: 'ephemeral', curve, recipientPublicKey: mine.publicKey })
      const fromRaw = (await ours.encrypt(rawBetween(pair, mine.publicKey, curve), text)).result
      for (const keyring of [between(mine, pair.publicKey, curve), openingAs(mine, curve)])
        expect(textOf(await ours.decrypt(keyring, fromRaw))).to.equal(text)
      const fromNobody = (await ours.encrypt(ephemeral, text)).result
      expect(textOf(await ours.decrypt(openingAs(mine, curve), fromNobody))).to.equal(text)
    })
  }

  it('does SM2 in the China Regions, on every Node', async () => {
    const [a, b] = [await agreementKey('SM2', 'cn-north-1'), await agreementKey('SM2', 'cn-north-1')]
    const { result } = await ours.encrypt(between(a, b.publicKey, 'SM2'), text)
    for (const keyring of [between(b, a.publicKey, 'SM2'), openingAs(b, 'SM2')])
      expect(textOf(await ours.decrypt(keyring, result))).to.equal(text)
  })

  it('asks for its public key once, and not at all where it is given', async () => {
    const calls = kms.kms.calls
    const keyring = between(alice, bob.publicKey)
    expect(calls.list()).to.have.length(0)
    const messages = await Promise.all(
      [1, 2, 3, 4].map(async () => (await ours.encrypt(keyring, text)).result),
    )
    for (const message of messages) await ours.decrypt(keyring, message)
    expect(calls.count('GetPublicKey')).to.equal(1)
    expect(calls.count('DeriveSharedSecret')).to.equal(8)
    calls.clear()
    const knowing = kmsEcdhKeyring({
      agreement: 'discovery',
      curve: 'P-256',
      keyId: bob.keyId,
      publicKey: bob.publicKey,
      clientConfig: kms.clientConfig,
    })
    await ours.decrypt(knowing, messages[0]!)
    expect(calls.count('GetPublicKey')).to.equal(0)
    expect(calls.count('DeriveSharedSecret')).to.equal(1)
  })

  it('asks KMS nothing about the data keys of others, and of damaged ones', async () => {
    const wrapped = await wrap(between(alice, bob.publicKey))
    const opening = openingAs(bob)
    await dataKeyOutcome(opening, wrapped)
    kms.kms.calls.clear()
    const short = changedDataKey(wrapped, (_, ciphertext) => ({ ciphertext: ciphertext.subarray(1) }))
    const foreign = changedDataKey(wrapped, (info) => ({ providerInfo: flipped(info, 20) }))
    expect(await dataKeyOutcome(opening, short)).to.equal('DATA_KEY_NOT_UNWRAPPED')
    expect(await dataKeyOutcome(opening, foreign)).to.equal('not mine')
    expect(kms.kms.calls.list()).to.have.length(0)
  })

  it('opens nothing that was changed', async () => {
    const wrapped = await wrap(between(alice, bob.publicKey))
    const exchanged = changedDataKey(wrapped, (info) => ({
      providerInfo: Buffer.concat([
        info.subarray(0, 5),
        info.subarray(42),
        info.subarray(1, 5),
        info.subarray(5, 38),
      ]),
    }))
    const attempts = [
      exchanged,
      ...[0, 40, 70, 100].map((at) =>
        changedDataKey(wrapped, (_, ciphertext) => ({ ciphertext: flipped(ciphertext, at) })),
      ),
    ]
    for (const attempt of attempts)
      expect(await dataKeyOutcome(between(bob, alice.publicKey), attempt)).to.equal('DATA_KEY_NOT_UNWRAPPED')
    const nowhere = changedDataKey(wrapped, (info) => ({
      providerInfo: Buffer.concat([info.subarray(0, 42), Buffer.of(2), Buffer.alloc(32, 0xff)]),
    }))
    kms.kms.calls.clear()
    expect(await dataKeyOutcome(openingAs(bob), nowhere)).to.equal('DATA_KEY_NOT_UNWRAPPED')
    expect(kms.kms.calls.count('DeriveSharedSecret')).to.equal(0)
  })

  for (const operation of ['DeriveSharedSecret', 'GetPublicKey'] as const) {
    it(`keeps what KMS said, and asks again (${operation})`, async () => {
      const [sealing, opening] = [between(alice, bob.publicKey), openingAs(bob)]
      const { result } = await ours.encrypt(between(alice, bob.publicKey), text)
      kms.kms.faults.deny({ operation })
      for (const [code, run] of [
        ['DATA_KEY_NOT_WRAPPED', () => ours.encrypt(sealing, text)],
        ['DATA_KEY_NOT_UNWRAPPED', () => ours.decrypt(opening, result)],
      ] as const) {
        const error = await errorOf(run)
        expect(error.code).to.equal(code)
        expect(error.message).to.include(operation)
        expect(awsErrorName(error)).to.equal('AccessDeniedException')
      }
      kms.kms.faults.clear()
      await ours.encrypt(sealing, text)
      expect(textOf(await ours.decrypt(opening, result))).to.equal(text)
    })
  }

  it('tells a disabled key', async () => {
    const key = await agreementKey('P-256')
    const keyring = between(key, bob.publicKey)
    await ours.encrypt(keyring, text)
    await kms.clientIn('eu-west-1').send(new DisableKeyCommand({ KeyId: key.keyId }))
    expect(awsErrorName(await errorOf(() => ours.encrypt(keyring, text)))).to.equal('DisabledException')
  })

  it('refuses keys for something else, when it is used', async () => {
    const signing = await kms.createKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })
    const longer = await agreementKey('P-384')
    const { result } = await ours.encrypt(between(alice, bob.publicKey), text)
    for (const key of [signing, longer]) {
      expect(await codeOf(() => ours.encrypt(between(key, bob.publicKey), text))).to.equal('KEYRING_INVALID')
      expect(await codeOf(() => ours.decrypt(openingAs(key), result))).to.equal('KEYRING_INVALID')
    }
  })

  it('opens only, in discovery', async () => {
    expect(await codeOf(() => ours.encrypt(openingAs(bob), text))).to.equal('DATA_KEY_NOT_WRAPPED')
  })

  it('refuses what makes no keyring', async () => {
    const good = {
      agreement: 'static',
      curve: 'P-256',
      keyId: alice.keyId,
      recipientPublicKey: bob.publicKey,
      clientConfig: kms.clientConfig,
    }
    for (const change of [
      { agreement: 'ephemeral' },
      { curve: 'P-384' },
      { curve: 'ECC_NIST_P256' },
      { keyId: undefined },
      { keyId: alice.keyId.split('/')[1] },
      { keyId: 'arn:aws:kms:eu-west-1:111122223333:alias/a' },
      { recipientPublicKey: undefined },
      { publicKey: ecdhPair('P-384').publicKey },
      { publicKey: local.privateKey },
      { client: kms.clientIn('eu-west-1') },
      ...Object.values(hostilePublicKeys()).map((recipientPublicKey) => ({ recipientPublicKey })),
    ])
      expect(await codeOf(() => kmsEcdhKeyring(wrongType({ ...good, ...change })))).to.equal(
        'KEYRING_INVALID',
      )
    const nowhere = kmsEcdhKeyring(wrongType({ ...good, clientConfig: undefined, clientFor: () => false }))
    expect(await codeOf(() => ours.encrypt(nowhere, text))).to.equal('KEYRING_INVALID')
  })

  it('shows which key, and nothing of the client', () => {
    expect(inspect(openingAs(bob))).to.equal(
      `KmsEcdhKeyring {"agreement":"discovery","curve":"P-256","keyId":"${bob.keyId}"}`,
    )
  })

  const capabilities = {
    providerIds: ['aws-kms-ecdh'],
    bindsContext: true,
    detectsDamage: true,
    equivalent: false,
  }
  const rest = {
    isProviderInfo: (info: Uint8Array) => info.byteLength === 75 && info[0] === 1,
    secrets: [],
    dispose: async () => undefined,
  }
  const fixtures: Readonly<Record<string, KeyringFixture>> = {
    static: {
      capabilities: { ...capabilities, seals: true, opens: true },
      open: async () => ({
        keyring: between(alice, local.publicKey),
        reopen: async () => between(alice, local.publicKey),
        stranger: between(alice, bob.publicKey),
        ...rest,
        // What KMS derives.
        secrets: [
          diffieHellman({
            privateKey: createPrivateKey(local.privateKey),
            publicKey: createPublicKey({ key: alice.publicKey, type: 'spki', format: 'der' }),
          }),
        ],
      }),
    },
    discovery: {
      capabilities: { ...capabilities, seals: false, opens: true },
      open: async () => ({
        keyring: openingAs(bob),
        reopen: async () => openingAs(bob),
        stranger: openingAs(alice),
        partner: between(alice, bob.publicKey),
        ...rest,
      }),
    },
  }
  describe('passes the conformance suite', () => {
    for (const [name, fixture] of Object.entries(fixtures))
      describe(name, () => hostKeyringConformance(fixture))
  })
})
