import { createECDH, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto'
import {
  DecapsulateCommand,
  DeriveSharedSecretCommand,
  EncapsulateCommand,
  GetPublicKeyCommand,
} from '@aws-sdk/client-kms'
import type { KMSClient } from '@aws-sdk/client-kms'
import { ml_kem1024, ml_kem512, ml_kem768 } from '@noble/post-quantum/ml-kem.js'
import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { sm2Multiply } from '#src/cryptography/sm2-multiply.js'
import { nameOf } from './support/caught.js'
import { agreementKinds, encapsulationKinds, keyring } from './support/key-kinds.js'
import { transports } from './support/transports.js'

const publicKeyFrom = async (client: KMSClient, KeyId: string): Promise<Buffer> =>
  Buffer.from((await client.send(new GetPublicKeyCommand({ KeyId }))).PublicKey!)

const curves: Readonly<Record<string, string>> = {
  ECC_NIST_P256: 'prime256v1',
  ECC_NIST_P384: 'secp384r1',
  ECC_NIST_P521: 'secp521r1',
}
const agreed = (spec: string, kmsKey: Buffer): { theirs: Buffer; secret: Buffer } => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: curves[spec]! })
  return {
    theirs: publicKey.export({ format: 'der', type: 'spki' }),
    secret: diffieHellman({
      privateKey,
      publicKey: createPublicKey({ key: kmsKey, format: 'der', type: 'spki' }),
    }),
  }
}

/**
 * Node's SM2 keys are no ECDH keys, and from Node 24 on the bare curve isn't either: the product is the library's.
 * Everything before the point is the same in all public keys.
 */
const agreedOnSm2 = async (kmsKey: Buffer): Promise<{ theirs: Buffer; secret: Buffer }> => {
  const ecdh = createECDH('SM2')
  const point = ecdh.generateKeys()
  const peer = kmsKey.subarray(-point.length)
  const coordinate = (from: number): bigint => BigInt(`0x${peer.toString('hex', from, from + 32)}`)
  const product = await sm2Multiply(BigInt(`0x${ecdh.getPrivateKey('hex')}`), {
    x: coordinate(1),
    y: coordinate(33),
  })
  return {
    theirs: Buffer.concat([kmsKey.subarray(0, -point.length), point]),
    secret: Buffer.from(product.x.toString(16).padStart(64, '0'), 'hex'),
  }
}

const kems: Readonly<Record<string, typeof ml_kem512>> = {
  ML_KEM_512: ml_kem512,
  ML_KEM_768: ml_kem768,
  ML_KEM_1024: ml_kem1024,
}
/** API Reference, Encapsulate. */
const ciphertextBytes: Readonly<Record<string, number>> = {
  ML_KEM_512: 768,
  ML_KEM_768: 1088,
  ML_KEM_1024: 1568,
}
const kem = { usage: 'ENCAPSULATE_DECAPSULATE', region: 'us-east-1' } as const
const curve = { usage: 'KEY_AGREEMENT', region: 'us-east-1' } as const

describe('shared secrets', () => {
  const kms = createKms()
  const keyOf = keyring(kms)

  for (const { transport, connected } of transports) {
    describe(`through KMSClient, ${transport}`, () => {
      const connection = connected(kms)
      const client = connection.client()

      for (const kind of agreementKinds) {
        it(`DeriveSharedSecret, ${kind.spec}: what a peer outside derives, and another key here`, async () => {
          const regional = connection.client(kind.region)
          const KeyId = await keyOf(kind)
          const kmsKey = await publicKeyFrom(regional, KeyId)
          const { theirs, secret } =
            kind.spec === 'SM2' ? await agreedOnSm2(kmsKey) : agreed(kind.spec, kmsKey)
          const KeyAgreementAlgorithm = 'ECDH'
          const answer = await regional.send(
            new DeriveSharedSecretCommand({ KeyId, KeyAgreementAlgorithm, PublicKey: theirs }),
          )
          expect(Buffer.from(answer.SharedSecret!).equals(secret)).to.equal(true)
          expect(answer).to.deep.include({ KeyAgreementAlgorithm, KeyOrigin: 'AWS_KMS' })

          const other = await keyring(kms)(kind)
          const derive = (mine: string, PublicKey: Uint8Array) =>
            regional.send(new DeriveSharedSecretCommand({ KeyId: mine, KeyAgreementAlgorithm, PublicKey }))
          const here = await derive(KeyId, await publicKeyFrom(regional, other))
          const there = await derive(other, kmsKey)
          expect(here.SharedSecret).to.deep.equal(there.SharedSecret)
          expect(here.SharedSecret).not.to.deep.equal(answer.SharedSecret)
        })
      }

      it('DeriveSharedSecret refuses what is no public key of the curve', async () => {
        const [KeyId, larger] = [
          await keyOf({ ...curve, spec: 'ECC_NIST_P256' }),
          await keyOf({ ...curve, spec: 'ECC_NIST_P384' }),
        ]
        const own = await publicKeyFrom(client, KeyId)
        const off = Buffer.from(own)
        off[off.length - 1]! ^= 1
        const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey
        const wrong = {
          'off the curve': off,
          'another curve': await publicKeyFrom(client, larger),
          'another type': rsa.export({ format: 'der', type: 'spki' }),
          'cut off': own.subarray(0, -1),
          garbage: Buffer.from('garbage'),
        }
        for (const [what, PublicKey] of Object.entries(wrong)) {
          const request = { KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey } as const
          for (const DryRun of [false, true]) {
            const command = new DeriveSharedSecretCommand({ ...request, DryRun })
            expect(await nameOf(client.send(command)), what).to.equal('ValidationException')
          }
        }
      })

      for (const kind of encapsulationKinds) {
        it(`${kind.spec}: encapsulated here or outside, decapsulated here`, async () => {
          const KeyId = await keyOf(kind)
          const EncapsulationAlgorithm = 'ML_KEM'
          const made = await client.send(new EncapsulateCommand({ KeyId, EncapsulationAlgorithm }))
          expect(made.SharedSecret).to.have.lengthOf(32)
          expect(made.SharedSecretCiphertextBlob).to.have.lengthOf(ciphertextBytes[kind.spec]!)
          expect(made).to.deep.include({ EncapsulationAlgorithm })
          const decapsulate = async (SharedSecretCiphertextBlob: Uint8Array, id = KeyId): Promise<Buffer> => {
            const command = new DecapsulateCommand({
              KeyId: id,
              EncapsulationAlgorithm,
              SharedSecretCiphertextBlob,
            })
            const opened = await client.send(command)
            expect(opened).to.deep.include({ EncapsulationAlgorithm })
            return Buffer.from(opened.SharedSecret!)
          }
          const first = made.SharedSecretCiphertextBlob!
          expect((await decapsulate(first)).equals(made.SharedSecret!)).to.equal(true)

          const outside = kems[kind.spec]!
          const spki = await publicKeyFrom(client, KeyId)
          const { cipherText, sharedSecret } = outside.encapsulate(spki.subarray(-outside.lengths.publicKey!))
          expect((await decapsulate(cipherText)).equals(sharedSecret)).to.equal(true)

          // Implicit rejection: another secret, always the same one.
          const tampered = Buffer.from(first)
          tampered[0]! ^= 1
          const rejected = await decapsulate(tampered)
          expect(rejected).to.have.lengthOf(32)
          expect(rejected.equals(made.SharedSecret!)).to.equal(false)
          expect((await decapsulate(tampered)).equals(rejected)).to.equal(true)
          const other = await keyring(kms)(kind)
          expect((await decapsulate(first, other)).equals(made.SharedSecret!)).to.equal(false)
        })
      }

      it('Decapsulate tells a ciphertext of another length', async () => {
        const small = await client.send(
          new EncapsulateCommand({
            KeyId: await keyOf({ ...kem, spec: 'ML_KEM_512' }),
            EncapsulationAlgorithm: 'ML_KEM',
          }),
        )
        const request = {
          KeyId: await keyOf({ ...kem, spec: 'ML_KEM_768' }),
          EncapsulationAlgorithm: 'ML_KEM',
        } as const
        for (const DryRun of [false, true]) {
          const command = new DecapsulateCommand({
            ...request,
            SharedSecretCiphertextBlob: small.SharedSecretCiphertextBlob,
            DryRun,
          })
          expect(await nameOf(client.send(command))).to.equal('InvalidCiphertextException')
        }
      })
    })
  }
})
