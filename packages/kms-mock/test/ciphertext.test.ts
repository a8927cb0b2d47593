import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { nameOf } from './support/caught.js'

const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab'
const keys = [{ region: 'us-east-1', keyId, material: Buffer.alloc(32, 3).toString('base64') }]

const sealed = async (): Promise<{ kms: ReturnType<typeof createKms>; blob: Uint8Array }> => {
  const kms = createKms({ keys })
  const { CiphertextBlob } = await kms.handle('Encrypt', { KeyId: keyId, Plaintext: Buffer.from('secret') })
  if (!(CiphertextBlob instanceof Uint8Array)) throw new Error('no ciphertext')
  return { kms, blob: CiphertextBlob }
}

describe('ciphertext', () => {
  it('changed in any one bit: InvalidCiphertextException, with and without KeyId', async () => {
    const { kms, blob } = await sealed()
    for (let bit = 0; bit < blob.length * 8; bit += 1) {
      const CiphertextBlob = Buffer.from(blob)
      CiphertextBlob[bit >> 3]! ^= 1 << (bit & 7)
      for (const KeyId of [undefined, keyId]) {
        expect(await nameOf(kms.handle('Decrypt', { CiphertextBlob, KeyId })), `bit ${bit}`).to.equal(
          'InvalidCiphertextException',
        )
      }
    }
  })

  it('cut or extended anywhere: InvalidCiphertextException', async () => {
    const { kms, blob } = await sealed()
    for (let length = 1; length < blob.length; length += 1) {
      const CiphertextBlob = blob.subarray(0, length)
      expect(await nameOf(kms.handle('Decrypt', { CiphertextBlob }))).to.equal('InvalidCiphertextException')
    }
    const CiphertextBlob = Buffer.concat([blob, Buffer.alloc(1)])
    expect(await nameOf(kms.handle('Decrypt', { CiphertextBlob }))).to.equal('InvalidCiphertextException')
  })

  it('does not contain the plaintext, the key id or the material', async () => {
    const { blob } = await sealed()
    const bytes = Buffer.from(blob)
    for (const part of [
      'secret',
      keyId,
      Buffer.from(keyId.replaceAll('-', ''), 'hex'),
      Buffer.alloc(32, 3),
    ]) {
      expect(bytes.includes(part)).to.equal(false)
    }
  })

  it('opens in another KMS that has the same key, and in no KMS that lacks it', async () => {
    const { blob: CiphertextBlob } = await sealed()
    const { Plaintext } = await createKms({ keys }).handle('Decrypt', { CiphertextBlob })
    expect(Plaintext).to.deep.equal(Buffer.from('secret'))
    expect(await nameOf(createKms().handle('Decrypt', { CiphertextBlob }))).to.equal('AccessDeniedException')
    const otherMaterial = keys.map((key) => ({ ...key, material: Buffer.alloc(32, 4).toString('base64') }))
    expect(await nameOf(createKms({ keys: otherMaterial }).handle('Decrypt', { CiphertextBlob }))).to.equal(
      'InvalidCiphertextException',
    )
  })

  it('a dry run ignoring the ciphertext needs none', async () => {
    const kms = createKms({ keys })
    const DryRunModifiers = ['IGNORE_CIPHERTEXT']
    const tries = [
      [{ KeyId: keyId, DryRun: true, DryRunModifiers }, 'DryRunOperationException'],
      [{ DryRun: true, DryRunModifiers }, 'ValidationException'],
      [{ KeyId: keyId, DryRunModifiers }, 'ValidationException'],
      [{ KeyId: keyId, DryRun: true }, 'ValidationException'],
      [{}, 'ValidationException'],
    ] as const
    for (const [input, error] of tries) expect(await nameOf(kms.handle('Decrypt', input))).to.equal(error)
  })
})
