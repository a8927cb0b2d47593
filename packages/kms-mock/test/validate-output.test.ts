import { KMS } from '@aws-sdk/client-kms'
import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { caught } from './support/caught.js'
import { checkedAnswers } from './support/checked-answers.js'
import { newKey } from './support/new-key.js'
import { outputFaults, validateOutput } from './support/validate-output.js'

const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab'
const blob = Buffer.from('blob')
const encrypted = { CiphertextBlob: blob, KeyId: keyId, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' }

/** Answers of Encrypt, and what is wrong with them. */
const wrong: readonly [answer: unknown, fault: string][] = [
  [{ ...encrypted, Nonsense: 1 }, 'Encrypt.Nonsense is not in the model'],
  [{ ...encrypted, CiphertextBlob: blob.toString('base64') }, 'Encrypt.CiphertextBlob is not bytes'],
  [{ ...encrypted, CiphertextBlob: Buffer.alloc(0) }, 'Encrypt.CiphertextBlob length 0 is less than 1'],
  [
    { ...encrypted, CiphertextBlob: Buffer.alloc(6145) },
    'Encrypt.CiphertextBlob length 6145 is greater than 6144',
  ],
  [{ ...encrypted, KeyId: null }, 'Encrypt.KeyId is not a string'],
  [{ ...encrypted, KeyId: 'ключ' }, String.raw`Encrypt.KeyId does not match ^\p{ASCII}+$`],
  [
    { ...encrypted, EncryptionAlgorithm: 'ROT13' },
    'Encrypt.EncryptionAlgorithm ROT13 is not one of its values',
  ],
  [undefined, 'Encrypt is not a structure'],
  [[], 'Encrypt is not a structure'],
]

describe('the check of answers', () => {
  it('takes answers as the handler gives them, and as they stand on the wire', async () => {
    const kms = createKms()
    const KeyId = await newKey(kms)
    validateOutput('Encrypt', await kms.handle('Encrypt', { KeyId, Plaintext: blob }))
    validateOutput('DescribeKey', await kms.handle('DescribeKey', { KeyId }))
    validateOutput('EnableKey', await kms.handle('EnableKey', { KeyId }))
    validateOutput('Encrypt', { ...encrypted, CiphertextBlob: 'eA==' }, 'wire')
    validateOutput('DescribeKey', { KeyMetadata: { KeyId, CreationDate: 1.5 } }, 'wire')
  })

  for (const [answer, fault] of wrong) {
    it(`refuses: ${fault}`, () => {
      expect(outputFaults('Encrypt', answer)).to.deep.equal([fault])
      expect(() => validateOutput('Encrypt', answer)).to.throw(fault)
    })
  }

  it('looks into lists and structures', () => {
    const answer = {
      KeyMetadata: { CreationDate: 'today', Enabled: 'yes', PendingDeletionWindowInDays: 366 },
    }
    expect(outputFaults('DescribeKey', answer)).to.deep.equal([
      'DescribeKey.KeyMetadata.KeyId is missing',
      'DescribeKey.KeyMetadata.CreationDate is not a timestamp',
      'DescribeKey.KeyMetadata.Enabled is not a boolean',
      'DescribeKey.KeyMetadata.PendingDeletionWindowInDays value 366 is greater than 365',
    ])
    expect(outputFaults('ListKeys', { Keys: [{ KeyId: keyId }, { KeyId: 1 }], Truncated: 0 })).to.deep.equal([
      'ListKeys.Keys[1].KeyId is not a string',
      'ListKeys.Truncated is not a boolean',
    ])
    expect(outputFaults('EnableKey', { KeyId: keyId })).to.deep.equal(['EnableKey.KeyId is not in the model'])
    expect(
      outputFaults('DescribeKey', { KeyMetadata: { KeyId: keyId, CreationDate: new Date(0) } }, 'wire'),
    ).to.deep.equal(['DescribeKey.KeyMetadata.CreationDate is not a timestamp'])
  })

  it('stands between a client and the answers that it gets', async () => {
    const send = async (statusCode: number, document: object): Promise<Error> => {
      const config = createKms().clientConfig()
      const body = Buffer.from(JSON.stringify(document))
      const requestHandler = {
        ...config.requestHandler,
        handle: async () => ({ response: { statusCode, headers: {}, body } }),
      }
      const kms = new KMS({ ...config, requestHandler, extensions: [checkedAnswers], maxAttempts: 1 })
      return caught(kms.describeKey({ KeyId: keyId }))
    }
    expect((await send(200, { Nonsense: 1 })).message).to.include('DescribeKey.Nonsense is not in the model')
    expect((await send(400, { __type: 'TagException' })).message).to.include('does not declare TagException')
    expect((await send(400, { __type: 'NotFoundException' })).name).to.equal('NotFoundException')
  })
})
