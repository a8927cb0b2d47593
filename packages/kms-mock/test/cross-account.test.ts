import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { nameOf } from './support/caught.js'
import { memberAt } from './support/member.js'
import { newKey } from './support/new-key.js'

const other = { accountId: '444455556666' }
const Plaintext = Buffer.from('plaintext')

// API Reference, Decrypt and ReEncrypt, "Cross-account use".
describe('another account’s key by its short id', () => {
  it('decrypts and re-encrypts its own symmetric ciphertexts, and does nothing else', async () => {
    const kms = createKms()
    const KeyId = await newKey(kms)
    const another = await newKey(kms)
    const { CiphertextBlob } = await kms.handle('Encrypt', { KeyId, Plaintext })
    expect(await kms.handle('Decrypt', { KeyId, CiphertextBlob }, other)).to.deep.include({
      Plaintext,
      KeyId: `arn:aws:kms:us-east-1:111122223333:key/${KeyId}`,
    })
    const own = memberAt(await kms.handle('CreateKey', {}, other), 'KeyMetadata', 'KeyId')
    await kms.handle('ReEncrypt', { SourceKeyId: KeyId, CiphertextBlob, DestinationKeyId: own }, other)
    const refused: readonly [operation: string, input: object][] = [
      ['Decrypt', { KeyId: another, CiphertextBlob }],
      ['Decrypt', { KeyId, DryRun: true, DryRunModifiers: ['IGNORE_CIPHERTEXT'] }],
      ['ReEncrypt', { CiphertextBlob, DestinationKeyId: KeyId }],
      ['Encrypt', { KeyId, Plaintext }],
    ]
    for (const [operation, input] of refused) {
      expect(await nameOf(kms.handle(operation, input, other)), operation).to.equal('NotFoundException')
    }
    expect(await nameOf(kms.handle('Decrypt', { KeyId: own, CiphertextBlob }, other))).to.equal(
      'IncorrectKeyException',
    )
  })

  it('an asymmetric ciphertext needs the ARN', async () => {
    const kms = createKms()
    const KeyId = await newKey(kms, {}, { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' })
    const EncryptionAlgorithm = 'RSAES_OAEP_SHA_256'
    const { CiphertextBlob } = await kms.handle('Encrypt', { KeyId, Plaintext, EncryptionAlgorithm })
    const decrypt = (id: string): Promise<object> =>
      kms.handle('Decrypt', { KeyId: id, CiphertextBlob, EncryptionAlgorithm }, other)
    expect(await nameOf(decrypt(KeyId))).to.equal('NotFoundException')
    expect(await decrypt(`arn:aws:kms:us-east-1:111122223333:key/${KeyId}`)).to.deep.include({ Plaintext })
  })
})
