import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto'
import type { CreateKeyCommandInput, WrappingKeySpec } from '@aws-sdk/client-kms'
import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { nameOf } from '../support/caught.js'
import { importMaterial, parametersForImport, wraps } from '../support/import-material.js'
import { hasOpenssl, withOpenssl } from '../support/openssl.js'
import { transports } from '../support/transports.js'
import { Plaintext, externalKeys } from './external-keys.js'

const pkcs8 = { format: 'der', type: 'pkcs8' } as const
const privateKeys = {
  ECC_NIST_P521: () => generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey.export(pkcs8),
  ECC_NIST_P256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(pkcs8),
  ECC_NIST_EDWARDS25519: () => generateKeyPairSync('ed25519').privateKey.export(pkcs8),
  RSA_2048: () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(pkcs8),
} as const
const made = new Map<string, readonly [Buffer, Buffer]>()
/** Two private keys, the same for all tests: those of RSA take long. */
const twoOf = (spec: keyof typeof privateKeys): readonly [Buffer, Buffer] => {
  const two = made.get(spec) ?? [privateKeys[spec](), privateKeys[spec]()]
  made.set(spec, two)
  return two
}

for (const { transport, connected } of transports) {
  describe(`imported key material, ${transport}: wrapping`, function () {
    // RSA_4096 wrapping keys are made here.
    this.timeout(120_000)
    const mock = createKms()
    const connection = connected(mock)
    const kms = connection.kms()
    const { create, describeKey, encrypt, decrypts } = externalKeys(kms)

    const symmetric = [
      ['RSAES_OAEP_SHA_1', 'RSA_2048'],
      ['RSAES_OAEP_SHA_256', 'RSA_3072'],
      ['RSAES_OAEP_SHA_256', 'RSA_4096'],
    ] as const
    for (const [algorithm, wrappingKeySpec] of symmetric) {
      it(`${algorithm} under ${wrappingKeySpec} brings a symmetric key`, async () => {
        const KeyId = await create()
        expect((await describeKey(KeyId)).KeyState).to.equal('PendingImport')
        const { ImportToken, wrap } = await parametersForImport(kms, KeyId, algorithm, wrappingKeySpec)
        const { KeyMaterialId } = await kms.importKeyMaterial({
          KeyId,
          ImportToken,
          EncryptedKeyMaterial: wrap(randomBytes(32)),
          ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
        })
        expect(await describeKey(KeyId))
          .to.include({
            KeyState: 'Enabled',
            Enabled: true,
            Origin: 'EXTERNAL',
            ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
            CurrentKeyMaterialId: KeyMaterialId,
          })
          .and.not.have.property('ValidTo')
        await decrypts(await encrypt(KeyId))
      })
    }

    it(withOpenssl('SM2PKE under SM2 brings a key in China, and there alone'), async function () {
      if (!hasOpenssl) this.skip()
      const china = connection.kms('cn-north-1')
      const KeyId = await externalKeys(china).create()
      const { ImportToken, wrap } = await parametersForImport(china, KeyId, 'SM2PKE', 'SM2')
      await china.importKeyMaterial({
        KeyId,
        ImportToken,
        EncryptedKeyMaterial: wrap(randomBytes(32)),
        ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
      })
      await externalKeys(china).encrypt(KeyId)
      expect(await nameOf(parametersForImport(kms, await create(), 'SM2PKE', 'SM2'))).to.equal(
        'UnsupportedOperationException',
      )
    })

    const asymmetric = [
      ['RSA_AES_KEY_WRAP_SHA_1', 'RSA_2048', 'RSA_2048'],
      ['RSA_AES_KEY_WRAP_SHA_256', 'RSA_3072', 'RSA_2048'],
      ['RSA_AES_KEY_WRAP_SHA_256', 'RSA_2048', 'ECC_NIST_P521'],
      ['RSAES_OAEP_SHA_1', 'RSA_3072', 'ECC_NIST_P521'],
      ['RSAES_OAEP_SHA_256', 'RSA_2048', 'ECC_NIST_P256'],
      ['RSAES_OAEP_SHA_256', 'RSA_2048', 'ECC_NIST_EDWARDS25519'],
    ] as const
    for (const [algorithm, wrappingKeySpec, KeySpec] of asymmetric) {
      it(`${algorithm} under ${wrappingKeySpec} brings a private key of ${KeySpec}, and the same one again`, async () => {
        const KeyId = await create({ KeySpec, KeyUsage: 'SIGN_VERIFY' })
        const [privateKey, another] = twoOf(KeySpec)
        const { ImportToken, wrap } = await parametersForImport(kms, KeyId, algorithm, wrappingKeySpec)
        const bring = (key: Buffer): Promise<unknown> =>
          kms.importKeyMaterial({
            KeyId,
            ImportToken,
            EncryptedKeyMaterial: wrap(key),
            ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
          })
        await bring(privateKey)
        expect((await describeKey(KeyId)).KeyState).to.equal('Enabled')
        await bring(privateKey)
        expect(await nameOf(bring(another))).to.equal('IncorrectKeyMaterialException')
        // A key of another spec is no key at all.
        expect(await nameOf(bring(generateKeyPairSync('x25519').privateKey.export(pkcs8)))).to.equal(
          'IncorrectKeyMaterialException',
        )
      })
    }

    it('brings an HMAC key, which computes what node:crypto does', async () => {
      const KeyId = await create({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })
      const material = randomBytes(32)
      await importMaterial(kms, KeyId, material)
      const { Mac } = await kms.generateMac({ KeyId, Message: Plaintext, MacAlgorithm: 'HMAC_SHA_256' })
      expect(Buffer.from(Mac!)).to.deep.equal(createHmac('sha256', material).update(Plaintext).digest())
    })

    const refused: readonly [CreateKeyCommandInput, string, WrappingKeySpec][] = [
      [{}, 'RSAES_PKCS1_V1_5', 'RSA_2048'],
      [{}, 'RSA_AES_KEY_WRAP_SHA_256', 'RSA_2048'],
      [{}, 'SM2PKE', 'RSA_2048'],
      [{ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }, 'RSAES_OAEP_SHA_256', 'RSA_4096'],
      [{ KeySpec: 'ECC_NIST_P521', KeyUsage: 'SIGN_VERIFY' }, 'RSAES_OAEP_SHA_256', 'RSA_2048'],
    ]
    for (const [input, algorithm, wrappingKeySpec] of refused) {
      it(`refuses ${algorithm} under ${wrappingKeySpec} for ${input.KeySpec ?? 'SYMMETRIC_DEFAULT'}`, async () => {
        const call = mock.handle('GetParametersForImport', {
          KeyId: await create(input),
          WrappingAlgorithm: algorithm,
          WrappingKeySpec: wrappingKeySpec,
        })
        expect(await nameOf(call)).to.equal('UnsupportedOperationException')
      })
    }

    it('tests every algorithm that there is', () => {
      const tested = new Set([
        'SM2PKE',
        ...symmetric.map(([name]) => name),
        ...asymmetric.map(([name]) => name),
      ])
      expect([...tested].toSorted()).to.deep.equal(Object.keys(wraps).toSorted())
    })
  })
}
