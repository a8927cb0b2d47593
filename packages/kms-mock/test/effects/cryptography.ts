import { createPrivateKey, createPublicKey, verify } from 'node:crypto'
import type { DeriveSharedSecretCommandOutput } from '@aws-sdk/client-kms'
import { expect } from 'chai'
import { nameOf } from '../support/caught.js'
import { freshBytes, newKey } from './scene.js'
import type { Effects, Scene } from './scene.js'

const ecdsa = { SigningAlgorithm: 'ECDSA_SHA_256' } as const
const hmac = { MacAlgorithm: 'HMAC_SHA_256' } as const
const kem = { EncapsulationAlgorithm: 'ML_KEM' } as const
const keyOf = {
  signing: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
  mac: { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
  agreement: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' },
  encapsulation: { KeySpec: 'ML_KEM_512', KeyUsage: 'ENCAPSULATE_DECAPSULATE' },
} as const

/** What Decrypt makes of a ciphertext, with the key and key material that it names. */
const opened = async (
  { kms }: Scene,
  CiphertextBlob: Uint8Array | undefined,
  EncryptionContext?: Record<string, string>,
): Promise<{ plaintext: Buffer; key: object }> => {
  const { Plaintext, KeyId, KeyMaterialId } = await kms.decrypt({ CiphertextBlob, EncryptionContext })
  return { plaintext: Buffer.from(Plaintext!), key: { KeyId, KeyMaterialId } }
}

const agree = async (
  { kms }: Scene,
  KeyId: string,
  peer: string,
): Promise<DeriveSharedSecretCommandOutput> => {
  const { PublicKey } = await kms.getPublicKey({ KeyId: peer })
  return kms.deriveSharedSecret({ KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey })
}

/** What shows that data was encrypted, signed, agreed upon, drawn, and the other way round. */
export const cryptographyEffects: Effects = {
  Encrypt: async (scene) => {
    const { KeyId } = await newKey(scene)
    const Plaintext = freshBytes()
    const { CiphertextBlob } = await scene.kms.encrypt({ KeyId, Plaintext })
    expect((await opened(scene, CiphertextBlob)).plaintext).to.deep.equal(Plaintext)
  },
  Decrypt: async (scene) => {
    const { KeyId } = await newKey(scene)
    const Plaintext = freshBytes()
    const { CiphertextBlob } = await scene.kms.encrypt({ KeyId, Plaintext, EncryptionContext: { a: 'b' } })
    expect((await opened(scene, CiphertextBlob, { a: 'b' })).plaintext).to.deep.equal(Plaintext)
    expect(await nameOf(opened(scene, CiphertextBlob))).to.equal('InvalidCiphertextException')
  },
  ReEncrypt: async (scene) => {
    const [source, destination] = [await newKey(scene), await newKey(scene)]
    const Plaintext = freshBytes()
    const { CiphertextBlob } = await scene.kms.encrypt({ KeyId: source.KeyId, Plaintext })
    const moved = await scene.kms.reEncrypt({ CiphertextBlob, DestinationKeyId: destination.KeyId })
    const { plaintext, key } = await opened(scene, moved.CiphertextBlob)
    expect(plaintext).to.deep.equal(Plaintext)
    expect(key).to.include({ KeyId: destination.Arn })
  },
  GenerateDataKey: async (scene) => {
    const { KeyId, Arn } = await newKey(scene)
    const dataKey = await scene.kms.generateDataKey({ KeyId, KeySpec: 'AES_256' })
    expect(dataKey.KeyId).to.equal(Arn)
    const { plaintext } = await opened(scene, dataKey.CiphertextBlob)
    expect(plaintext).to.deep.equal(Buffer.from(dataKey.Plaintext!))
  },
  GenerateDataKeyWithoutPlaintext: async (scene) => {
    const { KeyId, Arn } = await newKey(scene)
    const dataKey = await scene.kms.generateDataKeyWithoutPlaintext({ KeyId, KeySpec: 'AES_256' })
    expect(dataKey).not.to.have.property('Plaintext')
    const { plaintext, key } = await opened(scene, dataKey.CiphertextBlob)
    expect(plaintext).to.have.lengthOf(32)
    expect(key).to.deep.equal({ KeyId: Arn, KeyMaterialId: dataKey.KeyMaterialId })
  },
  GenerateDataKeyPair: async (scene) => {
    const { KeyId, Arn } = await newKey(scene)
    const pair = await scene.kms.generateDataKeyPair({ KeyId, KeyPairSpec: 'ECC_NIST_P256' })
    expect(pair.KeyId).to.equal(Arn)
    const { plaintext } = await opened(scene, pair.PrivateKeyCiphertextBlob)
    expect(plaintext).to.deep.equal(Buffer.from(pair.PrivateKeyPlaintext!))
  },
  GenerateDataKeyPairWithoutPlaintext: async (scene) => {
    const { KeyId } = await newKey(scene)
    const request = { KeyId, KeyPairSpec: 'ECC_NIST_P256' } as const
    const pair = await scene.kms.generateDataKeyPairWithoutPlaintext(request)
    expect(pair).not.to.have.property('PrivateKeyPlaintext')
    const { plaintext } = await opened(scene, pair.PrivateKeyCiphertextBlob)
    const ours = createPublicKey(createPrivateKey({ key: plaintext, format: 'der', type: 'pkcs8' }))
    expect(ours.export({ format: 'der', type: 'spki' })).to.deep.equal(Buffer.from(pair.PublicKey!))
    const next = await scene.kms.generateDataKeyPairWithoutPlaintext(request)
    expect(next.PublicKey).not.to.deep.equal(pair.PublicKey)
  },
  GenerateRandom: async ({ kms }) => {
    const [first, second] = [
      await kms.generateRandom({ NumberOfBytes: 1024 }),
      await kms.generateRandom({ NumberOfBytes: 1024 }),
    ]
    expect(first.Plaintext).to.have.lengthOf(1024)
    expect(second.Plaintext).not.to.deep.equal(first.Plaintext)
  },
  Sign: async (scene) => {
    const { KeyId, Arn } = await newKey(scene, keyOf.signing)
    const Message = freshBytes()
    const { Signature } = await scene.kms.sign({ KeyId, Message, ...ecdsa })
    const verified = await scene.kms.verify({ KeyId, Message, Signature, ...ecdsa })
    expect(verified).to.include({ KeyId: Arn, SignatureValid: true })
  },
  Verify: async (scene) => {
    const { KeyId, Arn } = await newKey(scene, keyOf.signing)
    const Message = freshBytes()
    const { Signature } = await scene.kms.sign({ KeyId, Message, ...ecdsa })
    const verified = await scene.kms.verify({ KeyId, Message, Signature, ...ecdsa })
    expect(verified).to.include({ KeyId: Arn, SignatureValid: true })
    const other = scene.kms.verify({ KeyId, Message: freshBytes(), Signature, ...ecdsa })
    expect(await nameOf(other)).to.equal('KMSInvalidSignatureException')
  },
  GenerateMac: async (scene) => {
    const { KeyId, Arn } = await newKey(scene, keyOf.mac)
    const Message = freshBytes()
    const { Mac } = await scene.kms.generateMac({ KeyId, Message, ...hmac })
    const verified = await scene.kms.verifyMac({ KeyId, Message, Mac, ...hmac })
    expect(verified).to.include({ KeyId: Arn, MacValid: true })
  },
  VerifyMac: async (scene) => {
    const { KeyId, Arn } = await newKey(scene, keyOf.mac)
    const Message = freshBytes()
    const { Mac } = await scene.kms.generateMac({ KeyId, Message, ...hmac })
    const verified = await scene.kms.verifyMac({ KeyId, Message, Mac, ...hmac })
    expect(verified).to.include({ KeyId: Arn, MacValid: true })
    const other = scene.kms.verifyMac({ KeyId, Message: freshBytes(), Mac, ...hmac })
    expect(await nameOf(other)).to.equal('KMSInvalidMacException')
  },
  GetPublicKey: async (scene) => {
    const { KeyId } = await newKey(scene, keyOf.signing)
    const { PublicKey } = await scene.kms.getPublicKey({ KeyId })
    const Message = freshBytes()
    const { Signature } = await scene.kms.sign({ KeyId, Message, ...ecdsa })
    const key = createPublicKey({ key: Buffer.from(PublicKey!), format: 'der', type: 'spki' })
    expect(verify('sha256', Message, key, Signature!)).to.equal(true)
  },
  DeriveSharedSecret: async (scene) => {
    const [left, right] = [await newKey(scene, keyOf.agreement), await newKey(scene, keyOf.agreement)]
    const [ours, theirs] = [
      await agree(scene, left.KeyId, right.KeyId),
      await agree(scene, right.KeyId, left.KeyId),
    ]
    expect([ours.KeyId, theirs.KeyId]).to.deep.equal([left.Arn, right.Arn])
    expect(theirs.SharedSecret).to.deep.equal(ours.SharedSecret)
  },
  Encapsulate: async (scene) => {
    const { KeyId } = await newKey(scene, keyOf.encapsulation)
    const { SharedSecret, SharedSecretCiphertextBlob } = await scene.kms.encapsulate({ KeyId, ...kem })
    const decapsulated = await scene.kms.decapsulate({ KeyId, SharedSecretCiphertextBlob, ...kem })
    expect(decapsulated.SharedSecret).to.deep.equal(SharedSecret)
  },
  Decapsulate: async (scene) => {
    const { KeyId, Arn } = await newKey(scene, keyOf.encapsulation)
    for (let n = 0; n < 2; n += 1) {
      const { SharedSecret, SharedSecretCiphertextBlob } = await scene.kms.encapsulate({ KeyId, ...kem })
      const decapsulated = await scene.kms.decapsulate({ KeyId, SharedSecretCiphertextBlob, ...kem })
      expect(decapsulated).to.deep.include({ KeyId: Arn, SharedSecret })
    }
  },
}
