import { createPrivateKey, createPublicKey } from 'node:crypto'
import {
  DecryptCommand,
  GenerateDataKeyPairCommand,
  GenerateDataKeyPairWithoutPlaintextCommand,
} from '@aws-sdk/client-kms'
import type { DataKeyPairSpec } from '@aws-sdk/client-kms'
import { ml_kem1024, ml_kem512, ml_kem768 } from '@noble/post-quantum/ml-kem.js'
import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { nameOf } from './support/caught.js'
import { keyring } from './support/key-kinds.js'
import { hasOpenssl, opensslOutput, withOpenssl } from './support/openssl.js'
import { transports } from './support/transports.js'

const EncryptionContext = { purpose: 'test' }

const nodePair = (pkcs8: Buffer): Buffer =>
  createPublicKey(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })).export({
    format: 'der',
    type: 'spki',
  })
/** RFC 9935: the seed of 64 bytes is the end of the private key, in seed format. */
const kemPair =
  ({ keygen }: typeof ml_kem512) =>
  (pkcs8: Buffer, spki: Buffer): Buffer => {
    const { publicKey } = keygen(pkcs8.subarray(-64))
    return Buffer.concat([spki.subarray(0, -publicKey.length), publicKey])
  }

/** The public key of a private key, made outside. */
const pairs: readonly [DataKeyPairSpec, publicHalf: (pkcs8: Buffer, spki: Buffer) => Buffer][] = [
  ['RSA_2048', nodePair],
  ['RSA_3072', nodePair],
  ['RSA_4096', nodePair],
  ['ECC_NIST_P256', nodePair],
  ['ECC_NIST_P384', nodePair],
  ['ECC_NIST_P521', nodePair],
  ['ECC_SECG_P256K1', nodePair],
  ['ECC_NIST_EDWARDS25519', nodePair],
  [
    'SM2',
    (key) => opensslOutput(['pkey', '-inform', 'DER', '-in', '$key', '-pubout', '-outform', 'DER'], { key }),
  ],
  ['ML_KEM_512', kemPair(ml_kem512)],
  ['ML_KEM_768', kemPair(ml_kem768)],
  ['ML_KEM_1024', kemPair(ml_kem1024)],
]

describe('data key pairs', () => {
  const kms = createKms()
  const keyOf = keyring(kms)
  const symmetric = { spec: 'SYMMETRIC_DEFAULT', usage: 'ENCRYPT_DECRYPT' } as const

  for (const { transport, connected } of transports) {
    describe(`through KMSClient, ${transport}`, () => {
      const connection = connected(kms)

      for (const [KeyPairSpec, publicHalf] of pairs) {
        const region = KeyPairSpec === 'SM2' ? 'cn-north-1' : 'us-east-1'
        const title = `${KeyPairSpec}: the private key belongs to the public one, and opens with its context alone`
        it(KeyPairSpec === 'SM2' ? withOpenssl(title) : title, async function () {
          if (KeyPairSpec === 'SM2' && !hasOpenssl) this.skip()
          const client = connection.client(region)
          const KeyId = await keyOf({ ...symmetric, region })
          const request = { KeyId, KeyPairSpec, EncryptionContext }
          const made = await client.send(new GenerateDataKeyPairCommand(request))
          expect(made).to.deep.include({ KeyPairSpec })
          expect(made.KeyId).to.match(/:key\//)
          expect(made.KeyMaterialId).to.match(/^[a-f0-9]{64}$/)
          const privateKey = Buffer.from(made.PrivateKeyPlaintext!)
          const publicKey = Buffer.from(made.PublicKey!)
          expect(publicHalf(privateKey, publicKey).equals(publicKey)).to.equal(true)

          const sealed = { CiphertextBlob: made.PrivateKeyCiphertextBlob }
          const opened = await client.send(new DecryptCommand({ ...sealed, EncryptionContext }))
          expect(privateKey.equals(opened.Plaintext!)).to.equal(true)
          expect(await nameOf(client.send(new DecryptCommand(sealed)))).to.equal('InvalidCiphertextException')
          if (KeyPairSpec.startsWith('RSA')) return

          const without = await client.send(new GenerateDataKeyPairWithoutPlaintextCommand(request))
          expect(without).to.deep.include({
            KeyId: made.KeyId,
            KeyPairSpec,
            KeyMaterialId: made.KeyMaterialId,
          })
          expect(without).not.to.have.property('PrivateKeyPlaintext')
          const later = await client.send(
            new DecryptCommand({ CiphertextBlob: without.PrivateKeyCiphertextBlob, EncryptionContext }),
          )
          const another = Buffer.from(without.PublicKey!)
          expect(another.equals(publicKey)).to.equal(false)
          expect(publicHalf(Buffer.from(later.Plaintext!), another).equals(another)).to.equal(true)
        })
      }

      it('SM2 is in China alone, ML-KEM everywhere else', async () => {
        const ask = async (region: string, KeyPairSpec: DataKeyPairSpec): Promise<string> => {
          const KeyId = await keyOf({ ...symmetric, region })
          const client = connection.client(region)
          const name = await nameOf(client.send(new GenerateDataKeyPairCommand({ KeyId, KeyPairSpec })))
          const without = new GenerateDataKeyPairWithoutPlaintextCommand({ KeyId, KeyPairSpec })
          expect(await nameOf(client.send(without))).to.equal(name)
          return name
        }
        expect(await ask('us-east-1', 'SM2')).to.equal('UnsupportedOperationException')
        expect(await ask('cn-north-1', 'ML_KEM_768')).to.equal('UnsupportedOperationException')
      })

      it('a key that is disabled while the pair is made encrypts nothing', async () => {
        const client = connection.client('eu-west-1')
        const KeyId = await keyOf({ ...symmetric, region: 'eu-west-1' })
        await kms.handle('EnableKey', { KeyId }, { region: 'eu-west-1' })
        const made = nameOf(
          kms.handle('GenerateDataKeyPair', { KeyId, KeyPairSpec: 'RSA_2048' }, { region: 'eu-west-1' }),
        )
        // Its first check is over by now, and the pair isn't there: that takes another thread.
        await kms.handle('DisableKey', { KeyId }, { region: 'eu-west-1' })
        expect(await made).to.equal('DisabledException')
        const command = new GenerateDataKeyPairCommand({ KeyId, KeyPairSpec: 'ECC_NIST_P256' })
        expect(await nameOf(client.send(command))).to.equal('DisabledException')
      })
    })
  }
})
