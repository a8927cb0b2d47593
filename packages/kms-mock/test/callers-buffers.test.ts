import { generateKeyPairSync } from 'node:crypto'
import { KMS } from '@aws-sdk/client-kms'
import { createClock, createKms } from '@sealring/kms-mock'
import type { Kms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { enclave } from './support/attestation.js'
import { importMaterial, parametersForImport } from './support/import-material.js'
import { newKey } from './support/new-key.js'
import { temporaryFolder } from './support/temporary-folder.js'

const text = Buffer.alloc(64, 'the message of the caller')

/** Runs an operation on blobs that its caller overwrites as soon as it has called; they come back unharmed. */
const handleAndOverwrite = async (
  kms: Kms,
  operation: string,
  input: object,
): Promise<Record<string, unknown>> => {
  const overwritten: Uint8Array[] = []
  const copy = (value: unknown): unknown => {
    if (value instanceof Uint8Array) {
      const bytes = Uint8Array.from(value)
      overwritten.push(bytes)
      return bytes
    }
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copy(member)]))
  }
  const answer = kms.handle(operation, copy(input))
  for (const bytes of overwritten) bytes.fill(0xff)
  return { ...(await answer) }
}

describe("a caller's buffers, overwritten before the answer is there", () => {
  const path = temporaryFolder()

  for (const [KeySpec, SigningAlgorithm, MessageType] of [
    ['ECC_NIST_P256', 'ECDSA_SHA_256', 'RAW'],
    ['RSA_2048', 'RSASSA_PSS_SHA_512', 'DIGEST'],
    ['ECC_NIST_EDWARDS25519', 'ED25519_SHA_512', 'RAW'],
    ['ECC_NIST_EDWARDS25519', 'ED25519_PH_SHA_512', 'DIGEST'],
    ['ML_DSA_44', 'ML_DSA_SHAKE_256', 'RAW'],
  ] as const) {
    it(`Sign and Verify, ${SigningAlgorithm}`, async () => {
      const kms = createKms()
      const KeyId = await newKey(kms, {}, { KeySpec, KeyUsage: 'SIGN_VERIFY' })
      const request = { KeyId, Message: text, MessageType, SigningAlgorithm }
      const { Signature } = await handleAndOverwrite(kms, 'Sign', request)
      expect(await kms.handle('Verify', { ...request, Signature })).to.include({ SignatureValid: true })
      expect(await handleAndOverwrite(kms, 'Verify', { ...request, Signature })).to.include({
        SignatureValid: true,
      })
    })
  }

  it('Decrypt and ReEncrypt under an asymmetric key', async () => {
    const kms = createKms()
    const KeyId = await newKey(kms, {}, { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' })
    const EncryptionAlgorithm = 'RSAES_OAEP_SHA_256'
    const { CiphertextBlob } = await kms.handle('Encrypt', { KeyId, Plaintext: text, EncryptionAlgorithm })
    const request = { KeyId, CiphertextBlob, EncryptionAlgorithm }
    expect(await handleAndOverwrite(kms, 'Decrypt', request)).to.deep.include({ Plaintext: text })
    const moved = await handleAndOverwrite(kms, 'ReEncrypt', {
      CiphertextBlob,
      SourceKeyId: KeyId,
      SourceEncryptionAlgorithm: EncryptionAlgorithm,
      DestinationKeyId: await newKey(kms),
    })
    const opened = await kms.handle('Decrypt', { CiphertextBlob: moved['CiphertextBlob'] })
    expect(opened).to.deep.include({ Plaintext: text })
  })

  it('DeriveSharedSecret', async () => {
    const kms = createKms()
    const KeyId = await newKey(kms, {}, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' })
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const PublicKey = publicKey.export({ format: 'der', type: 'spki' })
    const request = { KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey }
    const { SharedSecret } = await kms.handle('DeriveSharedSecret', request)
    expect(await handleAndOverwrite(kms, 'DeriveSharedSecret', request)).to.deep.include({ SharedSecret })
  })

  it('Decapsulate', async () => {
    const kms = createKms()
    const KeyId = await newKey(kms, {}, { KeySpec: 'ML_KEM_512', KeyUsage: 'ENCAPSULATE_DECAPSULATE' })
    const request = { KeyId, EncapsulationAlgorithm: 'ML_KEM' }
    const { SharedSecret, SharedSecretCiphertextBlob } = await kms.handle('Encapsulate', request)
    const answer = await handleAndOverwrite(kms, 'Decapsulate', { ...request, SharedSecretCiphertextBlob })
    expect(answer).to.deep.include({ SharedSecret })
  })

  it('ImportKeyMaterial', async () => {
    const kms = createKms()
    const client = new KMS(kms.clientConfig())
    const material = Buffer.alloc(32, 7)
    const like = await newKey(kms, {}, { Origin: 'EXTERNAL' })
    const { KeyMaterialId } = await importMaterial(client, like, material)
    await kms.handle('DeleteImportedKeyMaterial', { KeyId: like })
    const { ImportToken, wrap } = await parametersForImport(client, like)
    const imported = await handleAndOverwrite(kms, 'ImportKeyMaterial', {
      KeyId: like,
      ImportToken,
      EncryptedKeyMaterial: wrap(material),
      ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
    })
    expect(imported).to.include({ KeyMaterialId })
    client.destroy()
  })

  it('GenerateDataKeyPair for a recipient', async () => {
    const kms = createKms()
    const { document, open } = enclave()
    const { CiphertextForRecipient, PrivateKeyCiphertextBlob } = await handleAndOverwrite(
      kms,
      'GenerateDataKeyPair',
      {
        KeyId: await newKey(kms),
        KeyPairSpec: 'ECC_NIST_P256',
        Recipient: { AttestationDocument: document, KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256' },
      },
    )
    const { Plaintext } = await kms.handle('Decrypt', { CiphertextBlob: PrivateKeyCiphertextBlob })
    if (!(CiphertextForRecipient instanceof Uint8Array)) throw new Error('nothing for the recipient')
    expect(open(CiphertextForRecipient)).to.deep.equal(Plaintext)
  })

  it('Encrypt that comes late, or when a rotation is due in a state file', async () => {
    const stateFile = path('state.json')
    const kms = createKms({ stateFile, clock: createClock({ start: 1e12, frozen: true }) })
    const KeyId = await newKey(kms)
    await kms.handle('EnableKeyRotation', { KeyId, RotationPeriodInDays: 90 })
    const check = async (): Promise<void> => {
      const { CiphertextBlob } = await handleAndOverwrite(kms, 'Encrypt', { KeyId, Plaintext: text })
      expect(await kms.handle('Decrypt', { CiphertextBlob })).to.deep.include({ Plaintext: text })
    }
    kms.clock.advance({ days: 90 })
    await check()
    kms.faults.latency(1, { operation: 'Encrypt', times: 1 })
    await check()
    kms.faults.latency(1, { operation: 'Encrypt', times: 1 })
    kms.clock.advance({ days: 90 })
    await check()
  })
})
