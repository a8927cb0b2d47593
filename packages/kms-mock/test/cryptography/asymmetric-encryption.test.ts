import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from 'node:crypto'
import { expect } from 'chai'
import {
  decryptAsymmetric,
  encryptAsymmetric,
  maxPlaintextBytes,
} from '#src/cryptography/asymmetric-encryption.js'
import { encodeDer, encodeInteger, readDerSequence, readInteger, tags } from '#src/cryptography/der.js'
import { deriveMaterial } from '#src/cryptography/material.js'
import { keyOf, publicOf, rowOf, specNames } from './keys.js'
import { hasOpenssl, openssl, withOpenssl } from '../support/openssl.js'
import { refusal } from './refusal.js'
import { bytes, wycheproof } from './wycheproof.js'

const rows = specNames.flatMap((spec) =>
  (rowOf(spec).algorithms.ENCRYPT_DECRYPT ?? []).flatMap((algorithm) =>
    algorithm === 'SYMMETRIC_DEFAULT' ? [] : [{ spec, algorithm }],
  ),
)

const hashes: Readonly<Record<string, string>> = { RSAES_OAEP_SHA_1: 'sha1', RSAES_OAEP_SHA_256: 'sha256' }

describe('asymmetric encryption', function () {
  this.timeout(120_000)

  it('has the documented limits', () => {
    expect(rows.map(({ spec, algorithm }) => maxPlaintextBytes(spec, algorithm))).to.deep.equal([
      214, 190, 342, 318, 470, 446, 1024,
    ])
    expect(maxPlaintextBytes('SYMMETRIC_DEFAULT', 'SYMMETRIC_DEFAULT')).to.equal(4096)
  })

  for (const { spec, algorithm } of rows) {
    it(`${spec} ${algorithm}: opens what it made, of each length up to the limit`, async () => {
      const key = await keyOf(spec)
      const most = maxPlaintextBytes(spec, algorithm)
      for (const length of [1, 31, 32, 33, most]) {
        const plaintext = randomBytes(length)
        const ciphertext = encryptAsymmetric(spec, key, algorithm, plaintext)
        expect(await decryptAsymmetric(spec, key, algorithm, ciphertext)).to.deep.equal(plaintext)
        expect(encryptAsymmetric(spec, key, algorithm, plaintext)).not.to.deep.equal(ciphertext)
      }
      const long = Buffer.alloc(most + 1)
      expect(await refusal(() => encryptAsymmetric(spec, key, algorithm, long))).to.equal('MESSAGE_LENGTH')
    })

    it(`${spec} ${algorithm}: opens nothing that was changed, cut, lengthened, or made for another key`, async () => {
      const key = await keyOf(spec)
      const ciphertext = encryptAsymmetric(spec, key, algorithm, Buffer.from('plaintext'))
      const changed = [0, ciphertext.length >> 1, ciphertext.length - 1].map((index) => {
        const copy = Buffer.from(ciphertext)
        copy[index]! ^= 1
        return copy
      })
      const hostile = [
        ...changed,
        Buffer.alloc(0),
        ciphertext.subarray(0, -1),
        Buffer.concat([ciphertext, Buffer.of(0)]),
      ]
      for (const wrong of hostile)
        expect(await refusal(() => decryptAsymmetric(spec, key, algorithm, wrong))).to.equal(
          'CIPHERTEXT_INVALID',
        )
      const other = await deriveMaterial(spec, randomBytes)
      expect(await refusal(() => decryptAsymmetric(spec, other, algorithm, ciphertext))).to.equal(
        'CIPHERTEXT_INVALID',
      )
    })

    it(`${spec} ${algorithm}: keys of other specs don't have it`, async () => {
      for (const other of specNames.filter(
        (name) => !rowOf(name).algorithms.ENCRYPT_DECRYPT?.includes(algorithm),
      )) {
        const key = await keyOf(other)
        const plaintext = Buffer.from('plaintext')
        expect(await refusal(() => encryptAsymmetric(other, key, algorithm, plaintext))).to.equal(
          'ALGORITHM_NOT_ALLOWED',
        )
        expect(await refusal(() => decryptAsymmetric(other, key, algorithm, plaintext))).to.equal(
          'ALGORITHM_NOT_ALLOWED',
        )
      }
    })

    const oaepHash = hashes[algorithm]
    if (oaepHash !== undefined)
      it(`${spec} ${algorithm}: node:crypto and we open what the other made`, async () => {
        const [key, publicKey] = [await keyOf(spec), await publicOf(spec)]
        const plaintext = randomBytes(maxPlaintextBytes(spec, algorithm))
        const options = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }
        const ours = encryptAsymmetric(spec, key, algorithm, plaintext)
        expect(
          privateDecrypt({ key: createPrivateKey({ key, format: 'der', type: 'pkcs8' }), ...options }, ours),
        ).to.deep.equal(plaintext)
        const theirs = publicEncrypt(
          { key: createPublicKey({ key: publicKey, format: 'der', type: 'spki' }), ...options },
          plaintext,
        )
        expect(await decryptAsymmetric(spec, key, algorithm, theirs)).to.deep.equal(plaintext)
      })
  }

  describe(withOpenssl("against OpenSSL's command"), () => {
    before(function () {
      if (!hasOpenssl) this.skip()
    })

    for (const { spec, algorithm } of rows) {
      const hash = hashes[algorithm]
      const options = hash
        ? [
            '-pkeyopt',
            'rsa_padding_mode:oaep',
            '-pkeyopt',
            `rsa_oaep_md:${hash}`,
            '-pkeyopt',
            `rsa_mgf1_md:${hash}`,
          ]
        : []
      it(`${spec} ${algorithm}: each opens what the other made`, async () => {
        const [key, pub] = [await keyOf(spec), await publicOf(spec)]
        for (const length of [1, 33, maxPlaintextBytes(spec, algorithm)]) {
          const input = randomBytes(length)
          const theirs = openssl(
            [
              'pkeyutl',
              '-encrypt',
              '-pubin',
              '-inkey',
              '$pub',
              '-keyform',
              'DER',
              '-in',
              '$input',
              ...options,
            ],
            { pub, input },
          )
          expect(
            await decryptAsymmetric(spec, key, algorithm, theirs!),
            `${length} of OpenSSL`,
          ).to.deep.equal(input)
          const ours = encryptAsymmetric(spec, key, algorithm, input)
          expect(
            openssl(
              ['pkeyutl', '-decrypt', '-inkey', '$key', '-keyform', 'DER', '-in', '$ours', ...options],
              { key, ours },
            ),
            `${length} by OpenSSL`,
          ).to.deep.equal(input)
        }
      })
    }
  })

  for (const { algorithm, privateKey, cases } of wycheproof.oaep)
    for (const { tcId, comment, ciphertext, message, valid } of cases)
      it(`${algorithm}: Wycheproof ${tcId} ${comment}, ${valid ? 'opens' : 'is refused'}`, async () => {
        const open = () => decryptAsymmetric('RSA_2048', bytes(privateKey), algorithm, bytes(ciphertext))
        if (valid) expect(await open()).to.deep.equal(bytes(message))
        else expect(await refusal(open)).to.equal('CIPHERTEXT_INVALID')
      })

  it('refuses OAEP with a label, the other hash, and PKCS#1 v1.5', async () => {
    const [key, publicKey] = [await keyOf('RSA_2048'), await publicOf('RSA_2048')]
    const target = { key: createPublicKey({ key: publicKey, format: 'der', type: 'spki' }) }
    const padding = constants.RSA_PKCS1_OAEP_PADDING
    const hostile = [
      publicEncrypt(
        { ...target, padding, oaepHash: 'sha256', oaepLabel: Buffer.from('label') },
        Buffer.from('x'),
      ),
      publicEncrypt({ ...target, padding, oaepHash: 'sha1' }, Buffer.from('x')),
      publicEncrypt({ ...target, padding: constants.RSA_PKCS1_PADDING }, Buffer.from('x')),
    ]
    for (const wrong of hostile)
      expect(await refusal(() => decryptAsymmetric('RSA_2048', key, 'RSAES_OAEP_SHA_256', wrong))).to.equal(
        'CIPHERTEXT_INVALID',
      )
  })

  it('SM2PKE: is ASN.1 of C1, C3, C2, and refuses points off the curve and other spellings', async () => {
    const key = await keyOf('SM2')
    const parts = readDerSequence(encryptAsymmetric('SM2', key, 'SM2PKE', Buffer.from('plaintext')))!
    expect(parts.map(({ tag }) => tag)).to.deep.equal([2, 2, 4, 4])
    const [x, y] = [readInteger(parts[0])!, readInteger(parts[1])!]
    const [c3, c2] = [parts[2]!.content, parts[3]!.content]
    expect([c3.length, c2.length]).to.deep.equal([32, 9])
    const p = 0xfffffffe_ffffffff_ffffffff_ffffffff_ffffffff_00000000_ffffffff_ffffffffn
    const cipher = (...numbers: bigint[]) =>
      encodeDer(tags.sequence, ...numbers.map(encodeInteger), encodeDer(4, c3), encodeDer(4, c2))
    expect(await decryptAsymmetric('SM2', key, 'SM2PKE', cipher(x, y))).to.deep.equal(
      Buffer.from('plaintext'),
    )
    const hostile = [
      cipher(x, y + 1n),
      cipher(x, p - y),
      cipher(x + p, y),
      cipher(0n, 0n),
      cipher(x),
      cipher(x, y, 1n),
      encodeDer(tags.sequence, encodeInteger(x), encodeInteger(y), encodeDer(4, c2), encodeDer(4, c3)),
      encodeDer(
        tags.sequence,
        encodeInteger(x),
        encodeInteger(y),
        encodeDer(4, createHash('sm3').digest()),
        encodeDer(4, c2),
      ),
    ]
    for (const [index, wrong] of hostile.entries())
      expect(await refusal(() => decryptAsymmetric('SM2', key, 'SM2PKE', wrong)), `${index}`).to.equal(
        'CIPHERTEXT_INVALID',
      )
  })
})
