import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { inspect } from '@sealring/core/envelope'
import { generateSigningKey, publicKeyInContext } from '#src/materials/signing-keys.js'
import { maxFooterLength, signMessage, verifyMessage } from '#src/envelope/signature.js'
import { keyring, oracle, ours, signed } from './fixture.js'

const order = BigInt(
  '0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
)

/** r and s of a DER signature. */
function integers(der: Buffer): [bigint, bigint] {
  const r = der.subarray(4, 4 + der[3]!)
  const s = der.subarray(4 + r.length + 2)
  return [BigInt(`0x${r.toString('hex')}`), BigInt(`0x${s.toString('hex')}`)]
}

function derInteger(value: bigint): Buffer {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  const content = bytes[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes
  return Buffer.concat([Buffer.from([2, content.length]), content])
}

describe('signatures', () => {
  it('are written with the low s, always', async () => {
    for (let n = 0; n < 40; n += 1) {
      const { result } = await ours.encrypt(keyring, `${n}`)
      const { signatureLength } = inspect(result)
      const [, s] = integers(result.subarray(-signatureLength))
      expect(s <= order / 2n).to.equal(true)
    }
  })

  it('are read with the high s too, as client-node writes every other one', async () => {
    const { result } = await ours.encrypt(keyring, 'text')
    const { signatureLength } = inspect(result)
    const [r, s] = integers(result.subarray(-signatureLength))
    const both = Buffer.concat([derInteger(r), derInteger(order - s)])
    const high = Buffer.concat([Buffer.from([0x30, both.length]), both])
    const length = Buffer.from([0, high.length])
    const message = Buffer.concat([result.subarray(0, -signatureLength - 2), length, high])
    expect((await ours.decrypt(keyring, message)).plaintext.toString()).to.equal('text')
    expect((await oracle.decrypt(keyring, message)).plaintext.toString()).to.equal('text')
  })

  for (const [curve, hash] of [
    ['secp384r1', 'sha384'],
    ['prime256v1', 'sha256'],
  ] as const) {
    it(`of ${curve}: DER that OpenSSL takes, within the room kept for the footer`, async () => {
      const algorithm = { curve, hash }
      const data = Buffer.from('data')
      for (let n = 0; n < 100; n += 1) {
        const { privateKey, compressedPoint } = await generateSigningKey(curve)
        const signature = await signMessage(algorithm, privateKey, data)
        const publicKey = publicKeyInContext(curve, {
          'aws-crypto-public-key': compressedPoint.toString('base64'),
        })
        expect(publicKey.equals(createPublicKey(privateKey))).to.equal(true)
        expect(verify(hash, data, publicKey, signature)).to.equal(true)
        expect(await verifyMessage(algorithm, publicKey, data, signature)).to.equal(true)
        expect(await verifyMessage(algorithm, publicKey, Buffer.from('date'), signature)).to.equal(false)
        expect(signature.length + 2).to.be.at.most(maxFooterLength(algorithm))
      }
    })
  }

  it('sign the public key that stands in the context', async () => {
    const { messageHeader } = await ours.encrypt(keyring, 'text', { suiteId: signed })
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
    const mine = publicKeyInContext('secp384r1', messageHeader.encryptionContext)
    expect(mine.asymmetricKeyDetails).to.deep.equal(publicKey.asymmetricKeyDetails)
  })

  it('are verified with a key that is kept for the next time, one of a bounded number', async () => {
    const points = Array.from({ length: 300 }, () =>
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
    ).map(({ x, y }) => {
      const parity = Buffer.from(y!, 'base64url').at(-1)! % 2
      return Buffer.concat([Buffer.from([2 + parity]), Buffer.from(x!, 'base64url')]).toString('base64')
    })
    const keyOf = (point: string) => publicKeyInContext('prime256v1', { 'aws-crypto-public-key': point })
    const [first, ...others] = points
    const before = keyOf(first!)
    expect(keyOf(first!) === before).to.equal(true)
    const distinct = new Set(others.map((point) => keyOf(point)))
    expect(distinct.size).to.equal(299)
    // Nobody asked for it while 299 others came.
    const after = keyOf(first!)
    expect(after === before).to.equal(false)
    expect(after.equals(before)).to.equal(true)
  })

  it('are refused time and again when the key is no point', () => {
    for (const encoded of [Buffer.alloc(33, 2).toString('base64'), `A${'A'.repeat(63)}==`, 'x'])
      for (let n = 0; n < 2; n += 1)
        expect(() => publicKeyInContext('secp384r1', { 'aws-crypto-public-key': encoded }))
          .to.throw()
          .with.property('code', 'SIGNATURE_INVALID')
    const ofP256 = Buffer.concat([Buffer.from([2]), Buffer.alloc(32, 1)]).toString('base64')
    expect(() => publicKeyInContext('secp384r1', { 'aws-crypto-public-key': ofP256 })).to.throw()
  })
})

describe('signing keys made ahead', () => {
  it('are each used once, whoever asks and however many at a time', async () => {
    const points: string[] = []
    const take = async () => {
      const { compressedPoint } = await generateSigningKey('secp384r1')
      points.push(compressedPoint.toString('hex'))
    }
    for (let n = 0; n < 5; n += 1) await take()
    await Promise.all(Array.from({ length: 20 }, take))
    for (let n = 0; n < 5; n += 1) await take()
    expect(new Set(points).size).to.equal(30)
  })

  it('do not mix the curves', async () => {
    for (const [curve, length] of [
      ['prime256v1', 33],
      ['secp384r1', 49],
      ['prime256v1', 33],
      ['secp384r1', 49],
    ] as const) {
      expect((await generateSigningKey(curve)).compressedPoint.length).to.equal(length)
    }
  })
})
