import {
  createECDH,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'
import { inspect } from 'node:util'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import type { KeyringFixture } from '@sealring/core/conformance'
import { rawEcdhKeyring, type EcdhCurve } from '@sealring/core/keyring'
import { wrap } from '#src/conformance/keyring-steps.js'
import { serializeContext } from '#src/materials/encryption-context.js'
import { codeOf, errorOf } from '../envelope/code-of.js'
import { everySuite, clientsFor, ours } from '../envelope/fixture.js'
import { wrongType } from '../envelope/wrong-type.js'
import { changedDataKey, dataKeyOutcome, flipped } from './data-key-outcome.js'
import { ecdhPair, hostilePublicKeys, nistCurves, type EcdhPair } from './ecdh-pairs.js'
import { referenceUnwrap } from './ecdh-reference.js'
import { hostKeyringConformance } from './keyring-conformance-host.js'

const text = 'text'
const textOf = ({ plaintext }: { plaintext: Uint8Array }) => Buffer.from(plaintext).toString()
const major = Number(process.versions.node.split('.')[0])
const curve = 'P-256'
const [alice, bob, carol] = [ecdhPair(curve), ecdhPair(curve), ecdhPair(curve)]

const between = (own: EcdhPair, other: EcdhPair, on: EcdhCurve = curve) =>
  rawEcdhKeyring({
    agreement: 'static',
    curve: on,
    senderPrivateKey: own.privateKey,
    recipientPublicKey: other.publicKey,
  })
const sealingFor = ({ publicKey }: EcdhPair, on: EcdhCurve = curve) =>
  rawEcdhKeyring({ agreement: 'ephemeral', curve: on, recipientPublicKey: publicKey })
const openingAs = ({ privateKey }: EcdhPair, on: EcdhCurve = curve) =>
  rawEcdhKeyring({ agreement: 'discovery', curve: on, recipientPrivateKey: privateKey })

/** The number in a private key, which is the secret of it. */
const scalarOf = ({ privateKey }: EcdhPair) =>
  Buffer.from(String(createPrivateKey(privateKey).export({ format: 'jwk' }).d), 'base64url')
const secretsOf = (...pairs: EcdhPair[]) =>
  pairs.flatMap((pair) => [Buffer.from(pair.privateKey), scalarOf(pair)])

const compressedLength = 33
const isInfo = (info: Uint8Array) => info.byteLength === 1 + 2 * (4 + compressedLength) && info[0] === 1
const dispose = async () => undefined
const capabilities = {
  providerIds: ['raw-ecdh'],
  bindsContext: true,
  detectsDamage: true,
  equivalent: false,
}

const fixtures: Readonly<Record<string, KeyringFixture>> = {
  static: {
    capabilities: { ...capabilities, seals: true, opens: true },
    open: async () => ({
      keyring: between(alice, bob),
      reopen: async () => between(alice, bob),
      stranger: between(alice, carol),
      isProviderInfo: isInfo,
      secrets: [
        ...secretsOf(alice, bob),
        diffieHellman({
          privateKey: createPrivateKey(alice.privateKey),
          publicKey: createPublicKey(bob.publicKey),
        }),
      ],
      dispose,
    }),
  },
  ephemeral: {
    capabilities: { ...capabilities, seals: true, opens: false },
    open: async () => ({
      keyring: sealingFor(bob),
      reopen: async () => sealingFor(bob),
      stranger: sealingFor(carol),
      partner: openingAs(bob),
      isProviderInfo: isInfo,
      secrets: secretsOf(bob),
      dispose,
    }),
  },
  discovery: {
    capabilities: { ...capabilities, seals: false, opens: true },
    open: async () => ({
      keyring: openingAs(bob),
      reopen: async () => openingAs(bob),
      stranger: openingAs(carol),
      partner: sealingFor(bob),
      isProviderInfo: isInfo,
      secrets: secretsOf(bob),
      dispose,
    }),
  },
}
describe('rawEcdhKeyring passes the conformance suite', () => {
  for (const [name, fixture] of Object.entries(fixtures))
    describe(name, () => hostKeyringConformance(fixture))
})

/** Everybody opens what the agreement lets them, and nobody else. */
async function expectAgreements(on: EcdhCurve): Promise<void> {
  const [a, b, c] = [ecdhPair(on), ecdhPair(on), ecdhPair(on)]
  const sealed = (await ours.encrypt(between(a, b, on), text)).result
  for (const keyring of [between(a, b, on), between(b, a, on), openingAs(b, on)])
    expect(textOf(await ours.decrypt(keyring, sealed))).to.equal(text)
  for (const keyring of [between(a, c, on), between(c, b, on), openingAs(a, on), openingAs(c, on)])
    expect(await codeOf(() => ours.decrypt(keyring, sealed))).to.equal('NO_DATA_KEY')

  const ephemeral = (await ours.encrypt(sealingFor(b, on), text)).result
  expect(textOf(await ours.decrypt(openingAs(b, on), ephemeral))).to.equal(text)
  for (const keyring of [between(a, b, on), between(b, a, on), openingAs(c, on)])
    expect(await codeOf(() => ours.decrypt(keyring, ephemeral))).to.equal('NO_DATA_KEY')
}

describe('rawEcdhKeyring', () => {
  for (const on of nistCurves) {
    it(`is opened by whom it is for, and by nobody else (${on})`, () => expectAgreements(on))
  }

  it('does SM2 on Node 20 and 22, and refuses it by code elsewhere', async () => {
    if (major === 20 || major === 22) return expectAgreements('SM2')
    const error = await errorOf(() => sealingFor(ecdhPair('SM2'), 'SM2'))
    expect(error.code).to.equal('CURVE_REFUSED')
    expect(error.cause).to.be.instanceOf(Error)
  })

  for (const suite of everySuite) {
    it(`works with our client and with client-node (${suite.name})`, async () => {
      const clients = clientsFor(suite)
      const fromOurs = await clients.ours.encrypt(between(alice, bob), text, { suiteId: suite.id })
      const options = wrongType({ suiteId: suite.id })
      const fromOracle = await clients.oracle.encrypt(between(alice, bob), text, options)
      for (const { result } of [fromOurs, fromOracle]) {
        expect(textOf(await clients.ours.decrypt(between(bob, alice), result))).to.equal(text)
        expect(textOf(await clients.oracle.decrypt(between(bob, alice), result))).to.equal(text)
      }
    })
  }

  /** Small private keys, found by trying: the secret of the two begins with a byte of zeros, that of P-521 with two. */
  for (const [on, openssl, numbers] of [
    ['P-256', 'prime256v1', [2, 276]],
    ['P-384', 'secp384r1', [2, 117]],
    ['P-521', 'secp521r1', [2, 505]],
  ] as const) {
    it(`writes what the specification says, also where the shared secret begins with zeros (${on})`, async () => {
      const context = { purpose: 'reference', ключ: '🔐' }
      const [a, b] = numbers.map((number) => smallPrivateKey(on, openssl, number))
      const peer = createPublicKey(b!)
      expect(diffieHellman({ privateKey: a!, publicKey: peer })[0]).to.equal(0)
      const keyring = rawEcdhKeyring({
        agreement: 'static',
        curve: on,
        senderPrivateKey: a!,
        recipientPublicKey: peer,
      })
      const { dataKey, dataKeys } = await wrap(keyring, { context })
      const entry = { ...dataKeys[0]!, serializedContext: serializeContext(context) }
      for (const key of [a!, b!]) expect(referenceUnwrap(openssl, key, entry).equals(dataKey)).to.equal(true)
    })
  }

  it('takes keys as PEM, as DER and as KeyObjects', async () => {
    const keyObject = createPublicKey(bob.publicKey)
    const { result } = await ours.encrypt(sealingFor(bob), text)
    const opening = rawEcdhKeyring({
      agreement: 'discovery',
      curve,
      recipientPrivateKey: createPrivateKey(bob.privateKey),
    })
    expect(textOf(await ours.decrypt(opening, result))).to.equal(text)
    for (const recipientPublicKey of [keyObject, keyObject.export({ type: 'spki', format: 'der' })]) {
      const sealing = rawEcdhKeyring({ agreement: 'ephemeral', curve, recipientPublicKey })
      expect(textOf(await ours.decrypt(opening, (await ours.encrypt(sealing, text)).result))).to.equal(text)
    }
  })

  it('seals or opens only, as agreed', async () => {
    const { result } = await ours.encrypt(sealingFor(bob), text)
    expect(await codeOf(() => ours.decrypt(sealingFor(bob), result))).to.equal('DATA_KEY_NOT_UNWRAPPED')
    expect(await codeOf(() => ours.encrypt(openingAs(bob), text))).to.equal('DATA_KEY_NOT_WRAPPED')
  })

  it('makes another pair for each seal, where it is ephemeral', async () => {
    const senders = await Promise.all([1, 2, 3].map(() => wrap(sealingFor(bob))))
    const infos = senders.map(({ dataKeys }) => Buffer.from(dataKeys[0]!.providerInfo).toString('hex'))
    expect(new Set(infos).size).to.equal(3)
  })

  describe('against an attacker', () => {
    const pointAt = { recipient: 5, sender: 5 + compressedLength + 4 }
    const refused = 'DATA_KEY_NOT_UNWRAPPED'
    const changes: Readonly<Record<string, [Parameters<typeof changedDataKey>[1], outcome: string]>> = {
      'sender and recipient exchanged': [
        (info) => {
          const [recipient, sender] = [info.subarray(5, 38), info.subarray(42)]
          const parts = [info.subarray(0, 5), sender, info.subarray(1, 5), recipient]
          return { providerInfo: Buffer.concat(parts) }
        },
        refused,
      ],
      'another salt': [(_, ciphertext) => ({ ciphertext: flipped(ciphertext, 0) }), refused],
      'another commitment': [(_, ciphertext) => ({ ciphertext: flipped(ciphertext, 40) }), refused],
      'another wrapped key': [(_, ciphertext) => ({ ciphertext: flipped(ciphertext, 70) }), refused],
      'another tag': [(_, ciphertext) => ({ ciphertext: flipped(ciphertext, 64 + 32 + 15) }), refused],
      'a shorter tag': [(_, ciphertext) => ({ ciphertext: ciphertext.subarray(0, -4) }), refused],
      'no wrapped key': [(_, ciphertext) => ({ ciphertext: ciphertext.subarray(0, 64) }), refused],
      'another version': [(info) => ({ providerInfo: flipped(info, 0) }), 'not mine'],
      'another length of a key': [(info) => ({ providerInfo: flipped(info, 4) }), 'not mine'],
      'an info that is too short': [(info) => ({ providerInfo: info.subarray(0, -1) }), 'not mine'],
      'another recipient': [(info) => ({ providerInfo: flipped(info, pointAt.recipient + 9) }), 'not mine'],
    }
    for (const [what, [change, outcome]] of Object.entries(changes)) {
      it(`does not open ${what}`, async () => {
        const wrapped = await wrap(between(alice, bob))
        expect(await dataKeyOutcome(between(bob, alice), wrapped)).to.equal('opened')
        expect(await dataKeyOutcome(between(bob, alice), changedDataKey(wrapped, change))).to.equal(outcome)
      })
    }

    it('agrees on nothing with a sender that is no point of the curve', async () => {
      const wrapped = await wrap(sealingFor(bob))
      const withSender = (change: (sender: Buffer) => Uint8Array) =>
        changedDataKey(wrapped, (info) => {
          const [head, sender] = [info.subarray(0, pointAt.sender), info.subarray(pointAt.sender)]
          return { providerInfo: Buffer.concat([head, change(sender)]) }
        })
      const senders = [
        // About half of these are no x of the curve, the rest a point of nobody's.
        ...Array.from({ length: 16 }, (_, n) => withSender((sender) => flipped(sender, 1 + n))),
        // Infinity, and the marks of other forms of a point.
        ...[0, 1, 4, 6, 7].map((form) =>
          withSender((sender) => Buffer.concat([Buffer.of(form), sender.subarray(1)])),
        ),
        ...[0, 0xff].map((byte) => withSender(() => Buffer.alloc(compressedLength, byte))),
        withSender(() => Buffer.concat([Buffer.of(2), Buffer.alloc(32, 0xff)])),
      ]
      for (const changed of senders) expect(await dataKeyOutcome(openingAs(bob), changed)).to.equal(refused)
    })

    it('does not take a data key for another curve', async () => {
      const wrapped = await wrap(sealingFor(bob))
      for (const on of ['P-384', 'P-521'] as const)
        expect(await dataKeyOutcome(openingAs(ecdhPair(on), on), wrapped)).to.equal('not mine')
    })

    it('opens nothing of a stranger who names the keys of others', async () => {
      const { providerInfo } = (await wrap(between(alice, bob))).dataKeys[0]!
      const strange = changedDataKey(await wrap(between(carol, bob)), () => ({ providerInfo }))
      for (const keyring of [between(bob, alice), openingAs(bob)])
        expect(await dataKeyOutcome(keyring, strange)).to.equal(refused)
    })
  })

  const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const explicit = generateKeyPairSync('ec', { namedCurve: curve, paramEncoding: 'explicit' })
  const good = {
    agreement: 'static',
    curve,
    senderPrivateKey: alice.privateKey,
    recipientPublicKey: bob.publicKey,
  }
  const wrong: Readonly<Record<string, object>> = {
    'no agreement': { agreement: undefined },
    'an agreement that does not exist': { agreement: 'toString' },
    'no curve': { curve: undefined },
    'a curve that it does not know': { curve: 'secp256k1' },
    'a curve named like a property': { curve: 'constructor' },
    'keys of another curve': { curve: 'P-384' },
    'a private key of another curve': { senderPrivateKey: ecdhPair('P-384').privateKey },
    'a public key of another curve': { recipientPublicKey: ecdhPair('P-384').publicKey },
    'an SM2 key on P-256': { recipientPublicKey: ecdhPair('SM2').publicKey },
    'a private SM2 key on P-256': { senderPrivateKey: ecdhPair('SM2').privateKey },
    'no private key': { senderPrivateKey: undefined },
    'no public key': { recipientPublicKey: undefined },
    'a public key as the private one': { senderPrivateKey: createPublicKey(alice.publicKey) },
    'a private key as the public one': { recipientPublicKey: createPrivateKey(bob.privateKey) },
    'a private PEM as the public one': { recipientPublicKey: bob.privateKey },
    'an RSA key': { senderPrivateKey: rsa },
    'a private key with explicit parameters': { senderPrivateKey: explicit.privateKey },
    'a public key with explicit parameters': { recipientPublicKey: explicit.publicKey },
    'a PEM that is none': { recipientPublicKey: 'PEM' },
    ...Object.fromEntries(
      Object.entries(hostilePublicKeys()).map(([what, key]) => [what, { recipientPublicKey: key }]),
    ),
  }
  for (const [what, change] of Object.entries(wrong)) {
    it(`refuses ${what}`, async () => {
      expect(await codeOf(() => rawEcdhKeyring(wrongType({ ...good, ...change })))).to.equal(
        'KEYRING_INVALID',
      )
    })
  }

  it('says nothing of a PEM that it can’t read, or of a key on another curve', async () => {
    const { privateKey } = ecdhPair('P-384')
    for (const given of ['canary-canary-canary', privateKey]) {
      const error = await errorOf(() => rawEcdhKeyring(wrongType({ ...good, senderPrivateKey: given })))
      const shown = inspect(error, { depth: 9, showHidden: true })
      expect(shown).to.not.include('canary')
      expect(shown).to.not.include(privateKey.split('\n')[1])
    }
  })

  it('shows curve and agreement', () => {
    expect(inspect(openingAs(bob))).to.equal('RawEcdhKeyring {"agreement":"discovery","curve":"P-256"}')
    expect(JSON.stringify(openingAs(bob))).to.equal(
      '{"keyring":"raw-ecdh","agreement":"discovery","curve":"P-256"}',
    )
  })
})

function smallPrivateKey(crv: string, openssl: string, number: number): KeyObject {
  const ecdh = createECDH(openssl)
  const length = (ecdh.generateKeys().byteLength - 1) / 2
  const d = Buffer.alloc(length)
  d.writeUInt16BE(number, length - 2)
  ecdh.setPrivateKey(d)
  const point = ecdh.getPublicKey().subarray(1)
  const [x, y] = [point.subarray(0, length), point.subarray(length)]
  const part = (bytes: Buffer) => bytes.toString('base64url')
  return createPrivateKey({ key: { kty: 'EC', crv, x: part(x), y: part(y), d: part(d) }, format: 'jwk' })
}
