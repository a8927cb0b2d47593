import * as crypto from 'node:crypto'
import {
  createECDH,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  randomBytes,
} from 'node:crypto'
import { expect } from 'chai'
import { fromBigInt, mod, toBigInt } from '#src/cryptography/big-integers.js'
import { curves, isCurveSpec } from '#src/cryptography/curves.js'
import { ecKeyOf } from '#src/cryptography/ec-key.js'
import { decapsulate, encapsulate } from '#src/cryptography/encapsulation.js'
import { deriveSharedSecret } from '#src/cryptography/key-agreement.js'
import type { KeySpec, MacAlgorithm } from '#src/cryptography/key-specs.js'
import { generateMac, verifyMac } from '#src/cryptography/mac.js'
import { deriveMaterial, publicKeyOf } from '#src/cryptography/material.js'
import { keyOf, publicOf, rowOf, specNames } from './keys.js'
import { refusal } from './refusal.js'
import { bytes, wycheproof } from './wycheproof.js'

const withUsage = (usage: keyof ReturnType<typeof rowOf>['algorithms']): KeySpec[] =>
  specNames.filter((spec) => rowOf(spec).algorithms[usage] !== undefined)

describe('MACs', () => {
  for (const spec of withUsage('GENERATE_VERIFY_MAC')) {
    const [algorithm] = rowOf(spec).algorithms.GENERATE_VERIFY_MAC!
    it(`${spec} ${algorithm}: is node:crypto's, and only that verifies`, async () => {
      const key = await keyOf(spec)
      const message = randomBytes(100)
      const mac = createHmac(algorithm!.replace('HMAC_SHA_', 'sha'), key).update(message).digest()
      expect(generateMac(spec, key, algorithm!, message)).to.deep.equal(mac)
      expect(verifyMac(spec, key, algorithm!, message, mac)).to.equal(true)
      const changed = Buffer.from(mac)
      changed[mac.length - 1]! ^= 1
      for (const wrong of [changed, mac.subarray(0, -1), Buffer.concat([mac, Buffer.of(0)]), Buffer.alloc(0)])
        expect(verifyMac(spec, key, algorithm!, message, wrong)).to.equal(false)
    })
  }

  it('has one algorithm for each spec', async () => {
    for (const spec of specNames)
      for (const algorithm of [
        'HMAC_SHA_224',
        'HMAC_SHA_256',
        'HMAC_SHA_384',
        'HMAC_SHA_512',
      ] as MacAlgorithm[]) {
        const key = await keyOf(spec)
        const expected = spec === algorithm.replace('_SHA', '') ? undefined : 'ALGORITHM_NOT_ALLOWED'
        expect(await refusal(() => generateMac(spec, key, algorithm, Buffer.of(1)))).to.equal(expected)
      }
  }).timeout(60_000)
})

describe('key agreement', function () {
  this.timeout(60_000)

  for (const spec of withUsage('KEY_AGREEMENT').filter(isCurveSpec)) {
    it(`${spec}: node:crypto derives the same secret from the other two halves`, async () => {
      const key = await keyOf(spec)
      const curve = curves[spec]
      const peer = createECDH(curve.name)
      peer.generateKeys()
      const own = await publicOf(spec)
      const header = own.subarray(0, own.length - peer.getPublicKey().length)
      const derived = await deriveSharedSecret(spec, key, Buffer.concat([header, peer.getPublicKey()]))
      // a × (b × G) = (a × b) × G: no arithmetic of ours, nor of the library.
      const product = mod(ecKeyOf(spec, key).d * toBigInt(peer.getPrivateKey()), curve.order)
      peer.setPrivateKey(fromBigInt(product, curve.bytes))
      expect(derived).to.deep.equal(peer.getPublicKey().subarray(1, 1 + curve.bytes))
      if (spec === 'SM2') return
      const { privateKey, publicKey } = crypto.generateKeyPairSync('ec', {
        namedCurve: curve.name,
      })
      expect(
        await deriveSharedSecret(spec, key, publicKey.export({ format: 'der', type: 'spki' })),
      ).to.deep.equal(
        diffieHellman({ privateKey, publicKey: createPublicKey({ key: own, format: 'der', type: 'spki' }) }),
      )
    })

    it(`${spec}: refuses keys of other specs, points off the curve, trailing bytes and garbage`, async () => {
      const key = await keyOf(spec)
      const own = await publicOf(spec)
      const off = Buffer.from(own)
      off[off.length - 1]! ^= 1
      const infinity = Buffer.from(own.subarray(0, own.length - (own.length - 26)))
      const hostile = [
        off,
        infinity,
        own.subarray(0, -1),
        Buffer.concat([own, Buffer.of(0)]),
        Buffer.alloc(0),
        key,
      ]
      for (const other of specNames.filter((name) => name !== spec && rowOf(name).asymmetric))
        hostile.push(await publicOf(other))
      for (const wrong of hostile)
        expect(await refusal(() => deriveSharedSecret(spec, key, wrong))).to.equal('PUBLIC_KEY_INVALID')
    })
  }

  it('is not for other specs, secp256k1 among them', async () => {
    for (const spec of specNames.filter((name) => !rowOf(name).algorithms.KEY_AGREEMENT)) {
      const key = await keyOf(spec)
      expect(await refusal(() => deriveSharedSecret(spec, key, Buffer.alloc(91)))).to.equal(
        'ALGORITHM_NOT_ALLOWED',
      )
    }
  })

  for (const { spec, file, tcId, comment, privateKey, publicKey, sharedSecret, result } of wycheproof.ecdh)
    it(`Wycheproof ${file} ${tcId}, ${comment}: ${result}`, async () => {
      if (!isCurveSpec(spec)) throw new TypeError(spec)
      const { bytes: length } = curves[spec]
      const scalar = Buffer.concat([Buffer.alloc(length), bytes(privateKey)]).subarray(-length)
      const key = await deriveMaterial(spec, () =>
        // P-521 takes the upper 521 of the drawn 528 bits.
        spec === 'ECC_NIST_P521' ? shifted(scalar) : Buffer.from(scalar),
      )
      let secret: Buffer | undefined
      const code = await refusal(async () => {
        secret = await deriveSharedSecret(spec, key, bytes(publicKey))
      })
      if (code !== undefined) expect(code).to.equal('PUBLIC_KEY_INVALID')
      if (result === 'invalid') expect(secret).to.equal(undefined)
      if (result === 'valid' || secret !== undefined) expect(secret).to.deep.equal(bytes(sharedSecret))
    })
})

const shifted = (scalar: Buffer): Buffer =>
  Buffer.from((BigInt(`0x${scalar.toString('hex')}`) << 7n).toString(16).padStart(132, '0'), 'hex')

/** What Node has from 24 on, and its types for Node 20 do not. */
interface NativeKem {
  encapsulate?(key: crypto.KeyObject): { sharedKey: Buffer; ciphertext: Buffer }
  decapsulate?(key: crypto.KeyObject, ciphertext: Buffer): Buffer
}

describe('encapsulation', () => {
  const lengths: Readonly<Record<string, number>> = { ML_KEM_512: 768, ML_KEM_768: 1088, ML_KEM_1024: 1568 }

  for (const spec of withUsage('ENCAPSULATE_DECAPSULATE')) {
    it(`${spec}: both sides get the same secret, and another ciphertext another one`, async () => {
      const key = await keyOf(spec)
      const { sharedSecret, ciphertext } = await encapsulate(spec, key)
      expect([sharedSecret.length, ciphertext.length]).to.deep.equal([32, lengths[spec]])
      expect(await decapsulate(spec, key, ciphertext)).to.deep.equal(sharedSecret)
      expect((await encapsulate(spec, key)).ciphertext).not.to.deep.equal(ciphertext)
      ciphertext[0]! ^= 1
      const rejected = await decapsulate(spec, key, ciphertext)
      expect(rejected).to.have.lengthOf(32)
      expect(rejected).not.to.deep.equal(sharedSecret)
      expect(await decapsulate(spec, key, ciphertext)).to.deep.equal(rejected)
    })

    it(`${spec}: refuses ciphertexts of another length`, async () => {
      const key = await keyOf(spec)
      for (const length of [0, lengths[spec]! - 1, lengths[spec]! + 1])
        expect(await refusal(() => decapsulate(spec, key, Buffer.alloc(length)))).to.equal(
          'CIPHERTEXT_INVALID',
        )
    })

    it(`${spec}: node:crypto opens ours and we open node:crypto's (from Node 24 on)`, async function () {
      const native: NativeKem = {
        encapsulate: Reflect.get(crypto, 'encapsulate'),
        decapsulate: Reflect.get(crypto, 'decapsulate'),
      }
      if (native.encapsulate === undefined || native.decapsulate === undefined) {
        this.skip()
        return
      }
      const key = await keyOf(spec)
      const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' })
      const publicKey = createPublicKey({ key: await publicKeyOf(spec, key), format: 'der', type: 'spki' })
      const theirs = native.encapsulate(publicKey)
      expect(await decapsulate(spec, key, theirs.ciphertext)).to.deep.equal(Buffer.from(theirs.sharedKey))
      const ours = await encapsulate(spec, key)
      expect(Buffer.from(native.decapsulate(privateKey, ours.ciphertext))).to.deep.equal(ours.sharedSecret)
    })
  }

  it('is for ML-KEM keys only', async () => {
    const key = await keyOf('ML_DSA_44')
    expect(await refusal(() => encapsulate('ML_DSA_44', key))).to.equal('ALGORITHM_NOT_ALLOWED')
    expect(await refusal(() => decapsulate('ML_DSA_44', key, Buffer.alloc(768)))).to.equal(
      'ALGORITHM_NOT_ALLOWED',
    )
  })

  for (const { spec, file, tcId, comment, seed, ciphertext, sharedSecret, valid } of wycheproof.mlKem)
    it(`${spec}: Wycheproof ${file} ${tcId}, ${comment}`, async () => {
      const key = await deriveMaterial(spec, () => bytes(seed))
      if (valid) expect(await decapsulate(spec, key, bytes(ciphertext))).to.deep.equal(bytes(sharedSecret))
      else
        expect(await refusal(() => decapsulate(spec, key, bytes(ciphertext)))).to.equal('CIPHERTEXT_INVALID')
    })
})
