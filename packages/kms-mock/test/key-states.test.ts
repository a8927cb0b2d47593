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

interface Subject {
  kms: Kms
  /** Encrypted under the key before it came into its state. */
  CiphertextBlob: unknown
  /** An enabled key beside it, and an alias of each. */
  other: string
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
  if (state === 'Disabled') await kms.handle('DisableKey', { KeyId: id })
  if (state.startsWith('Pending'))
    await kms.handle('ScheduleKeyDeletion', { KeyId: id, PendingWindowInDays: 7 })
  const described = await kms.handle('DescribeKey', { KeyId: id })
  expect(described).to.have.nested.property('KeyMetadata.KeyState', state)
  return { kms, CiphertextBlob, other }
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
  ['Decrypt', ({ CiphertextBlob }) => ({ CiphertextBlob }), cryptographic],
  ['Decrypt', ({ CiphertextBlob }) => ({ CiphertextBlob, KeyId: id }), cryptographic],
  ['DeleteAlias', () => ({ AliasName: 'alias/subject' }), always],
  ['DescribeKey', () => ({ KeyId: id }), always],
  ['DisableKey', () => ({ KeyId: id }), management],
  ['EnableKey', () => ({ KeyId: id }), management],
  ['Encrypt', () => ({ KeyId: id, Plaintext }), cryptographic],
  ['GenerateDataKey', () => ({ KeyId: id, KeySpec: 'AES_256' }), cryptographic],
  ['GenerateDataKeyPair', () => ({ KeyId: id, KeyPairSpec: 'ECC_NIST_P256' }), cryptographic],
  ['GenerateDataKeyPairWithoutPlaintext', () => ({ KeyId: id, KeyPairSpec: 'ECC_NIST_P256' }), cryptographic],
  ['GenerateDataKeyWithoutPlaintext', () => ({ KeyId: id, KeySpec: 'AES_256' }), cryptographic],
  ['ListAliases', () => ({ KeyId: id }), always],
  ['ReEncrypt', ({ CiphertextBlob, other }) => ({ CiphertextBlob, DestinationKeyId: other }), cryptographic],
  ['ScheduleKeyDeletion', () => ({ KeyId: id }), management],
  // Note 10: the key that loses the alias may be in any state, the one that gets it may not.
  ['UpdateAlias', ({ other }) => ({ AliasName: 'alias/subject', TargetKeyId: other }), always],
  ['UpdateAlias', () => ({ AliasName: 'alias/other', TargetKeyId: id }), management],
]
/** Operations that use no existing key. */
const withoutKey = ['CreateKey', 'GenerateRandom', 'ListKeys']
/** Operations of keys that aren't symmetric encryption keys: usage-key-states.test.ts. */
const ofOtherUsages = [
  'Decapsulate',
  'DeriveSharedSecret',
  'Encapsulate',
  'GenerateMac',
  'GetPublicKey',
  'Sign',
  'Verify',
  'VerifyMac',
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
    const rows = new Set([...table.map(([operation]) => operation), ...withoutKey, ...ofOtherUsages])
    expect([...rows].toSorted()).to.deep.equal([...operations.keys()].toSorted())
  })

  it('ReEncrypt looks at the destination as well', async () => {
    const { kms, other } = await bring('Disabled')
    const { CiphertextBlob } = await kms.handle('Encrypt', { KeyId: other, Plaintext })
    const error = await caught(kms.handle('ReEncrypt', { CiphertextBlob, DestinationKeyId: id }))
    expect(error.name).to.equal('DisabledException')
  })
})
