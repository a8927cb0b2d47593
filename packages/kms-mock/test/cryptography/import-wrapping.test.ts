import { constants, createCipheriv, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { encryptAsymmetric } from '#src/cryptography/asymmetric-encryption.js'
import { unwrapImported, wrappingAllowed } from '#src/cryptography/import-wrapping.js'
import type { WrappingAlgorithm, WrappingKeySpec } from '#src/cryptography/import-wrapping.js'
import { checkMaterial } from '#src/cryptography/material.js'
import { keyOf, publicOf, specNames } from './keys.js'
import { refusal } from './refusal.js'

const wrappingSpecs: readonly WrappingKeySpec[] = ['RSA_2048', 'RSA_3072', 'RSA_4096', 'SM2']
const direct = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] as const
const aes = ['RSA_AES_KEY_WRAP_SHA_1', 'RSA_AES_KEY_WRAP_SHA_256'] as const
const algorithms: readonly WrappingAlgorithm[] = [...direct, ...aes, 'SM2PKE']

const oaep = async (spec: WrappingKeySpec, oaepHash: string, data: Buffer): Promise<Buffer> =>
  publicEncrypt(
    {
      key: createPublicKey({ key: await publicOf(spec), format: 'der', type: 'spki' }),
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash,
    },
    data,
  )

const keyWrap = (key: Buffer, data: Buffer): Buffer => {
  const cipher = createCipheriv(`id-aes${key.length * 8}-wrap-pad`, key, Buffer.from('a65959a6', 'hex'))
  return Buffer.concat([cipher.update(data), cipher.final()])
}

/** What a user does with the public key from GetParametersForImport. */
const wrap = async (spec: WrappingKeySpec, algorithm: WrappingAlgorithm, data: Buffer): Promise<Buffer> => {
  if (algorithm === 'SM2PKE') return encryptAsymmetric('SM2', await keyOf('SM2'), 'SM2PKE', data)
  const hash = algorithm.endsWith('_1') ? 'sha1' : 'sha256'
  if (!algorithm.startsWith('RSA_AES')) return oaep(spec, hash, data)
  const key = randomBytes(32)
  return Buffer.concat([await oaep(spec, hash, key), keyWrap(key, data)])
}

describe('import wrapping', function () {
  this.timeout(120_000)

  it('allows what the API reference allows', () => {
    for (const spec of specNames)
      for (const wrapping of wrappingSpecs) {
        const allowed = [...algorithms, 'RSAES_PKCS1_V1_5', 'toString'].filter((algorithm) =>
          wrappingAllowed(spec, wrapping, algorithm),
        )
        const secret = spec === 'SYMMETRIC_DEFAULT' || spec.startsWith('HMAC_')
        const expected =
          wrapping === 'SM2'
            ? ['SM2PKE']
            : secret
              ? direct
              : spec.startsWith('RSA_') || (spec === 'ECC_NIST_P521' && wrapping === 'RSA_2048')
                ? aes
                : [...direct, ...aes]
        expect(allowed, `${spec} under ${wrapping}`).to.deep.equal(expected)
      }
  })

  for (const wrapping of wrappingSpecs)
    it(`every key that ${wrapping} may wrap comes out as it went in`, async () => {
      const wrappingKey = await keyOf(wrapping)
      for (const spec of specNames)
        for (const algorithm of algorithms) {
          const key = await keyOf(spec)
          if (!wrappingAllowed(spec, wrapping, algorithm)) continue
          // SM2PKE takes 1024 bytes, and larger RSA keys have more.
          if (algorithm === 'SM2PKE' && key.length > 1024) continue
          const opened = await unwrapImported(
            wrapping,
            wrappingKey,
            algorithm,
            await wrap(wrapping, algorithm, key),
          )
          expect(await checkMaterial(spec, opened), `${spec}, ${algorithm}`).to.deep.equal(key)
        }
    })

  it('refuses what was changed, cut, or wrapped with another algorithm', async () => {
    const wrappingKey = await keyOf('RSA_2048')
    const key = await keyOf('ECC_NIST_P256')
    for (const algorithm of algorithms.filter((name) => name !== 'SM2PKE')) {
      const wrapped = await wrap('RSA_2048', algorithm, key)
      const changed = [0, wrapped.length - 1].map((index) => {
        const copy = Buffer.from(wrapped)
        copy[index]! ^= 1
        return copy
      })
      const hostile = [
        ...changed,
        wrapped.subarray(0, -1),
        wrapped.subarray(0, 255),
        Buffer.alloc(0),
        Buffer.concat([wrapped, Buffer.alloc(8)]),
      ]
      for (const wrong of hostile)
        expect(await refusal(() => unwrapImported('RSA_2048', wrappingKey, algorithm, wrong))).to.equal(
          'CIPHERTEXT_INVALID',
        )
      for (const other of algorithms.filter((name) => name !== algorithm && name !== 'SM2PKE'))
        expect(
          await refusal(() => unwrapImported('RSA_2048', wrappingKey, other, wrapped)),
          `${algorithm}, ${other}`,
        ).to.equal('CIPHERTEXT_INVALID')
    }
  })

  it('refuses a wrapping key that the algorithm does not fit, and an AES key of another length', async () => {
    const sm2 = await keyOf('SM2')
    expect(await refusal(() => unwrapImported('SM2', sm2, 'RSAES_OAEP_SHA_256', Buffer.alloc(256)))).to.equal(
      'WRAPPING_NOT_ALLOWED',
    )
    const wrappingKey = await keyOf('RSA_2048')
    const short = randomBytes(16)
    const wrapped = Buffer.concat([
      await oaep('RSA_2048', 'sha256', short),
      keyWrap(short, await keyOf('ECC_NIST_P256')),
    ])
    expect(
      await refusal(() => unwrapImported('RSA_2048', wrappingKey, 'RSA_AES_KEY_WRAP_SHA_256', wrapped)),
    ).to.equal('CIPHERTEXT_INVALID')
  })
})
