import { constants, createHash, verify } from 'node:crypto'
import { GetPublicKeyCommand, SignCommand, VerifyCommand } from '@aws-sdk/client-kms'
import type { MessageType, SigningAlgorithmSpec } from '@aws-sdk/client-kms'
import { ed25519ph } from '@noble/curves/ed25519.js'
import { ml_dsa44, ml_dsa65, ml_dsa87 } from '@noble/post-quantum/ml-dsa.js'
import { shake256 } from '@noble/hashes/sha3.js'
import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { nameOf } from './support/caught.js'
import { keyring, signingKinds } from './support/key-kinds.js'
import { hasOpenssl, openssl, withOpenssl } from './support/openssl.js'
import { transports } from './support/transports.js'

const message = Buffer.from('Sign here. ' + 'x'.repeat(200))

const nodeVerify =
  (hash: string | null, options: object = {}) =>
  (spki: Buffer, signed: Buffer, signature: Buffer): boolean =>
    verify(hash, signed, { key: spki, format: 'der', type: 'spki', ...options }, signature)

const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
const mlDsa: Readonly<Record<string, typeof ml_dsa44>> = {
  ML_DSA_44: ml_dsa44,
  ML_DSA_65: ml_dsa65,
  ML_DSA_87: ml_dsa87,
}
type Outside = (spki: Buffer, signed: Buffer, signature: Buffer, spec: string) => boolean

const sm2 = (spki: Buffer, signed: Buffer, signature: Buffer): boolean => {
  const options = ['-digest', 'sm3', '-pkeyopt', 'distid:1234567812345678']
  const args = ['-verify', '-pubin', '-keyform', 'DER', '-inkey', '$key', '-rawin', '-in', '$message']
  const files = { key: spki, message: signed, signature }
  return openssl(['pkeyutl', ...args, '-sigfile', '$signature', ...options], files) !== undefined
}

/** Verification that shares nothing with KMS but the public key. */
const outside: Readonly<Record<string, Outside>> = {
  RSASSA_PKCS1_V1_5_SHA_256: nodeVerify('sha256'),
  RSASSA_PKCS1_V1_5_SHA_384: nodeVerify('sha384'),
  RSASSA_PKCS1_V1_5_SHA_512: nodeVerify('sha512'),
  RSASSA_PSS_SHA_256: nodeVerify('sha256', pss),
  RSASSA_PSS_SHA_384: nodeVerify('sha384', pss),
  RSASSA_PSS_SHA_512: nodeVerify('sha512', pss),
  ECDSA_SHA_256: nodeVerify('sha256'),
  ECDSA_SHA_384: nodeVerify('sha384'),
  ECDSA_SHA_512: nodeVerify('sha512'),
  ED25519_SHA_512: nodeVerify(null),
  // What KMS is given is hashed, and KMS hashes it again (API Reference, Sign, MessageType).
  ED25519_PH_SHA_512: (spki, signed, signature) =>
    ed25519ph.verify(signature, createHash('sha512').update(signed).digest(), spki.subarray(-32)),
  SM2DSA: sm2,
  ML_DSA_SHAKE_256: (spki, signed, signature, spec) => {
    const scheme = mlDsa[spec]!
    return scheme.verify(signature, signed, spki.subarray(-scheme.lengths.publicKey!))
  },
}

const hashOf = (algorithm: string): string => `sha${/\d{3}$/.exec(algorithm)![0]}`

/** µ of FIPS 204, algorithm 7, with an empty context. */
const muOf = (spki: Buffer, spec: string): Buffer => {
  const publicKey = spki.subarray(-mlDsa[spec]!.lengths.publicKey!)
  const tr = shake256(publicKey, { dkLen: 64 })
  return Buffer.from(shake256(Buffer.concat([tr, Buffer.of(0, 0), message]), { dkLen: 64 }))
}

/** The message in each form that the algorithm takes: the first column of the API Reference's rules for MessageType. */
const formsOf = (algorithm: string, spec: string, spki: Buffer): [MessageType, Buffer][] => {
  if (algorithm === 'ED25519_SHA_512') return [['RAW', message]]
  const digest = (): Buffer => createHash(hashOf(algorithm)).update(message).digest()
  if (algorithm === 'ED25519_PH_SHA_512') return [['DIGEST', digest()]]
  if (algorithm === 'ML_DSA_SHAKE_256') {
    return [
      ['RAW', message],
      ['EXTERNAL_MU', muOf(spki, spec)],
    ]
  }
  return algorithm === 'SM2DSA'
    ? [['RAW', message]]
    : [
        ['RAW', message],
        ['DIGEST', digest()],
      ]
}

describe('Sign and Verify', () => {
  const kms = createKms()
  const keyOf = keyring(kms)

  for (const { transport, connected } of transports) {
    describe(`through KMSClient, ${transport}`, () => {
      const connection = connected(kms)

      for (const kind of signingKinds) {
        for (const algorithm of kind.algorithms) {
          const title = `${kind.spec}, ${algorithm}: verified outside, and by Verify; not when tampered with`
          it(algorithm === 'SM2DSA' ? withOpenssl(title) : title, async function () {
            if (algorithm === 'SM2DSA' && !hasOpenssl) this.skip()
            const client = connection.client(kind.region)
            const KeyId = await keyOf(kind)
            const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId }))
            const spki = Buffer.from(PublicKey!)
            const SigningAlgorithm = algorithm
            for (const [MessageType, Message] of formsOf(algorithm, kind.spec, spki)) {
              const request = { KeyId, Message, MessageType, SigningAlgorithm }
              const answer = await client.send(new SignCommand(request))
              expect(answer).to.deep.include({ SigningAlgorithm })
              expect(answer.KeyId).to.match(
                new RegExp(`^arn:aws(-cn)?:kms:${kind.region}:\\d+:key/${KeyId}$`),
              )
              const Signature = Buffer.from(answer.Signature!)
              const check = outside[algorithm]!
              expect(check(spki, message, Signature, kind.spec), MessageType).to.equal(true)
              expect(check(spki, Buffer.from('another'), Signature, kind.spec), MessageType).to.equal(false)

              const verified = await client.send(new VerifyCommand({ ...request, Signature }))
              expect(verified).to.deep.include({
                KeyId: answer.KeyId,
                SignatureValid: true,
                SigningAlgorithm,
              })
              const tampered = Buffer.from(Signature)
              tampered[tampered.length >> 1]! ^= 1
              for (const wrong of [tampered, Signature.subarray(0, -1), Buffer.of(1)]) {
                expect(
                  await nameOf(client.send(new VerifyCommand({ ...request, Signature: wrong }))),
                ).to.equal('KMSInvalidSignatureException')
              }
              const changed = Buffer.from(Message)
              changed[0]! ^= 1
              expect(
                await nameOf(client.send(new VerifyCommand({ ...request, Message: changed, Signature }))),
              ).to.equal('KMSInvalidSignatureException')
            }
          })
        }
      }

      it('the form of the message need not be that of signing', async () => {
        const client = connection.client()
        const KeyId = await keyOf({ spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY', region: 'us-east-1' })
        const SigningAlgorithm = 'ECDSA_SHA_256'
        // RAW is the default.
        const { Signature } = await client.send(
          new SignCommand({ KeyId, Message: message, SigningAlgorithm }),
        )
        const Message = createHash('sha256').update(message).digest()
        const request = { KeyId, Message, MessageType: 'DIGEST', SigningAlgorithm, Signature } as const
        expect((await client.send(new VerifyCommand(request))).SignatureValid).to.equal(true)
      })

      const refused: [
        string,
        { spec: 'RSA_2048' | 'ECC_NIST_P256' | 'ECC_NIST_EDWARDS25519' | 'ML_DSA_44' },
        SigningAlgorithmSpec,
        MessageType,
        number,
        string,
      ][] = [
        [
          'a digest that is too short',
          { spec: 'ECC_NIST_P256' },
          'ECDSA_SHA_256',
          'DIGEST',
          31,
          'ValidationException',
        ],
        [
          'a digest that is too long',
          { spec: 'RSA_2048' },
          'RSASSA_PSS_SHA_256',
          'DIGEST',
          48,
          'ValidationException',
        ],
        [
          'a µ of another length',
          { spec: 'ML_DSA_44' },
          'ML_DSA_SHAKE_256',
          'EXTERNAL_MU',
          63,
          'ValidationException',
        ],
        [
          'µ without ML-DSA',
          { spec: 'RSA_2048' },
          'RSASSA_PSS_SHA_256',
          'EXTERNAL_MU',
          64,
          'ValidationException',
        ],
        [
          'a digest for ML-DSA',
          { spec: 'ML_DSA_44' },
          'ML_DSA_SHAKE_256',
          'DIGEST',
          64,
          'ValidationException',
        ],
        [
          'a digest for Ed25519',
          { spec: 'ECC_NIST_EDWARDS25519' },
          'ED25519_SHA_512',
          'DIGEST',
          64,
          'ValidationException',
        ],
        [
          'a raw message for Ed25519ph',
          { spec: 'ECC_NIST_EDWARDS25519' },
          'ED25519_PH_SHA_512',
          'RAW',
          64,
          'ValidationException',
        ],
        [
          'more than 4096 bytes',
          { spec: 'ECC_NIST_P256' },
          'ECDSA_SHA_256',
          'RAW',
          4097,
          'ValidationException',
        ],
        [
          'an algorithm of another spec',
          { spec: 'ECC_NIST_P256' },
          'ECDSA_SHA_384',
          'RAW',
          1,
          'InvalidKeyUsageException',
        ],
        [
          'an algorithm of another family',
          { spec: 'RSA_2048' },
          'ECDSA_SHA_256',
          'RAW',
          1,
          'InvalidKeyUsageException',
        ],
      ]
      for (const [what, { spec }, SigningAlgorithm, MessageType, length, error] of refused) {
        it(`${what}: ${error}`, async () => {
          const client = connection.client()
          const KeyId = await keyOf({ spec, usage: 'SIGN_VERIFY', region: 'us-east-1' })
          const request = { KeyId, Message: Buffer.alloc(length), MessageType, SigningAlgorithm }
          expect(await nameOf(client.send(new SignCommand(request)))).to.equal(error)
          const Signature = Buffer.alloc(64)
          expect(await nameOf(client.send(new VerifyCommand({ ...request, Signature })))).to.equal(error)
          // A dry run tells the same.
          expect(await nameOf(client.send(new SignCommand({ ...request, DryRun: true })))).to.equal(error)
        })
      }

      it('takes 4096 bytes', async () => {
        const KeyId = await keyOf({ spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY', region: 'us-east-1' })
        const request = { KeyId, Message: Buffer.alloc(4096), SigningAlgorithm: 'ECDSA_SHA_256' } as const
        const { Signature } = await connection.client().send(new SignCommand(request))
        await connection.client().send(new VerifyCommand({ ...request, Signature }))
      })

      it('says what AWS says of a digest of the wrong length', async () => {
        const KeyId = await keyOf({ spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY', region: 'us-east-1' })
        const request = { KeyId, Message: Buffer.alloc(5), MessageType: 'DIGEST' } as const
        let said = ''
        try {
          await connection.client().send(new SignCommand({ ...request, SigningAlgorithm: 'ECDSA_SHA_256' }))
        } catch (error) {
          if (error instanceof Error) said = error.message
        }
        expect(said).to.equal('Digest is invalid length for algorithm ECDSA_SHA_256.')
      })

      it('a signature of another key is none', async () => {
        const client = connection.client()
        const KeyId = await keyOf({ spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY', region: 'us-east-1' })
        const other = await keyring(kms)({ spec: 'ECC_NIST_P256', usage: 'SIGN_VERIFY', region: 'us-east-1' })
        const request = { Message: message, SigningAlgorithm: 'ECDSA_SHA_256' } as const
        const { Signature } = await client.send(new SignCommand({ KeyId, ...request }))
        expect(
          await nameOf(client.send(new VerifyCommand({ KeyId: other, ...request, Signature }))),
        ).to.equal('KMSInvalidSignatureException')
      })
    })
  }
})
