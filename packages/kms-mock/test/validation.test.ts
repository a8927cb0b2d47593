import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { caught, nameOf } from './support/caught.js'

const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab'
const create = (): ReturnType<typeof createKms> =>
  createKms({ keys: [{ region: 'us-east-1', keyId, material: Buffer.alloc(32).toString('base64') }] })
const Plaintext = Buffer.from('x')
const one = '1 validation error detected: '

/** Inputs, and AWS's words for what is wrong with them. */
const violations: readonly [operation: string, input: object, message: string][] = [
  [
    'Encrypt',
    { Plaintext },
    `${one}Value null at 'keyId' failed to satisfy constraint: Member must not be null`,
  ],
  [
    'Encrypt',
    { KeyId: keyId },
    `${one}Value at 'plaintext' failed to satisfy constraint: Member must not be null`,
  ],
  [
    'Encrypt',
    {},
    "2 validation errors detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null; Value at 'plaintext' failed to satisfy constraint: Member must not be null",
  ],
  [
    'Encrypt',
    { KeyId: keyId, Plaintext: Buffer.alloc(0) },
    `${one}Value at 'plaintext' failed to satisfy constraint: Member must have length greater than or equal to 1`,
  ],
  [
    'Encrypt',
    { KeyId: keyId, Plaintext: Buffer.alloc(4097) },
    `${one}Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096`,
  ],
  [
    'Encrypt',
    { KeyId: 'k'.repeat(2049), Plaintext },
    `${one}Value '${'k'.repeat(2049)}' at 'keyId' failed to satisfy constraint: Member must have length less than or equal to 2048`,
  ],
  [
    'Encrypt',
    { KeyId: keyId, Plaintext, EncryptionAlgorithm: 'ROT13' },
    `${one}Value 'ROT13' at 'encryptionAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [RSAES_OAEP_SHA_1, RSAES_OAEP_SHA_256, SM2PKE, SYMMETRIC_DEFAULT]`,
  ],
  [
    'Encrypt',
    { KeyId: keyId, Plaintext, EncryptionContext: { a: null, b: 'c' } },
    `${one}Value '{a=null, b=c}' at 'encryptionContext' failed to satisfy constraint: Map value must satisfy constraint: [Member must not be null]`,
  ],
  [
    'Decrypt',
    { CiphertextBlob: Buffer.alloc(6145) },
    `${one}Value at 'ciphertextBlob' failed to satisfy constraint: Member must have length less than or equal to 6144`,
  ],
  [
    'GenerateDataKey',
    { KeyId: keyId, NumberOfBytes: 0 },
    `${one}Value '0' at 'numberOfBytes' failed to satisfy constraint: Member must have value greater than or equal to 1`,
  ],
  [
    'GenerateDataKey',
    { KeyId: keyId, NumberOfBytes: 1025 },
    `${one}Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024`,
  ],
  [
    'GenerateDataKey',
    { KeyId: keyId, KeySpec: 'AES_512' },
    `${one}Value 'AES_512' at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set: [RSA_2048, RSA_3072, RSA_4096, ECC_NIST_P256, ECC_NIST_P384, ECC_NIST_P521, ECC_SECG_P256K1, ECC_NIST_EDWARDS25519, SYMMETRIC_DEFAULT, HMAC_224, HMAC_256, HMAC_384, HMAC_512, SM2, ML_DSA_44, ML_DSA_65, ML_DSA_87]`,
  ],
  ['GenerateDataKey', { KeyId: keyId }, 'Please specify either number of bytes or key spec.'],
  [
    'GenerateDataKey',
    { KeyId: keyId, KeySpec: 'AES_256', NumberOfBytes: 32 },
    'Please specify either number of bytes or key spec.',
  ],
  ['GenerateRandom', {}, 'NumberOfBytes is required.'],
  [
    'CreateAlias',
    { AliasName: 'example', TargetKeyId: keyId },
    'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
  ],
  [
    'CreateAlias',
    { AliasName: 'alias/a.b', TargetKeyId: keyId },
    `${one}Value 'alias/a.b' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$`,
  ],
  [
    'CreateAlias',
    { AliasName: 'alias/a:b', TargetKeyId: keyId },
    'alias/a:b contains invalid characters for an alias',
  ],
  [
    'CreateAlias',
    { AliasName: `alias/${'a'.repeat(251)}`, TargetKeyId: keyId },
    `${one}Value 'alias/${'a'.repeat(251)}' at 'aliasName' failed to satisfy constraint: Member must have length less than or equal to 256`,
  ],
  [
    'CreateAlias',
    { AliasName: 'alias/a', TargetKeyId: '' },
    "2 validation errors detected: Value '' at 'targetKeyId' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '' at 'targetKeyId' failed to satisfy constraint: Member must satisfy regular expression pattern: ^\\p{ASCII}+$",
  ],
  [
    'DescribeKey',
    { KeyId: 'キー' },
    `${one}Value 'キー' at 'keyId' failed to satisfy constraint: Member must satisfy regular expression pattern: ^\\p{ASCII}+$`,
  ],
  [
    'Encrypt',
    { KeyId: keyId, Plaintext, GrantTokens: Array.from({ length: 11 }, () => 't') },
    `${one}Value '[t, t, t, t, t, t, t, t, t, t, t]' at 'grantTokens' failed to satisfy constraint: Member must have length less than or equal to 10`,
  ],
  [
    'Encrypt',
    { KeyId: keyId, Plaintext, GrantTokens: ['', 't', null] },
    `${one}Value '[, t, null]' at 'grantTokens' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 8192, Member must have length greater than or equal to 1, Member must not be null]`,
  ],
  [
    'ListKeys',
    { ResourceOwners: ['SELF', 'US'] },
    `${one}Value '[SELF, US]' at 'resourceOwners' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [SELF, OTHER_ACCOUNTS_VIA_RAM], Member must not be null]`,
  ],
  [
    'CreateKey',
    { Tags: [null] },
    `${one}Value null at 'tags.1.member' failed to satisfy constraint: Member must not be null`,
  ],
  [
    'Decrypt',
    { CiphertextBlob: Plaintext, Recipient: { AttestationDocument: '', KeyEncryptionAlgorithm: 'ROT13' } },
    "2 validation errors detected: Value 'ROT13' at 'recipient.keyEncryptionAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [RSAES_OAEP_SHA_256]; Value at 'recipient.attestationDocument' failed to satisfy constraint: Member must have length greater than or equal to 1",
  ],
  [
    'ScheduleKeyDeletion',
    { KeyId: keyId, PendingWindowInDays: 6 },
    'PendingWindowInDays must be between 7 and 30, inclusive.',
  ],
  [
    'ScheduleKeyDeletion',
    { KeyId: keyId, PendingWindowInDays: 31 },
    'PendingWindowInDays must be between 7 and 30, inclusive.',
  ],
  [
    'ScheduleKeyDeletion',
    { KeyId: keyId, PendingWindowInDays: 366 },
    `${one}Value '366' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value less than or equal to 365`,
  ],
  [
    'ListKeys',
    { Limit: 1001 },
    `${one}Value '1001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 1000`,
  ],
  [
    'ListKeys',
    { Limit: 0 },
    `${one}Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1`,
  ],
  [
    'ListAliases',
    { Limit: 101 },
    `${one}Value '101' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 100`,
  ],
  [
    'CreateKey',
    { Tags: [{ TagKey: '', TagValue: 'x' }] },
    `${one}Value '' at 'tags.1.member.tagKey' failed to satisfy constraint: Member must have length greater than or equal to 1`,
  ],
  [
    'CreateKey',
    { Tags: [{ TagKey: 'x' }] },
    `${one}Value null at 'tags.1.member.tagValue' failed to satisfy constraint: Member must not be null`,
  ],
]

/** Values of the wrong type: a SerializationException, which never repeats them. */
const wrongTypes: readonly [operation: string, input: unknown][] = [
  ['Encrypt', 'text'],
  ['Encrypt', []],
  ['Encrypt', { KeyId: 1, Plaintext }],
  ['Encrypt', { KeyId: keyId, Plaintext: 'not base64: hunter2' }],
  ['Encrypt', { KeyId: keyId, Plaintext: { hunter2: 1 } }],
  ['Encrypt', { KeyId: keyId, Plaintext, EncryptionContext: { a: 1 } }],
  ['Encrypt', { KeyId: keyId, Plaintext, EncryptionContext: [] }],
  ['Encrypt', { KeyId: keyId, Plaintext, GrantTokens: 'token' }],
  ['Encrypt', { KeyId: keyId, Plaintext, DryRun: 'true' }],
  ['GenerateDataKey', { KeyId: keyId, NumberOfBytes: 1.5 }],
  ['GenerateDataKey', { KeyId: keyId, NumberOfBytes: '32' }],
  ['GenerateDataKey', { KeyId: keyId, NumberOfBytes: 2 ** 40 }],
]

describe('validation', () => {
  for (const [operation, input, message] of violations) {
    it(`${operation}: ${message.slice(0, 100)}`, async () => {
      expect(await caught(create().handle(operation, input))).to.include({
        name: 'ValidationException',
        message,
      })
    })
  }

  for (const [operation, input] of wrongTypes) {
    it(`${operation} ${JSON.stringify(input)}: SerializationException`, async () => {
      const error = await caught(create().handle(operation, input))
      expect(error.name).to.equal('SerializationException')
      expect(error.message).not.to.include('hunter2')
    })
  }

  it('takes the bounds themselves', async () => {
    const kms = create()
    const calls: [string, object][] = [
      ['Encrypt', { KeyId: keyId, Plaintext: Buffer.alloc(4096) }],
      ['GenerateDataKey', { KeyId: keyId, NumberOfBytes: 1024 }],
      ['ListKeys', { Limit: 1000 }],
      ['ListAliases', { Limit: 100 }],
      ['CreateAlias', { AliasName: `alias/${'a'.repeat(250)}`, TargetKeyId: keyId }],
      ['CreateKey', { Description: 'd'.repeat(8192) }],
      ['ScheduleKeyDeletion', { KeyId: keyId, PendingWindowInDays: 30 }],
    ]
    for (const [operation, input] of calls) await kms.handle(operation, input)
  })

  it('ignores unknown members, takes null for absent and base64 for bytes', async () => {
    const input = { KeyId: keyId, Plaintext: 'eA==', Nonsense: 1, EncryptionContext: null }
    const { CiphertextBlob } = await create().handle('Encrypt', input)
    expect(await create().handle('Decrypt', { CiphertextBlob })).to.deep.include({ Plaintext })
  })

  it('refuses kinds of keys that do not exist, and operations that do not', async () => {
    const kms = create()
    const refused: [object, string][] = [
      [{ KeySpec: 'SM2', KeyUsage: 'SIGN_VERIFY' }, 'UnsupportedOperationException'],
      [{ KeySpec: 'HMAC_256' }, 'ValidationException'],
      [{ KeyUsage: 'SIGN_VERIFY' }, 'ValidationException'],
      [{ KeySpec: 'SYMMETRIC_DEFAULT', CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT' }, 'ValidationException'],
      [{ XksKeyId: 'x' }, 'ValidationException'],
    ]
    for (const [input, name] of refused) expect(await nameOf(kms.handle('CreateKey', input))).to.equal(name)
    expect(await nameOf(kms.handle('constructor', {}))).to.equal('UnknownOperationException')
  })
})
