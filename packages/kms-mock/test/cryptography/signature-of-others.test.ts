import * as crypto from 'node:crypto'
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import { expect } from 'chai'
import { before, describe, it } from 'mocha'
import { checkMaterial } from '#src/cryptography/material.js'
import { sign, verify } from '#src/cryptography/signature.js'
import { signEd25519ph } from './ed25519ph-reference.js'
import { keyOf, publicOf } from './keys.js'
import { inputOf, message, parties, rows } from './signature-parties.js'
import { hasOpenssl, openssl, withOpenssl } from '../support/openssl.js'
import { bytes, wycheproof } from './wycheproof.js'

describe('signatures: others', function () {
  this.timeout(120_000)

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
})
