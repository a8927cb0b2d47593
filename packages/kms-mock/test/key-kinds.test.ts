import { createPublicKey } from 'node:crypto'
import { CreateKeyCommand, DescribeKeyCommand, GetPublicKeyCommand } from '@aws-sdk/client-kms'
import type { GetPublicKeyCommandOutput } from '@aws-sdk/client-kms'
import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { keySpecs } from '#src/cryptography/key-specs.js'
import { nameOf } from './support/caught.js'
import { keyKinds, keyring } from './support/key-kinds.js'
import { transports } from './support/transports.js'

const listNames = {
  ENCRYPT_DECRYPT: 'EncryptionAlgorithms',
  SIGN_VERIFY: 'SigningAlgorithms',
  GENERATE_VERIFY_MAC: 'MacAlgorithms',
  KEY_AGREEMENT: 'KeyAgreementAlgorithms',
  ENCAPSULATE_DECAPSULATE: 'EncapsulationAlgorithms',
} as const

/** What node:crypto calls a public key of the spec; for those that it can't read, the DER of the algorithm (RFC 9881, RFC 9935). */
const publicKeys: Readonly<Record<string, object | string>> = {
  RSA_2048: { type: 'rsa', modulusLength: 2048, publicExponent: 65_537n },
  RSA_3072: { type: 'rsa', modulusLength: 3072, publicExponent: 65_537n },
  RSA_4096: { type: 'rsa', modulusLength: 4096, publicExponent: 65_537n },
  ECC_NIST_P256: { type: 'ec', namedCurve: 'prime256v1' },
  ECC_NIST_P384: { type: 'ec', namedCurve: 'secp384r1' },
  ECC_NIST_P521: { type: 'ec', namedCurve: 'secp521r1' },
  ECC_SECG_P256K1: { type: 'ec', namedCurve: 'secp256k1' },
  ECC_NIST_EDWARDS25519: { type: 'ed25519' },
  SM2: '301306072a8648ce3d020106082a811ccf5501822d',
  ML_DSA_44: '300b0609608648016503040311',
  ML_DSA_65: '300b0609608648016503040312',
  ML_DSA_87: '300b0609608648016503040313',
  ML_KEM_512: '300b0609608648016503040401',
  ML_KEM_768: '300b0609608648016503040402',
  ML_KEM_1024: '300b0609608648016503040403',
}

const checkPublicKey = (spec: string, { PublicKey }: GetPublicKeyCommandOutput): void => {
  const spki = Buffer.from(PublicKey!)
  const expected = publicKeys[spec]!
  if (typeof expected === 'string') {
    expect(spki.toString('hex')).to.include(expected)
    return
  }
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
  expect({ type: key.asymmetricKeyType, ...key.asymmetricKeyDetails }).to.deep.equal(expected)
  expect(key.export({ format: 'der', type: 'spki' }).equals(spki)).to.equal(true)
}

describe('kinds of keys', () => {
  const kms = createKms()
  const keyOf = keyring(kms)

  it('are all that the client knows', () => {
    expect(new Set(keyKinds.map(({ spec }) => spec))).to.deep.equal(new Set(Object.keys(keySpecs)))
  })

  for (const { transport, connected } of transports) {
    describe(`through KMSClient, ${transport}`, () => {
      const connection = connected(kms)

      for (const kind of keyKinds) {
        const { spec, usage, algorithms, region } = kind
        it(`${spec}, ${usage}: described with its algorithms, and its public key`, async () => {
          const client = connection.client(region)
          const KeyId = await keyOf(kind)
          const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId }))
          const lists = Object.values(listNames).filter((name) => KeyMetadata![name] !== undefined)
          expect(lists).to.deep.equal([listNames[usage]])
          expect(KeyMetadata).to.deep.include({
            KeySpec: spec,
            CustomerMasterKeySpec: spec,
            KeyUsage: usage,
            KeyState: 'Enabled',
            [listNames[usage]]: algorithms,
          })
          const asked = client.send(new GetPublicKeyCommand({ KeyId }))
          if (publicKeys[spec] === undefined) {
            expect(await nameOf(asked)).to.equal('UnsupportedOperationException')
            return
          }
          const answer = await asked
          expect(answer).to.deep.include({
            KeyId: KeyMetadata!.Arn,
            KeySpec: spec,
            CustomerMasterKeySpec: spec,
            KeyUsage: usage,
            [listNames[usage]]: algorithms,
          })
          checkPublicKey(spec, answer)
        })
      }

      it('SM2 is in China alone, ML-KEM everywhere else', async () => {
        const sm2 = new CreateKeyCommand({ KeySpec: 'SM2', KeyUsage: 'SIGN_VERIFY' })
        const kem = new CreateKeyCommand({ KeySpec: 'ML_KEM_768', KeyUsage: 'ENCAPSULATE_DECAPSULATE' })
        expect(await nameOf(connection.client('eu-west-1').send(sm2))).to.equal(
          'UnsupportedOperationException',
        )
        expect(await nameOf(connection.client('cn-northwest-1').send(kem))).to.equal(
          'UnsupportedOperationException',
        )
      })
    })
  }
})
