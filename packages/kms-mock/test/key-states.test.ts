import { createKms } from '@sealring/kms-mock'
import type { Kms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { operations } from '#src/operations/operations.js'
import { caught } from './support/caught.js'
import { newKey } from './support/new-key.js'

const states = ['Enabled', 'Disabled', 'PendingDeletion', 'PendingReplicaDeletion'] as const
type State = (typeof states)[number]

const id = `mrk-${'0'.repeat(32)}`
const material = Buffer.alloc(32, 1).toString('base64')
const Plaintext = Buffer.from('x')

const grant = { GranteePrincipal: 'arn:aws:iam::111122223333:user/grantee', Operations: ['Decrypt'] }
const Policy = JSON.stringify({
  Statement: { Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' },
})

interface Subject {
  kms: Kms
  /** Encrypted under the key before it came into its state. */
  CiphertextBlob: unknown
  /** An enabled key beside it, and an alias of each. */
  other: string
  /** A grant on the key. */
  GrantId: unknown
}

// A replica in a second region: without it, no key is ever PendingReplicaDeletion.
const bring = async (state: State): Promise<Subject> => {
  const replica = state === 'PendingReplicaDeletion' ? [{ region: 'eu-west-1', keyId: id, material }] : []
  const kms = createKms({
    keys: [{ region: 'us-east-1', keyId: id, material, alias: 'alias/subject' }, ...replica],
  })
  const { CiphertextBlob } = await kms.handle('Encrypt', { KeyId: id, Plaintext })
  const other = await newKey(kms)
  await kms.handle('CreateAlias', { AliasName: 'alias/other', TargetKeyId: other })
  const { GrantId } = await kms.handle('CreateGrant', { KeyId: id, ...grant })
  if (state === 'Disabled') await kms.handle('DisableKey', { KeyId: id })
  if (state.startsWith('Pending'))
    await kms.handle('ScheduleKeyDeletion', { KeyId: id, PendingWindowInDays: 7 })
  const described = await kms.handle('DescribeKey', { KeyId: id })
  expect(described).to.have.nested.property('KeyMetadata.KeyState', state)
  return { kms, CiphertextBlob, other, GrantId }
}

/** `ok`, or the error, for each of {@link states}: the key state table of the KMS Developer Guide. */
type Row = readonly [
  Enabled: string,
  Disabled: string,
  PendingDeletion: string,
  PendingReplicaDeletion: string,
]
const always: Row = ['ok', 'ok', 'ok', 'ok']
const cryptographic: Row = ['ok', 'DisabledException', 'KMSInvalidStateException', 'KMSInvalidStateException']
const management: Row = ['ok', 'ok', 'KMSInvalidStateException', 'KMSInvalidStateException']
const cancellation: Row = ['KMSInvalidStateException', 'KMSInvalidStateException', 'ok', 'ok']

const table: readonly [operation: string, input: (subject: Subject) => object, outcomes: Row][] = [
  ['CancelKeyDeletion', () => ({ KeyId: id }), cancellation],
  ['CreateAlias', () => ({ AliasName: 'alias/new', TargetKeyId: id }), management],
  ['CreateGrant', () => ({ KeyId: id, ...grant }), cryptographic],
  ['Decrypt', ({ CiphertextBlob }) => ({ CiphertextBlob }), cryptographic],
  ['Decrypt', ({ CiphertextBlob }) => ({ CiphertextBlob, KeyId: id }), cryptographic],
  ['DeleteAlias', () => ({ AliasName: 'alias/subject' }), always],
  ['DescribeKey', () => ({ KeyId: id }), always],
  ['DisableKey', () => ({ KeyId: id }), management],
  ['EnableKey', () => ({ KeyId: id }), management],
  ['Encrypt', () => ({ KeyId: id, Plaintext }), cryptographic],
  ['GenerateDataKey', () => ({ KeyId: id, KeySpec: 'AES_256' }), cryptographic],
  ['GenerateDataKeyWithoutPlaintext', () => ({ KeyId: id, KeySpec: 'AES_256' }), cryptographic],
  ['GetKeyLastUsage', () => ({ KeyId: id }), always],
  ['GetKeyPolicy', () => ({ KeyId: id }), always],
  ['ListAliases', () => ({ KeyId: id }), always],
  ['ListGrants', () => ({ KeyId: id }), always],
  ['ListKeyPolicies', () => ({ KeyId: id }), always],
  ['ListResourceTags', () => ({ KeyId: id }), always],
  ['PutKeyPolicy', () => ({ KeyId: id, Policy }), always],
  ['ReEncrypt', ({ CiphertextBlob, other }) => ({ CiphertextBlob, DestinationKeyId: other }), cryptographic],
  ['RetireGrant', ({ GrantId }) => ({ KeyId: id, GrantId }), always],
  ['RevokeGrant', ({ GrantId }) => ({ KeyId: id, GrantId }), always],
  ['ScheduleKeyDeletion', () => ({ KeyId: id }), management],
  ['TagResource', () => ({ KeyId: id, Tags: [{ TagKey: 'a', TagValue: 'b' }] }), management],
  ['UntagResource', () => ({ KeyId: id, TagKeys: ['a'] }), management],
  ['UpdateKeyDescription', () => ({ KeyId: id, Description: 'd' }), management],
  // Note 10: the key that loses the alias may be in any state, the one that gets it may not.
  ['UpdateAlias', ({ other }) => ({ AliasName: 'alias/subject', TargetKeyId: other }), always],
  ['UpdateAlias', () => ({ AliasName: 'alias/other', TargetKeyId: id }), management],
]
/** Operations that use no existing key. */
const withoutKey = [
  'ConnectCustomKeyStore',
  'CreateCustomKeyStore',
  'CreateKey',
  'DeleteCustomKeyStore',
  'DescribeCustomKeyStores',
  'DisconnectCustomKeyStore',
  'GenerateRandom',
  'ListKeys',
  'ListRetirableGrants',
  'UpdateCustomKeyStore',
]

describe('key state × operation', () => {
  for (const [operation, input, outcomes] of table) {
    states.forEach((state, column) => {
      const outcome = outcomes[column]!
      it(`${operation} on ${state}: ${outcome}`, async () => {
        const subject = await bring(state)
        const call = subject.kms.handle(operation, input(subject))
        if (outcome === 'ok') await call
        else expect((await caught(call)).name).to.equal(outcome)
      })
    })
  }

  it('has a row for every operation', () => {
    const rows = new Set([...table.map(([operation]) => operation), ...withoutKey])
    expect([...rows].toSorted()).to.deep.equal([...operations.keys()].toSorted())
  })

  it('ReEncrypt looks at the destination as well', async () => {
    const { kms, other } = await bring('Disabled')
    const { CiphertextBlob } = await kms.handle('Encrypt', { KeyId: other, Plaintext })
    const error = await caught(kms.handle('ReEncrypt', { CiphertextBlob, DestinationKeyId: id }))
    expect(error.name).to.equal('DisabledException')
  })
})
