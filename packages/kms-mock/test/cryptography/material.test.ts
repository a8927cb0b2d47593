import {
  createECDH,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
} from 'node:crypto'
import { expect } from 'chai'
import { checkMaterial, deriveMaterial, publicKeyOf } from '#src/cryptography/material.js'
import type { Draw } from '#src/cryptography/material.js'
import type { KeySpec } from '#src/cryptography/key-specs.js'
import { algorithmsOf, isKeySpec, keySpecs } from '#src/cryptography/key-specs.js'
import { keyOf, publicOf, rowOf, specNames } from './keys.js'
import { hasOpenssl, openssl, withOpenssl } from '../support/openssl.js'
import { bytes, wycheproof } from './wycheproof.js'

const stream = (seed: string): Draw => {
  let count = 0
  return (length) => createHash('shake256', { outputLength: length }).update(`${seed} ${count++}`).digest()
}

const derived = new Map<KeySpec, Promise<Buffer>>()
/** The key of one stream, for all tests: primes take long. */
const derivedKey = (spec: KeySpec): Promise<Buffer> => {
  const key = derived.get(spec) ?? Promise.resolve(deriveMaterial(spec, stream('a')))
  derived.set(spec, key)
  return key
}

const isLattice = (spec: KeySpec) => spec.startsWith('ML_')

describe('key material', function () {
  this.timeout(120_000)

  it('has a row for each of the 20 key specs, and no other', () => {
    expect(specNames).to.have.lengthOf(20)
    expect(isKeySpec('SM2')).to.equal(true)
    expect(isKeySpec('constructor')).to.equal(false)
    expect(specNames.filter((spec) => rowOf(spec).regions === 'china-only')).to.deep.equal(['SM2'])
    expect(algorithmsOf('ECC_NIST_P384', 'SIGN_VERIFY')).to.deep.equal(['ECDSA_SHA_384'])
    expect(algorithmsOf('ECC_SECG_P256K1', 'KEY_AGREEMENT')).to.equal(undefined)
    expect(keySpecs.RSA_2048.algorithms.ENCRYPT_DECRYPT).to.deep.equal([
      'RSAES_OAEP_SHA_1',
      'RSAES_OAEP_SHA_256',
    ])
  })

  for (const spec of specNames) {
    it(`${spec}: what is generated is valid and already in its one form`, async () => {
      const key = await keyOf(spec)
      expect(await checkMaterial(spec, key)).to.deep.equal(key)
    })

    it(`${spec}: the same stream gives the same valid key, another stream another`, async () => {
      const key = await derivedKey(spec)
      const [again, other] = await Promise.all(
        ['a', 'b'].map(async (seed) => deriveMaterial(spec, stream(seed))),
      )
      expect(again).to.deep.equal(key)
      expect(other).not.to.deep.equal(key)
      expect(await checkMaterial(spec, key)).to.deep.equal(key)
    })

    it(`${spec}: what is too short, too long, or of another spec is no key`, async () => {
      const key = await keyOf(spec)
      const bad = [Buffer.alloc(0), key.subarray(0, -1), Buffer.concat([key, Buffer.of(0)])]
      for (const wrong of bad) expect(await checkMaterial(spec, wrong)).to.equal(undefined)
      for (const other of specNames) {
        // Secrets have no form but their length.
        if (other === spec || (!rowOf(other).asymmetric && (await keyOf(other)).length === key.length))
          continue
        expect(await checkMaterial(other, key), other).to.equal(undefined)
      }
    })
  }

  const pairs = specNames.filter((spec) => rowOf(spec).asymmetric && !isLattice(spec))
  for (const spec of pairs) {
    it(`${spec}: the public key is the one that node:crypto makes of the private key`, async () => {
      const privateKey = createPrivateKey({ key: await keyOf(spec), format: 'der', type: 'pkcs8' })
      expect(await publicOf(spec)).to.deep.equal(
        createPublicKey(privateKey).export({ format: 'der', type: 'spki' }),
      )
    })
  }

  for (const spec of specNames.filter((name) => !rowOf(name).asymmetric))
    it(`${spec} has no public key`, async () => {
      const key = await keyOf(spec)
      expect(() => publicKeyOf(spec, key)).to.throw(TypeError)
    })

  describe(withOpenssl('against OpenSSL'), () => {
    before(function () {
      if (!hasOpenssl) this.skip()
    })

    for (const spec of pairs)
      it(`${spec}: OpenSSL accepts the derived key and finds the same public key`, async () => {
        const key = await derivedKey(spec)
        // Ed25519 has nothing to check.
        if (spec !== 'ECC_NIST_EDWARDS25519')
          expect(
            openssl(['pkey', '-in', '$key', '-inform', 'DER', '-check', '-noout'], { key }),
          ).not.to.equal(undefined)
        expect(
          openssl(['pkey', '-in', '$key', '-inform', 'DER', '-pubout', '-outform', 'DER'], { key }),
        ).to.deep.equal(await publicKeyOf(spec, key))
      })

    it('refuses a curve that is spelled out, as AWS does', async () => {
      const key = await keyOf('ECC_NIST_P256')
      const explicit = openssl(['pkcs8', '-topk8', '-nocrypt', '-in', '$pem', '-outform', 'DER'], {
        pem: openssl(['ec', '-in', '$key', '-inform', 'DER', '-param_enc', 'explicit', '-outform', 'PEM'], {
          key,
        })!,
      })
      expect(explicit!.length).to.be.greaterThan(key.length)
      expect(await checkMaterial('ECC_NIST_P256', explicit!)).to.equal(undefined)
    })

    it('takes a private key without its public key, or with a compressed one', async () => {
      const key = await keyOf('ECC_NIST_P384')
      for (const option of [['-no_public'], ['-conv_form', 'compressed']]) {
        const form = openssl(['pkcs8', '-topk8', '-nocrypt', '-in', '$pem', '-outform', 'DER'], {
          pem: openssl(['ec', '-in', '$key', '-inform', 'DER', ...option, '-outform', 'PEM'], { key })!,
        })!
        expect(await checkMaterial('ECC_NIST_P384', form), option.join(' ')).to.deep.equal(key)
      }
    })
  })

  it('refuses a private key whose public key is another one', async () => {
    const [key, other] = [
      await keyOf('ECC_NIST_P256'),
      await deriveMaterial('ECC_NIST_P256', stream('other')),
    ]
    const mixed = Buffer.concat([key.subarray(0, -64), other.subarray(-64)])
    expect(await checkMaterial('ECC_NIST_P256', mixed)).to.equal(undefined)
  })

  it('refuses scalars that are 0 or the order of the curve', async () => {
    const key = await keyOf('ECC_NIST_P256')
    const start = key.indexOf(Buffer.from('0420', 'hex')) + 2
    for (const scalar of [
      '00'.repeat(32),
      'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
    ]) {
      const wrong = Buffer.from(key)
      wrong.set(Buffer.from(scalar, 'hex'), start)
      expect(await checkMaterial('ECC_NIST_P256', wrong)).to.equal(undefined)
    }
  })

  it('refuses the one SM2 scalar that SM2 alone forbids: order - 1', async () => {
    const key = await keyOf('SM2')
    const order = 'fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54122'
    const start = key.indexOf(Buffer.from('0420', 'hex')) + 2
    const point = createECDH('SM2')
    point.setPrivateKey(order, 'hex')
    const wrong = Buffer.concat([
      key.subarray(0, start),
      Buffer.from(order, 'hex'),
      key.subarray(start + 32, -65),
      point.getPublicKey(),
    ])
    expect(createPrivateKey({ key: wrong, format: 'der', type: 'pkcs8' }).type).to.equal('private')
    expect(await checkMaterial('SM2', wrong)).to.equal(undefined)
  })

  it('refuses RSA keys whose numbers do not belong together, of another size, or for PSS alone', async () => {
    const key = await keyOf('RSA_2048')
    const jwk = createPrivateKey({ key, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' })
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' })
    for (const name of ['p', 'dp', 'qi', 'n'] as const) {
      const mixed = createPrivateKey({ key: { ...jwk, [name]: other[name]! }, format: 'jwk' })
      const wrong = mixed.export({ format: 'der', type: 'pkcs8' })
      expect(await checkMaterial('RSA_2048', wrong), name).to.equal(undefined)
    }
    expect(await checkMaterial('RSA_3072', key)).to.equal(undefined)
    const { privateKey } = generateKeyPairSync('rsa-pss', { modulusLength: 2048 })
    expect(await checkMaterial('RSA_2048', privateKey.export({ format: 'der', type: 'pkcs8' }))).to.equal(
      undefined,
    )
  })

  it('reads ML-DSA keys that carry their seed, alone or with the expanded key, and makes the known public key', async () => {
    const known = wycheproof.mlDsa.filter(({ valid }) => valid)
    expect(known.map(({ spec }) => spec)).to.deep.equal(['ML_DSA_44', 'ML_DSA_65', 'ML_DSA_87'])
    for (const { spec, privateKey, publicKey } of known) {
      const key = await checkMaterial(spec, bytes(privateKey))
      expect(key).to.deep.equal(bytes(privateKey))
      expect(await publicKeyOf(spec, key!)).to.deep.equal(bytes(publicKey))
    }
  })

  it('makes the known public keys of ML-KEM seeds', async () => {
    const known = wycheproof.mlKem.filter(({ valid }) => valid)
    expect(new Set(known.map(({ spec }) => spec)).size).to.equal(3)
    for (const { spec, seed, encapsulationKey } of known) {
      const key = await deriveMaterial(spec, () => bytes(seed))
      expect((await publicKeyOf(spec, key)).subarray(22)).to.deep.equal(bytes(encapsulationKey))
    }
  })

  it('keeps HMAC keys usable as they are', async () => {
    const key = await keyOf('HMAC_224')
    expect(key).to.have.lengthOf(28)
    expect(createHmac('sha224', key).update('').digest()).to.have.lengthOf(28)
  })
})
