import * as crypto from 'node:crypto'
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import { expect } from 'chai'
import { CryptographyError } from '#src/cryptography/cryptography-error.js'
import { curves } from '#src/cryptography/curves.js'
import type { KeySpec, SigningAlgorithm } from '#src/cryptography/key-specs.js'
import { checkMaterial } from '#src/cryptography/material.js'
import { sign, verify } from '#src/cryptography/signature.js'
import type { MessageType } from '#src/cryptography/signature.js'
import { signEd25519ph } from './ed25519ph-reference.js'
import { keyOf, publicOf, rowOf, specNames } from './keys.js'
import { hasOpenssl, openssl, withOpenssl } from '../support/openssl.js'
import { bytes, wycheproof } from './wycheproof.js'

const pss = ['-pkeyopt', 'rsa_padding_mode:pss', '-pkeyopt', 'rsa_pss_saltlen:digest']
const pkcs1 = ['-pkeyopt', 'rsa_padding_mode:pkcs1']

/** How the others name an algorithm; `options` are those of `openssl pkeyutl`. */
interface Party {
  readonly hash?: string
  readonly node?: { readonly padding: number; readonly saltLength?: number }
  readonly options?: readonly string[]
  readonly types: readonly MessageType[]
}

const both: readonly MessageType[] = ['RAW', 'DIGEST']
const rsaPkcs1 = (hash: string): Party => ({
  hash,
  node: { padding: crypto.constants.RSA_PKCS1_PADDING },
  options: pkcs1,
  types: both,
})
const rsaPss = (hash: string): Party => ({
  hash,
  node: {
    padding: crypto.constants.RSA_PKCS1_PSS_PADDING,
    saltLength: crypto.constants.RSA_PSS_SALTLEN_DIGEST,
  },
  options: pss,
  types: both,
})
const ecdsa = (hash: string): Party => ({ hash, options: [], types: both })

const parties: Readonly<Record<SigningAlgorithm, Party>> = {
  RSASSA_PKCS1_V1_5_SHA_256: rsaPkcs1('sha256'),
  RSASSA_PKCS1_V1_5_SHA_384: rsaPkcs1('sha384'),
  RSASSA_PKCS1_V1_5_SHA_512: rsaPkcs1('sha512'),
  RSASSA_PSS_SHA_256: rsaPss('sha256'),
  RSASSA_PSS_SHA_384: rsaPss('sha384'),
  RSASSA_PSS_SHA_512: rsaPss('sha512'),
  ECDSA_SHA_256: ecdsa('sha256'),
  ECDSA_SHA_384: ecdsa('sha384'),
  ECDSA_SHA_512: ecdsa('sha512'),
  ED25519_SHA_512: { options: [], types: ['RAW'] },
  ED25519_PH_SHA_512: { hash: 'sha512', types: ['DIGEST'] },
  SM2DSA: { hash: 'sm3', types: both },
  ML_DSA_SHAKE_256: { types: ['RAW', 'EXTERNAL_MU'] },
}

const isSigningAlgorithm = (name: string): name is SigningAlgorithm => Object.hasOwn(parties, name)

const message = Buffer.from('a message that several parties sign')
const rows = specNames.flatMap((spec) =>
  (rowOf(spec).algorithms.SIGN_VERIFY ?? []).map((algorithm) => ({
    spec,
    algorithm,
    party: parties[algorithm],
  })),
)

/** ZA and SM3 as in GB/T 32918.2, section 5.5, written once more from the public key. */
const sm2Digest = (publicKey: Buffer): Buffer => {
  const identity = Buffer.from('1234567812345678')
  const curve =
    'fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93' +
    '32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0'
  const za = createHash('sm3')
    .update(Buffer.of(0, identity.length * 8))
    .update(identity)
    .update(Buffer.from(curve, 'hex'))
    .update(publicKey.subarray(-64))
    .digest()
  return createHash('sm3').update(za).update(message).digest()
}

/** FIPS 204, section 6.2, for an empty context. */
const externalMu = (publicKey: Buffer): Buffer => {
  const shake = (...parts: Buffer[]) =>
    createHash('shake256', { outputLength: 64 }).update(Buffer.concat(parts)).digest()
  return shake(shake(publicKey.subarray(22)), Buffer.of(0, 0), message)
}

/** The message as another message type has it. */
const inputOf = async (spec: KeySpec, { hash }: Party, type: MessageType): Promise<Buffer> => {
  if (type === 'RAW') return message
  if (type === 'EXTERNAL_MU') return externalMu(await publicOf(spec))
  return spec === 'SM2' ? sm2Digest(await publicOf(spec)) : createHash(hash!).update(message).digest()
}

const refusal = (run: () => unknown): string | undefined => {
  try {
    run()
    return undefined
  } catch (error) {
    return error instanceof CryptographyError ? error.code : String(error)
  }
}

describe('signatures', function () {
  this.timeout(120_000)

  it('covers 28 pairs of key spec and algorithm', () => {
    expect(rows).to.have.lengthOf(28)
  })

  for (const { spec, algorithm, party } of rows) {
    it(`${spec} ${algorithm}: every message type gives a signature of the same message`, async () => {
      const key = await keyOf(spec)
      for (const type of party.types) {
        const signature = await sign(spec, key, algorithm, await inputOf(spec, party, type), type)
        for (const other of party.types) {
          const input = await inputOf(spec, party, other)
          expect(await verify(spec, key, algorithm, input, signature, other), `${type}, ${other}`).to.equal(
            true,
          )
          const tampered = Buffer.from(input)
          tampered[0]! ^= 1
          expect(await verify(spec, key, algorithm, tampered, signature, other)).to.equal(false)
          for (const index of [0, signature.length >> 1, signature.length - 1]) {
            const wrong = Buffer.from(signature)
            wrong[index]! ^= 1
            expect(await verify(spec, key, algorithm, input, wrong, other), `byte ${index}`).to.equal(false)
          }
          for (const wrong of [
            Buffer.alloc(0),
            signature.subarray(0, -1),
            Buffer.concat([signature, Buffer.of(0)]),
          ])
            expect(await verify(spec, key, algorithm, input, wrong, other), `${wrong.length} bytes`).to.equal(
              false,
            )
        }
      }
    })

    it(`${spec} ${algorithm}: takes no message of another type or length`, async () => {
      const key = await keyOf(spec)
      for (const type of ['RAW', 'DIGEST', 'EXTERNAL_MU'] as const) {
        const code = (length: number) => [
          refusal(() => sign(spec, key, algorithm, Buffer.alloc(length), type)),
          refusal(() => verify(spec, key, algorithm, Buffer.alloc(length), Buffer.alloc(64), type)),
        ]
        const twice = (expected: string | undefined) => [expected, expected]
        if (!party.types.includes(type)) {
          expect(code(64), type).to.deep.equal(twice('MESSAGE_TYPE_NOT_ALLOWED'))
          continue
        }
        const length = type === 'RAW' ? 4096 : (await inputOf(spec, party, type)).length
        expect(code(length + 1), type).to.deep.equal(twice('MESSAGE_LENGTH'))
        if (type !== 'RAW') expect(code(length - 1), type).to.deep.equal(twice('MESSAGE_LENGTH'))
        expect(code(length), type).to.deep.equal(twice(undefined))
      }
      const foreign = Object.keys(parties)
        .filter(isSigningAlgorithm)
        .filter((name) => !rows.some((row) => row.spec === spec && row.algorithm === name))
      for (const name of foreign)
        expect(
          refusal(() => sign(spec, key, name, message)),
          name,
        ).to.equal('ALGORITHM_NOT_ALLOWED')
    })
  }

  it('takes an empty RAW message', async () => {
    const key = await keyOf('ECC_NIST_P256')
    const signature = await sign('ECC_NIST_P256', key, 'ECDSA_SHA_256', Buffer.alloc(0))
    expect(await verify('ECC_NIST_P256', key, 'ECDSA_SHA_256', Buffer.alloc(0), signature)).to.equal(true)
  })

  it('gives values, not promises, where node:crypto signs', async () => {
    for (const { spec, algorithm, party } of rows) {
      const type = party.types[0]!
      const made = sign(spec, await keyOf(spec), algorithm, await inputOf(spec, party, type), type)
      const asynchronous = algorithm === 'ED25519_PH_SHA_512' || algorithm === 'ML_DSA_SHAKE_256'
      expect(Buffer.isBuffer(made), `${spec} ${algorithm}`).to.equal(!asynchronous)
      await made
    }
  })

  describe('against node:crypto', () => {
    for (const { spec, algorithm, party } of rows) {
      // Its SM2 is ECDSA in disguise, it has no Ed25519ph, and ML-DSA from Node 24 on.
      if (['SM2DSA', 'ED25519_PH_SHA_512', 'ML_DSA_SHAKE_256'].includes(algorithm)) continue
      it(`${spec} ${algorithm}: each verifies what the other signs`, async () => {
        const key = await keyOf(spec)
        const privateKey = { key, format: 'der', type: 'pkcs8', ...party.node } as const
        const publicKey = { key: await publicOf(spec), format: 'der', type: 'spki', ...party.node } as const
        const theirs = crypto.sign(party.hash, message, privateKey)
        for (const type of party.types) {
          const input = await inputOf(spec, party, type)
          const ours = await sign(spec, key, algorithm, input, type)
          expect(crypto.verify(party.hash, message, publicKey, ours), type).to.equal(true)
          expect(await verify(spec, key, algorithm, input, theirs, type), type).to.equal(true)
        }
      })
    }

    for (const spec of ['ML_DSA_44', 'ML_DSA_65', 'ML_DSA_87'] as const)
      it(`${spec}: each verifies what the other signs (from Node 24 on)`, async function () {
        const key = await keyOf(spec)
        let privateKey
        try {
          privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' })
          crypto.sign(null, message, privateKey)
        } catch {
          this.skip()
          return
        }
        const publicKey = createPublicKey({ key: await publicOf(spec), format: 'der', type: 'spki' })
        const theirs = crypto.sign(null, message, privateKey)
        for (const type of ['RAW', 'EXTERNAL_MU'] as const) {
          const input = await inputOf(spec, parties.ML_DSA_SHAKE_256, type)
          expect(
            crypto.verify(null, message, publicKey, await sign(spec, key, 'ML_DSA_SHAKE_256', input, type)),
          ).to.equal(true)
          expect(await verify(spec, key, 'ML_DSA_SHAKE_256', input, theirs, type)).to.equal(true)
        }
      })
  })

  describe(withOpenssl("against OpenSSL's command"), () => {
    before(function () {
      if (!hasOpenssl) this.skip()
    })

    for (const { spec, algorithm, party } of rows) {
      if (['ED25519_PH_SHA_512', 'ML_DSA_SHAKE_256'].includes(algorithm)) continue
      it(`${spec} ${algorithm}: each verifies what the other signs`, async () => {
        const key = await keyOf(spec)
        for (const type of party.types) {
          const input = await inputOf(spec, party, type)
          const rawOptions = ['-rawin', ...(party.hash ? ['-digest', party.hash] : [])]
          const sm2 = spec === 'SM2' && type === 'RAW' ? ['-pkeyopt', 'distid:1234567812345678'] : []
          const digest = spec === 'SM2' ? [] : ['-pkeyopt', `digest:${party.hash}`]
          const options = [...(type === 'RAW' ? rawOptions : digest), ...(party.options ?? []), ...sm2]
          const files = { key, input, pub: await publicOf(spec) }
          const theirs = openssl(
            ['pkeyutl', '-sign', '-inkey', '$key', '-keyform', 'DER', '-in', '$input', ...options],
            files,
          )
          expect(theirs, `${type} signed`).to.not.equal(undefined)
          expect(await verify(spec, key, algorithm, input, theirs!, type), `${type} of OpenSSL`).to.equal(
            true,
          )
          const ours = await sign(spec, key, algorithm, input, type)
          const verified = openssl(
            [
              'pkeyutl',
              '-verify',
              '-pubin',
              '-inkey',
              '$pub',
              '-keyform',
              'DER',
              '-in',
              '$input',
              '-sigfile',
              '$ours',
              ...options,
            ],
            { ...files, ours },
          )
          expect(verified, `${type} by OpenSSL`).to.not.equal(undefined)
        }
      })
    }
  })

  it("Ed25519ph: the reference gives RFC 8032's signature (section 7.3), and we give the reference's", async () => {
    const seed = Buffer.from('833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42', 'hex')
    expect(signEd25519ph(seed, Buffer.from('abc')).toString('hex')).to.equal(
      '98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41' +
        '31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406',
    )
    const prefix = Buffer.from('302e020100300506032b657004220420', 'hex')
    const key = (await checkMaterial('ECC_NIST_EDWARDS25519', Buffer.concat([prefix, seed])))!
    const digest = createHash('sha512').update(message).digest()
    const theirs = signEd25519ph(seed, digest)
    const arguments_ = ['ECC_NIST_EDWARDS25519', key, 'ED25519_PH_SHA_512', digest] as const
    expect(await sign(...arguments_, 'DIGEST')).to.deep.equal(theirs)
    expect(await verify(...arguments_, theirs, 'DIGEST')).to.equal(true)
  })

  for (const { spec, file, tcId, comment, privateKey, signature, valid, ...known } of wycheproof.mlDsa)
    it(`${spec}: Wycheproof ${file} ${tcId}, ${comment}`, async () => {
      const key = bytes(privateKey)
      const raw = bytes(known.message)
      expect(await verify(spec, key, 'ML_DSA_SHAKE_256', raw, bytes(signature))).to.equal(valid)
      if (!valid) return
      const mu = bytes(known.mu)
      expect(await verify(spec, key, 'ML_DSA_SHAKE_256', mu, bytes(signature), 'EXTERNAL_MU')).to.equal(true)
    })

  const integer = (value: bigint, pad = 0): Buffer => {
    const hex = value.toString(16)
    const even = hex.length % 2 ? `0${hex}` : hex
    const positive = Number.parseInt(even.slice(0, 2), 16) >= 0x80 ? `00${even}` : even
    const content = Buffer.concat([Buffer.alloc(pad), Buffer.from(positive, 'hex')])
    return Buffer.concat([Buffer.of(2, content.length), content])
  }
  const long = (length: number) => (length < 0x80 ? Buffer.of(length) : Buffer.of(0x81, length))
  const sequence = (...parts: Buffer[]): Buffer => {
    const content = Buffer.concat(parts)
    return Buffer.concat([Buffer.of(0x30), long(content.length), content])
  }
  const numbers = (signature: Buffer): [bigint, bigint] => {
    const start = signature[1]! >= 0x80 ? 3 : 2
    const first = signature[start + 1]!
    const hex = (from: number, length: number) =>
      BigInt(`0x${signature.toString('hex', from, from + length)}`)
    return [hex(start + 2, first), hex(start + first + 4, signature[start + first + 3]!)]
  }

  for (const spec of ['ECC_NIST_P256', 'ECC_NIST_P384', 'ECC_NIST_P521', 'ECC_SECG_P256K1', 'SM2'] as const)
    it(`${spec}: refuses numbers out of range and every spelling but DER's, hashed here or by the caller`, async () => {
      const key = await keyOf(spec)
      const n = curves[spec].order
      const [algorithm] = rowOf(spec).algorithms.SIGN_VERIFY!
      const input = await inputOf(spec, parties[algorithm!], 'DIGEST')
      const [r, s] = numbers(await sign(spec, key, algorithm!, input, 'DIGEST'))
      const [low, high] = [integer(r), integer(s)]
      const good = sequence(low, high)
      const hostile: Record<string, Buffer> = {
        'r = 0': sequence(integer(0n), high),
        's = 0': sequence(low, integer(0n)),
        'both 0': sequence(integer(0n), integer(0n)),
        'both 1': sequence(integer(1n), integer(1n)),
        'r = n': sequence(integer(n), high),
        's = n': sequence(low, integer(n)),
        'r + n': sequence(integer(r + n), high),
        's + n': sequence(low, integer(s + n)),
        'r and s exchanged': sequence(high, low),
        'padded r': sequence(integer(r, 1), high),
        'trailing byte': Buffer.concat([good, Buffer.of(0)]),
        'third element': sequence(low, high, integer(1n)),
        'byte inside': sequence(low, high, Buffer.of(0)),
        'one number': sequence(low),
        'a set': Buffer.concat([Buffer.of(0x31), good.subarray(1)]),
        'indefinite length': Buffer.concat([Buffer.of(0x30, 0x80), low, high, Buffer.alloc(2)]),
        'long length': Buffer.concat([Buffer.of(0x30, 0x82, 0, low.length + high.length), low, high]),
        'negative r': sequence(Buffer.concat([Buffer.of(2, 1, 0xff)]), high),
        'empty number': sequence(Buffer.of(2, 0), high),
        'no DER': Buffer.concat([low.subarray(2), high.subarray(2)]),
      }
      for (const type of both) {
        const typed = type === 'RAW' ? message : input
        expect(await verify(spec, key, algorithm!, typed, good, type)).to.equal(true)
        for (const [name, wrong] of Object.entries(hostile))
          expect(await verify(spec, key, algorithm!, typed, wrong, type), `${name}, ${type}`).to.equal(false)
        // KMS does not ask for the lower of the two values of s; SM2 has one.
        const mirrored = sequence(low, integer(n - s))
        expect(await verify(spec, key, algorithm!, typed, mirrored, type), `n - s, ${type}`).to.equal(
          spec !== 'SM2',
        )
      }
    })

  it('Ed25519: refuses s + L, and a commitment that is not on the curve', async () => {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n
    const key = await keyOf('ECC_NIST_EDWARDS25519')
    for (const [algorithm, type] of [
      ['ED25519_SHA_512', 'RAW'],
      ['ED25519_PH_SHA_512', 'DIGEST'],
    ] as const) {
      const input = type === 'RAW' ? message : createHash('sha512').update(message).digest()
      const signature = await sign('ECC_NIST_EDWARDS25519', key, algorithm, input, type)
      const s = BigInt(`0x${Buffer.from(signature.subarray(32).toReversed()).toString('hex')}`)
      const more = Buffer.from(Buffer.from((s + order).toString(16).padStart(64, '0'), 'hex').toReversed())
      const verdict = (wrong: Buffer) => verify('ECC_NIST_EDWARDS25519', key, algorithm, input, wrong, type)
      expect(await verdict(signature)).to.equal(true)
      expect(await verdict(Buffer.concat([signature.subarray(0, 32), more])), algorithm).to.equal(false)
      expect(
        await verdict(Buffer.concat([Buffer.alloc(32, 0xff), signature.subarray(32)])),
        algorithm,
      ).to.equal(false)
      expect(await verdict(Buffer.alloc(64)), algorithm).to.equal(false)
    }
  })

  it('RSA: refuses salts of other lengths, the other padding, another hash, and the modulus added', async () => {
    const key = await keyOf('RSA_2048')
    const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' })
    const n = BigInt(`0x${Buffer.from(privateKey.export({ format: 'jwk' }).n!, 'base64url').toString('hex')}`)
    const digest = createHash('sha256').update(message).digest()
    const padding = crypto.constants.RSA_PKCS1_PSS_PADDING
    const salted = (saltLength: number, hash = 'sha256') =>
      crypto.sign(hash, message, { key: privateKey, padding, saltLength })
    const plain = crypto.sign('sha256', message, privateKey)
    const added = Buffer.from(
      (BigInt(`0x${salted(32).toString('hex')}`) + n).toString(16).padStart(514, '0'),
      'hex',
    )
    const verdict = (algorithm: SigningAlgorithm, signature: Buffer) =>
      Promise.all([
        verify('RSA_2048', key, algorithm, message, signature),
        verify('RSA_2048', key, algorithm, digest, signature, 'DIGEST'),
      ])
    expect(await verdict('RSASSA_PSS_SHA_256', salted(32))).to.deep.equal([true, true])
    expect(await verdict('RSASSA_PKCS1_V1_5_SHA_256', plain)).to.deep.equal([true, true])
    const hostile = {
      'no salt': salted(0),
      short: salted(20),
      long: salted(222),
      'another hash': salted(32, 'sha384'),
      plain,
      added,
    }
    for (const [name, signature] of Object.entries(hostile))
      expect(await verdict('RSASSA_PSS_SHA_256', signature), name).to.deep.equal([false, false])
    // Bleichenbacher's form: a block whose padding is cut short, with garbage behind the digest.
    const info = Buffer.from('3031300d060960864801650304020105000420', 'hex')
    const block = Buffer.concat([
      Buffer.of(0, 1),
      Buffer.alloc(8, 0xff),
      Buffer.of(0),
      info,
      digest,
      Buffer.alloc(194),
    ])
    const forged = crypto.privateEncrypt({ key: privateKey, padding: crypto.constants.RSA_NO_PADDING }, block)
    for (const signature of [salted(32), forged, Buffer.alloc(256), Buffer.alloc(256, 0xff)])
      expect(await verdict('RSASSA_PKCS1_V1_5_SHA_256', signature)).to.deep.equal([false, false])
  })
})
