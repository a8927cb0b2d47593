import * as crypto from 'node:crypto'
import { createHash, createPrivateKey } from 'node:crypto'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { curves } from '#src/cryptography/curves.js'
import type { SigningAlgorithm } from '#src/cryptography/key-specs.js'
import { sign, verify } from '#src/cryptography/signature.js'
import { keyOf, rowOf } from './keys.js'
import { both, inputOf, message, parties } from './signature-parties.js'

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
  const hex = (from: number, length: number) => BigInt(`0x${signature.toString('hex', from, from + length)}`)
  return [hex(start + 2, first), hex(start + first + 4, signature[start + first + 3]!)]
}

describe('signatures: hostile ones', function () {
  this.timeout(120_000)

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
