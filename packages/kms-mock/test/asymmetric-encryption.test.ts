import { constants, createPublicKey, publicEncrypt } from 'node:crypto'
import {
  DecryptCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GetPublicKeyCommand,
  ReEncryptCommand,
} from '@aws-sdk/client-kms'
import type { EncryptionAlgorithmSpec } from '@aws-sdk/client-kms'
import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { caught, nameOf } from './support/caught.js'
import { encryptionKinds, keyring } from './support/key-kinds.js'
import { hasOpenssl, opensslOutput, withOpenssl } from './support/openssl.js'
import { transports } from './support/transports.js'

const secret = Buffer.from('correct horse battery staple')
const EncryptionContext = { purpose: 'test' }

const oaep =
  (oaepHash: string) =>
  (spki: Buffer, plaintext: Buffer): Buffer =>
    publicEncrypt(
      {
        key: createPublicKey({ key: spki, format: 'der', type: 'spki' }),
        padding: constants.RSA_PKCS1_OAEP_PADDING,
        oaepHash,
      },
      plaintext,
    )

/** Encryption that shares nothing with KMS but the public key. */
const outside: Readonly<Record<string, (spki: Buffer, plaintext: Buffer) => Buffer>> = {
  RSAES_OAEP_SHA_1: oaep('sha1'),
  RSAES_OAEP_SHA_256: oaep('sha256'),
  SM2PKE: (key, message) =>
    opensslOutput(['pkeyutl', '-encrypt', '-pubin', '-keyform', 'DER', '-inkey', '$key', '-in', '$message'], {
      key,
      message,
    }),
}

/** API Reference, Encrypt: the most bytes of a plaintext. */
const most: Readonly<Record<string, number>> = {
  'RSA_2048 RSAES_OAEP_SHA_1': 214,
  'RSA_2048 RSAES_OAEP_SHA_256': 190,
  'RSA_3072 RSAES_OAEP_SHA_1': 342,
  'RSA_3072 RSAES_OAEP_SHA_256': 318,
  'RSA_4096 RSAES_OAEP_SHA_1': 470,
  'RSA_4096 RSAES_OAEP_SHA_256': 446,
  'SM2 SM2PKE': 1024,
}

const kinds = encryptionKinds.filter(({ spec }) => spec !== 'SYMMETRIC_DEFAULT')
const rsa = { spec: 'RSA_2048', usage: 'ENCRYPT_DECRYPT', region: 'us-east-1' } as const
const symmetric = { ...rsa, spec: 'SYMMETRIC_DEFAULT' } as const
const signing = { ...rsa, usage: 'SIGN_VERIFY' } as const
const OAEP = 'RSAES_OAEP_SHA_256'

describe('encryption under asymmetric keys', () => {
  const kms = createKms()
  const keyOf = keyring(kms)

  for (const { transport, connected } of transports) {
    describe(`through KMSClient, ${transport}`, () => {
      const connection = connected(kms)
      const client = connection.client()

      for (const kind of kinds) {
        for (const algorithm of kind.algorithms) {
          const name = `${kind.spec} ${algorithm}`
          const title = `${name}: there and back, and from outside`
          it(algorithm === 'SM2PKE' ? withOpenssl(title) : title, async function () {
            if (algorithm === 'SM2PKE' && !hasOpenssl) this.skip()
            const regional = connection.client(kind.region)
            const KeyId = await keyOf(kind)
            const how = { KeyId, EncryptionAlgorithm: algorithm }
            const sealed = await regional.send(new EncryptCommand({ ...how, Plaintext: secret }))
            expect(sealed.EncryptionAlgorithm).to.equal(algorithm)
            expect(sealed).not.to.have.property('KeyMaterialId')
            if (kind.spec !== 'SM2')
              expect(sealed.CiphertextBlob).to.have.lengthOf(Number(kind.spec.slice(4)) / 8)
            const spki = (await regional.send(new GetPublicKeyCommand({ KeyId }))).PublicKey!
            const ciphertexts = [sealed.CiphertextBlob!, outside[algorithm]!(Buffer.from(spki), secret)]
            for (const CiphertextBlob of ciphertexts) {
              const opened = await regional.send(new DecryptCommand({ ...how, CiphertextBlob }))
              expect(Buffer.from(opened.Plaintext!)).to.deep.equal(secret)
              expect(opened).to.deep.include({ KeyId: sealed.KeyId, EncryptionAlgorithm: algorithm })
              expect(opened.KeyMaterialId).to.equal(undefined)

              const tampered = Buffer.from(CiphertextBlob)
              tampered[tampered.length - 1]! ^= 1
              for (const wrong of [
                tampered,
                tampered.subarray(1),
                Buffer.concat([CiphertextBlob, Buffer.of(0)]),
              ]) {
                expect(
                  await nameOf(regional.send(new DecryptCommand({ ...how, CiphertextBlob: wrong }))),
                ).to.equal('InvalidCiphertextException')
              }
            }
          })

          it(`${name}: at most ${most[name]!} bytes`, async () => {
            const regional = connection.client(kind.region)
            const how = { KeyId: await keyOf(kind), EncryptionAlgorithm: algorithm }
            const Plaintext = Buffer.alloc(most[name]!, 7)
            const { CiphertextBlob } = await regional.send(new EncryptCommand({ ...how, Plaintext }))
            const opened = await regional.send(new DecryptCommand({ ...how, CiphertextBlob }))
            expect(Plaintext.equals(opened.Plaintext!)).to.equal(true)
            const more = { ...how, Plaintext: Buffer.alloc(most[name]! + 1) }
            const error = await caught(regional.send(new EncryptCommand(more)))
            expect(error.name).to.equal('ValidationException')
            expect(error.message).to.equal(
              `Algorithm ${algorithm} and key spec ${kind.spec} cannot encrypt data larger than ${most[name]!} bytes.`,
            )
            expect(await nameOf(regional.send(new EncryptCommand({ ...more, DryRun: true })))).to.equal(
              'ValidationException',
            )
          })
        }
      }

      it('needs the algorithm to encrypt, and one that the key has', async () => {
        const KeyId = await keyOf(rsa)
        const error = await caught(client.send(new EncryptCommand({ KeyId, Plaintext: secret })))
        expect(error.name).to.equal('InvalidKeyUsageException')
        expect(error.message).to.equal('Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.')
        const sm2 = new EncryptCommand({ KeyId, Plaintext: secret, EncryptionAlgorithm: 'SM2PKE' })
        expect(await nameOf(client.send(sm2))).to.equal('InvalidKeyUsageException')
      })

      it('needs the key and the algorithm to decrypt, both the right ones', async () => {
        const KeyId = await keyOf(rsa)
        const { CiphertextBlob } = await client.send(
          new EncryptCommand({ KeyId, Plaintext: secret, EncryptionAlgorithm: OAEP }),
        )
        const decrypt = (input: {
          KeyId?: string
          EncryptionAlgorithm?: EncryptionAlgorithmSpec
        }): Promise<string> => nameOf(client.send(new DecryptCommand({ CiphertextBlob, ...input })))
        expect(await decrypt({})).to.equal('InvalidCiphertextException')
        expect(await decrypt({ KeyId })).to.equal('InvalidKeyUsageException')
        expect(await decrypt({ EncryptionAlgorithm: OAEP })).to.equal('ValidationException')
        expect(await decrypt({ KeyId, EncryptionAlgorithm: 'RSAES_OAEP_SHA_1' })).to.equal(
          'InvalidCiphertextException',
        )
        const other = await keyring(kms)(rsa)
        expect(await decrypt({ KeyId: other, EncryptionAlgorithm: OAEP })).to.equal(
          'InvalidCiphertextException',
        )
        expect(await decrypt({ KeyId: await keyOf(signing), EncryptionAlgorithm: OAEP })).to.equal(
          'InvalidKeyUsageException',
        )
        expect(await decrypt({ KeyId: await keyOf(symmetric), EncryptionAlgorithm: OAEP })).to.equal(
          'InvalidKeyUsageException',
        )
      })

      it('a key that is for something else is a wrong use, whatever the ciphertext is under', async () => {
        const { CiphertextBlob } = await client.send(
          new EncryptCommand({ KeyId: await keyOf(symmetric), Plaintext: secret }),
        )
        for (const KeyId of [await keyOf(rsa), await keyOf(signing)]) {
          expect(await nameOf(client.send(new DecryptCommand({ CiphertextBlob, KeyId })))).to.equal(
            'InvalidKeyUsageException',
          )
        }
      })

      it('has no encryption context; an empty one is none', async () => {
        const how = { KeyId: await keyOf(rsa), EncryptionAlgorithm: OAEP } as const
        const encrypt = (context: Record<string, string>) =>
          client.send(new EncryptCommand({ ...how, Plaintext: secret, EncryptionContext: context }))
        const { CiphertextBlob } = await encrypt({})
        expect(await nameOf(encrypt(EncryptionContext))).to.equal('ValidationException')
        const decrypt = new DecryptCommand({ ...how, CiphertextBlob, EncryptionContext })
        expect(await nameOf(client.send(decrypt))).to.equal('ValidationException')
      })

      it('an empty plaintext from outside is no plaintext of KMS', async () => {
        const how = { KeyId: await keyOf(rsa), EncryptionAlgorithm: OAEP } as const
        const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: how.KeyId }))
        const CiphertextBlob = outside[OAEP]!(Buffer.from(PublicKey!), Buffer.alloc(0))
        expect(await nameOf(client.send(new DecryptCommand({ ...how, CiphertextBlob })))).to.equal(
          'InvalidCiphertextException',
        )
      })

      it('ReEncrypt goes from symmetric to asymmetric, and back', async () => {
        const [from, to] = [await keyOf(symmetric), await keyOf(rsa)]
        const first = await client.send(
          new EncryptCommand({ KeyId: from, Plaintext: secret, EncryptionContext }),
        )
        const there = await client.send(
          new ReEncryptCommand({
            CiphertextBlob: first.CiphertextBlob,
            SourceEncryptionContext: EncryptionContext,
            DestinationKeyId: to,
            DestinationEncryptionAlgorithm: OAEP,
          }),
        )
        expect(there).to.deep.include({
          SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
          DestinationEncryptionAlgorithm: OAEP,
        })
        expect(there.SourceKeyMaterialId).to.match(/^[a-f0-9]{64}$/)
        expect(there.DestinationKeyMaterialId).to.equal(undefined)
        const opened = await client.send(
          new DecryptCommand({ CiphertextBlob: there.CiphertextBlob, KeyId: to, EncryptionAlgorithm: OAEP }),
        )
        expect(Buffer.from(opened.Plaintext!)).to.deep.equal(secret)

        const source = { CiphertextBlob: there.CiphertextBlob, SourceKeyId: to } as const
        const back = await client.send(
          new ReEncryptCommand({ ...source, SourceEncryptionAlgorithm: OAEP, DestinationKeyId: from }),
        )
        expect(back.SourceKeyMaterialId).to.equal(undefined)
        expect(back.DestinationKeyMaterialId).to.equal(there.SourceKeyMaterialId)
        const again = await client.send(new DecryptCommand({ CiphertextBlob: back.CiphertextBlob }))
        expect(Buffer.from(again.Plaintext!)).to.deep.equal(secret)

        const refused = async (input: object): Promise<string> =>
          nameOf(client.send(new ReEncryptCommand({ ...source, DestinationKeyId: from, ...input })))
        expect(await refused({})).to.equal('InvalidKeyUsageException')
        expect(await refused({ SourceEncryptionAlgorithm: 'RSAES_OAEP_SHA_1' })).to.equal(
          'InvalidCiphertextException',
        )
        const right = { SourceEncryptionAlgorithm: OAEP }
        expect(await refused({ ...right, SourceEncryptionContext: EncryptionContext })).to.equal(
          'ValidationException',
        )
        expect(await refused({ ...right, DestinationKeyId: to })).to.equal('InvalidKeyUsageException')
        const under = { ...right, DestinationKeyId: to, DestinationEncryptionAlgorithm: OAEP }
        expect(await refused({ ...under, DestinationEncryptionContext: EncryptionContext })).to.equal(
          'ValidationException',
        )
      })

      it('ReEncrypt refuses a plaintext that is too large for its destination', async () => {
        const Plaintext = Buffer.alloc(191)
        const { CiphertextBlob } = await client.send(
          new EncryptCommand({ KeyId: await keyOf(symmetric), Plaintext }),
        )
        const request = { CiphertextBlob, DestinationKeyId: await keyOf(rsa) }
        const command = new ReEncryptCommand({ ...request, DestinationEncryptionAlgorithm: OAEP })
        expect(await nameOf(client.send(command))).to.equal('ValidationException')
      })

      it('data keys are never under an asymmetric key', async () => {
        for (const KeyId of [await keyOf(rsa), await keyOf(signing)]) {
          for (const Command of [GenerateDataKeyCommand, GenerateDataKeyWithoutPlaintextCommand]) {
            expect(await nameOf(client.send(new Command({ KeyId, KeySpec: 'AES_256' })))).to.equal(
              'InvalidKeyUsageException',
            )
          }
        }
      })
    })
  }
})
