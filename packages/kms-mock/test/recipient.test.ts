import { generateKeyPairSync } from 'node:crypto'
import {
  DecryptCommand,
  DeriveSharedSecretCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyPairCommand,
  GenerateRandomCommand,
  GetPublicKeyCommand,
} from '@aws-sdk/client-kms'
import type { KMSClient } from '@aws-sdk/client-kms'
import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { attestation, cbor, claimsWith, enclave, spkiOf } from './support/attestation.js'
import { nameOf } from './support/caught.js'
import { keyring } from './support/key-kinds.js'
import { hasOpenssl, withOpenssl } from './support/openssl.js'
import { transports } from './support/transports.js'
import type { Connection } from './support/transports.js'

const secret = Buffer.from('correct horse battery staple')
const region = 'us-east-1'
const { document, open } = enclave()
const recipientOf = (AttestationDocument: Buffer) =>
  ({ KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256', AttestationDocument }) as const
const Recipient = recipientOf(document)

describe('Recipient: answers for an attested environment', () => {
  const kms = createKms()
  const keyOf = keyring(kms)

  for (const { transport, connect } of transports) {
    describe(withOpenssl(`through KMSClient, ${transport}`), () => {
      let connection: Connection
      let client: KMSClient
      let KeyId: string
      before(async function () {
        // What opens CiphertextForRecipient here.
        if (!hasOpenssl) this.skip()
        connection = await connect(kms)
        client = connection.client()
        KeyId = await keyOf({ spec: 'SYMMETRIC_DEFAULT', usage: 'ENCRYPT_DECRYPT', region })
      })
      after(() => connection?.close())

      it('Decrypt', async () => {
        for (const Plaintext of [secret, Buffer.alloc(4096, 3), Buffer.of(0)]) {
          const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId, Plaintext }))
          const answer = await client.send(new DecryptCommand({ CiphertextBlob, Recipient }))
          expect(open(answer.CiphertextForRecipient!).equals(Plaintext)).to.equal(true)
          expect(answer).not.to.have.any.keys('Plaintext', 'KeyMaterialId')
        }
      })

      it('GenerateDataKey', async () => {
        const answer = await client.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', Recipient }))
        expect(answer).not.to.have.any.keys('Plaintext', 'KeyMaterialId')
        const { Plaintext } = await client.send(new DecryptCommand({ CiphertextBlob: answer.CiphertextBlob }))
        expect(open(answer.CiphertextForRecipient!).equals(Plaintext!)).to.equal(true)
      })

      it('GenerateDataKeyPair', async () => {
        const answer = await client.send(
          new GenerateDataKeyPairCommand({ KeyId, KeyPairSpec: 'ECC_NIST_P256', Recipient }),
        )
        expect(answer).not.to.have.property('PrivateKeyPlaintext')
        const sealed = { CiphertextBlob: answer.PrivateKeyCiphertextBlob }
        const { Plaintext } = await client.send(new DecryptCommand(sealed))
        expect(open(answer.CiphertextForRecipient!).equals(Plaintext!)).to.equal(true)
      })

      it('GenerateRandom', async () => {
        const ask = new GenerateRandomCommand({ NumberOfBytes: 100, Recipient })
        const answers = [await client.send(ask), await client.send(ask)]
        const [first, second] = answers.map(({ CiphertextForRecipient }) => open(CiphertextForRecipient!))
        expect(first).to.have.lengthOf(100)
        expect(first!.equals(second!)).to.equal(false)
        expect(answers[0]).not.to.have.property('Plaintext')
      })

      it('DeriveSharedSecret', async () => {
        const kind = { spec: 'ECC_NIST_P256', usage: 'KEY_AGREEMENT', region } as const
        const own = await keyOf(kind)
        const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: await keyring(kms)(kind) }))
        const request = { KeyId: own, KeyAgreementAlgorithm: 'ECDH', PublicKey } as const
        const { SharedSecret } = await client.send(new DeriveSharedSecretCommand(request))
        const answer = await client.send(new DeriveSharedSecretCommand({ ...request, Recipient }))
        expect(answer).not.to.have.property('SharedSecret')
        expect(open(answer.CiphertextForRecipient!).equals(SharedSecret!)).to.equal(true)
      })

      it('a tagged document, and a larger key', async () => {
        const large = enclave(4096)
        for (const [who, bytes] of [
          [open, Buffer.concat([Buffer.of(0xd2), document])],
          [large.open, large.document],
        ] as const) {
          const ask = new GenerateRandomCommand({ NumberOfBytes: 32, Recipient: recipientOf(bytes) })
          const { CiphertextForRecipient } = await client.send(ask)
          expect(who(CiphertextForRecipient!)).to.have.lengthOf(32)
        }
      })

      const ec = spkiOf(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey)
      const small = spkiOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey)
      const wrong: Readonly<Record<string, Buffer>> = {
        garbage: Buffer.from('garbage'),
        'cut off': document.subarray(0, -1),
        'with more behind it': Buffer.concat([document, Buffer.of(0)]),
        'not COSE_Sign1': cbor([Buffer.alloc(1), Buffer.alloc(1)]),
        'with another payload': cbor([Buffer.alloc(0), new Map(), 'text', Buffer.alloc(96)]),
        'without a public key': attestation(claimsWith(null)),
        'with a text for a public key': attestation(claimsWith('key')),
        'with garbage for a public key': attestation(claimsWith(Buffer.from('key'))),
        'with a key that is not RSA': attestation(claimsWith(ec)),
        'with a small key': attestation(claimsWith(small)),
      }
      for (const [what, bytes] of Object.entries(wrong)) {
        it(`a document ${what}: ValidationException`, async () => {
          const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId, Plaintext: secret }))
          const input = { Recipient: recipientOf(bytes) }
          const calls = [
            client.send(new GenerateRandomCommand({ NumberOfBytes: 1, ...input })),
            client.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', ...input })),
            client.send(new GenerateDataKeyPairCommand({ KeyId, KeyPairSpec: 'ECC_NIST_P256', ...input })),
            client.send(new DecryptCommand({ CiphertextBlob, ...input })),
            // Dry runs tell the same.
            client.send(new DecryptCommand({ CiphertextBlob, ...input, DryRun: true })),
          ]
          for (const name of await Promise.all(calls.map(nameOf))) {
            expect(name).to.equal('ValidationException')
          }
        })
      }

      it('needs both of its members', async () => {
        for (const half of [
          { AttestationDocument: document },
          { KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256' },
        ] as const) {
          const ask = new GenerateRandomCommand({ NumberOfBytes: 1, Recipient: half })
          expect(await nameOf(client.send(ask))).to.equal('ValidationException')
        }
      })
    })
  }
})
