import { expect } from 'chai'
import { describe, it } from 'mocha'
import { inputs } from '#src/model/inputs.generated.js'
import { keyStates } from '#src/state/key.js'
import type { KeyState } from '#src/state/key.js'
import { caught } from './support/caught.js'
import { keysInStates, message, peerPublicKey } from './support/key-in-state.js'
import type { KeyKind, Subject } from './support/key-in-state.js'
import { temporaryFolder } from './support/temporary-folder.js'

/*
 * KMS Developer Guide, "Key states of AWS KMS keys", key state table. Its "[2] or [3]" is [3] here, as everywhere in this
 * KMS. Operations that are newer than the table stand with their like.
 */
type Outcome = 'ok' | 'disabled' | 'invalid' | 'unsupported' | 'n/a'
const names = {
  ok: undefined,
  disabled: 'DisabledException',
  invalid: 'KMSInvalidStateException',
  unsupported: 'UnsupportedOperationException',
} as const

/** The columns of {@link Row}. */
const columns = [
  'Enabled',
  'Disabled',
  'PendingDeletion',
  'PendingReplicaDeletion',
  'PendingImport',
  'Unavailable',
  'Creating',
  'Updating',
] as const satisfies readonly KeyState[]
type Row = readonly [Outcome, Outcome, Outcome, Outcome, Outcome, Outcome, Outcome, Outcome]

// prettier-ignore
const rows = {
  //                  Enabled        Disabled       PendingDeletion PendingReplicaD. PendingImport  Unavailable    Creating       Updating
  always:            ['ok',          'ok',          'ok',           'ok',            'ok',          'ok',          'ok',          'ok'],
  cryptographic:     ['ok',          'disabled',    'invalid',      'invalid',       'invalid',     'invalid',     'invalid',     'ok'],
  // Custom key stores have symmetric keys of one Region alone.
  otherCryptographic:['ok',          'disabled',    'invalid',      'invalid',       'invalid',     'n/a',         'invalid',     'ok'],
  management:        ['ok',          'ok',          'invalid',      'invalid',       'ok',          'ok',          'ok',          'ok'],
  deletion:          ['ok',          'ok',          'invalid',      'invalid',       'ok',          'ok',          'ok',          'invalid'],
  cancellation:      ['invalid',     'invalid',     'ok',           'ok',            'invalid',     'invalid',     'invalid',     'invalid'],
  switching:         ['ok',          'ok',          'invalid',      'invalid',       'invalid',     'ok',          'invalid',     'invalid'],
  granting:          ['ok',          'disabled',    'invalid',      'invalid',       'invalid',     'ok',          'invalid',     'ok'],
  // A replica that is Creating can have no grant yet, as CreateGrant is refused.
  ungranting:        ['ok',          'ok',          'ok',           'ok',            'ok',          'ok',          'n/a',         'ok'],
  // Notes 6 and 7: a key that is PendingImport or Unavailable is of the wrong origin.
  automaticRotation: ['ok',          'disabled',    'invalid',      'invalid',       'unsupported', 'unsupported', 'invalid',     'ok'],
  rotationStatus:    ['ok',          'ok',          'ok',           'ok',            'unsupported', 'unsupported', 'ok',          'ok'],
  rotation:          ['ok',          'disabled',    'invalid',      'invalid',       'invalid',     'unsupported', 'invalid',     'ok'],
  rotationList:      ['ok',          'ok',          'ok',           'ok',            'ok',          'unsupported', 'ok',          'ok'],
  importParameters:  ['ok',          'ok',          'invalid',      'invalid',       'ok',          'unsupported', 'invalid',     'invalid'],
  import:            ['ok',          'ok',          'invalid',      'invalid',       'ok',          'unsupported', 'invalid',     'ok'],
  importDeletion:    ['ok',          'ok',          'ok',           'ok',            'ok',          'unsupported', 'invalid',     'invalid'],
  notImported:       ['unsupported', 'unsupported', 'unsupported',  'unsupported',   'n/a',         'unsupported', 'unsupported', 'unsupported'],
  imported:          ['unsupported', 'unsupported', 'unsupported',  'unsupported',   'unsupported', 'unsupported', 'unsupported', 'unsupported'],
  replication:       ['ok',          'disabled',    'invalid',      'invalid',       'invalid',     'n/a',         'invalid',     'invalid'],
  primaryMove:       ['ok',          'disabled',    'invalid',      'invalid',       'invalid',     'n/a',         'invalid',     'ok'],
} as const satisfies Record<string, Row>

const Policy = JSON.stringify({
  Statement: { Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' },
})
const KeyPairSpec = 'ECC_NIST_P256'
const mac = { Message: message, MacAlgorithm: 'HMAC_SHA_256' }
const signing = { Message: message, SigningAlgorithm: 'ECDSA_SHA_256' }
const kem = { EncapsulationAlgorithm: 'ML_KEM' }
const grant = { GranteePrincipal: 'arn:aws:iam::111122223333:user/other', Operations: ['Decrypt'] }
const wrapping = { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' }

/** Operations that need a KeyId alone. */
const own = ({ id: KeyId }: Subject): object => ({ KeyId })
const withKey =
  (input: object) =>
  ({ id: KeyId }: Subject): object => ({ KeyId, ...input })
const withMade =
  (names_: readonly string[], input: object = {}) =>
  ({ id: KeyId, made }: Subject): object => ({
    KeyId,
    ...input,
    ...Object.fromEntries(names_.map((name) => [name, made[name] ?? message])),
  })

type Case = readonly [
  operation: keyof typeof inputs,
  kind: KeyKind,
  row: keyof typeof rows,
  input: (subject: Subject) => object,
]
const cases: readonly Case[] = [
  ['CancelKeyDeletion', 'symmetric', 'cancellation', own],
  ['CreateAlias', 'symmetric', 'management', ({ id }) => ({ AliasName: 'alias/new', TargetKeyId: id })],
  ['CreateGrant', 'symmetric', 'granting', withKey(grant)],
  ['Decapsulate', 'encapsulation', 'otherCryptographic', withMade(['SharedSecretCiphertextBlob'], kem)],
  ['Decrypt', 'symmetric', 'cryptographic', withMade(['CiphertextBlob'])],
  ['Decrypt', 'symmetric', 'cryptographic', ({ made: { CiphertextBlob } }) => ({ CiphertextBlob })],
  ['DeleteAlias', 'symmetric', 'always', () => ({ AliasName: 'alias/subject' })],
  ['DeleteImportedKeyMaterial', 'external', 'importDeletion', own],
  ['DeleteImportedKeyMaterial', 'symmetric', 'notImported', own],
  [
    'DeriveSharedSecret',
    'agreement',
    'otherCryptographic',
    withKey({ KeyAgreementAlgorithm: 'ECDH', PublicKey: peerPublicKey }),
  ],
  ['DescribeKey', 'symmetric', 'always', own],
  ['DisableKey', 'symmetric', 'switching', own],
  ['DisableKeyRotation', 'symmetric', 'automaticRotation', own],
  ['DisableKeyRotation', 'external', 'imported', own],
  ['EnableKey', 'symmetric', 'switching', own],
  ['EnableKeyRotation', 'symmetric', 'automaticRotation', own],
  ['EnableKeyRotation', 'external', 'imported', own],
  ['Encapsulate', 'encapsulation', 'otherCryptographic', withKey(kem)],
  ['Encrypt', 'symmetric', 'cryptographic', withKey({ Plaintext: message })],
  ['GenerateDataKey', 'symmetric', 'cryptographic', withKey({ KeySpec: 'AES_256' })],
  ['GenerateDataKeyPair', 'symmetric', 'cryptographic', withKey({ KeyPairSpec })],
  ['GenerateDataKeyPairWithoutPlaintext', 'symmetric', 'cryptographic', withKey({ KeyPairSpec })],
  ['GenerateDataKeyWithoutPlaintext', 'symmetric', 'cryptographic', withKey({ KeySpec: 'AES_256' })],
  ['GenerateMac', 'mac', 'otherCryptographic', withKey(mac)],
  ['GetKeyLastUsage', 'symmetric', 'always', own],
  ['GetKeyPolicy', 'symmetric', 'always', own],
  ['GetKeyRotationStatus', 'symmetric', 'rotationStatus', own],
  ['GetKeyRotationStatus', 'external', 'imported', own],
  ['GetParametersForImport', 'external', 'importParameters', withKey(wrapping)],
  ['GetParametersForImport', 'symmetric', 'notImported', withKey(wrapping)],
  ['GetPublicKey', 'signing', 'otherCryptographic', own],
  [
    'ImportKeyMaterial',
    'external',
    'import',
    withMade(['ImportToken', 'EncryptedKeyMaterial'], { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }),
  ],
  [
    'ImportKeyMaterial',
    'symmetric',
    'notImported',
    withKey({
      ImportToken: message,
      EncryptedKeyMaterial: message,
      ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
    }),
  ],
  ['ListAliases', 'symmetric', 'always', own],
  ['ListGrants', 'symmetric', 'always', own],
  ['ListKeyPolicies', 'symmetric', 'always', own],
  ['ListKeyRotations', 'symmetric', 'rotationList', own],
  ['ListResourceTags', 'symmetric', 'always', own],
  ['PutKeyPolicy', 'symmetric', 'always', withKey({ Policy })],
  [
    'ReEncrypt',
    'symmetric',
    'cryptographic',
    ({ made: { CiphertextBlob }, other }) => ({ CiphertextBlob, DestinationKeyId: other }),
  ],
  ['ReplicateKey', 'symmetric', 'replication', withKey({ ReplicaRegion: 'ap-south-1' })],
  ['RetireGrant', 'symmetric', 'ungranting', withMade(['GrantId'])],
  ['RevokeGrant', 'symmetric', 'ungranting', withMade(['GrantId'])],
  ['RotateKeyOnDemand', 'symmetric', 'rotation', own],
  ['ScheduleKeyDeletion', 'symmetric', 'deletion', own],
  ['Sign', 'signing', 'otherCryptographic', withKey(signing)],
  ['TagResource', 'symmetric', 'management', withKey({ Tags: [{ TagKey: 'a', TagValue: 'b' }] })],
  ['UntagResource', 'symmetric', 'management', withKey({ TagKeys: ['a'] })],
  // Note 10: the key that loses the alias may be in any state, the one that gets it may not.
  ['UpdateAlias', 'symmetric', 'always', ({ other }) => ({ AliasName: 'alias/subject', TargetKeyId: other })],
  ['UpdateAlias', 'symmetric', 'management', ({ id }) => ({ AliasName: 'alias/other', TargetKeyId: id })],
  ['UpdateKeyDescription', 'symmetric', 'management', withKey({ Description: 'd' })],
  ['UpdatePrimaryRegion', 'symmetric', 'primaryMove', ({ id, away }) => ({ KeyId: id, PrimaryRegion: away })],
  ['Verify', 'signing', 'otherCryptographic', withMade(['Signature'], signing)],
  ['VerifyMac', 'mac', 'otherCryptographic', withMade(['Mac'], mac)],
]

describe('key state × operation', function () {
  // RSA wrapping keys are made for some of it.
  this.timeout(60_000)
  const bring = keysInStates(temporaryFolder())

  it('has a column for every state', () => {
    expect([...columns].toSorted()).to.deep.equal([...keyStates].toSorted())
  })

  it('has a row for every operation that takes a key', () => {
    const naming = ['KeyId', 'TargetKeyId', 'AliasName', 'CiphertextBlob']
    const wanted = Object.entries(inputs)
      .filter(([, { members }]) => naming.some((name) => name in members))
      // CreateKey and the operations of custom key stores, among others, name no key.
      .map(([operation]) => operation)
    expect(wanted).to.have.lengthOf(46)
    expect([...new Set(cases.map(([operation]) => operation))].toSorted()).to.deep.equal(wanted.toSorted())
  })

  for (const [operation, kind, row, input] of cases) {
    columns.forEach((state, column) => {
      const outcome: Outcome = rows[row][column]!
      if (outcome === 'n/a') return
      it(`${operation} (${kind}) on ${state}: ${outcome}`, async () => {
        const subject = await bring(kind, state)
        const { kms, region, id } = subject
        const { KeyMetadata } = await kms.handle('DescribeKey', { KeyId: id }, { region })
        expect(KeyMetadata).to.have.property('KeyState', state)
        const call = kms.handle(operation, input(subject), { region })
        if (outcome === 'ok') await call
        else expect((await caught(call)).name).to.equal(names[outcome])
      })
    })
  }

  it('ReEncrypt looks at the destination as well', async () => {
    const { kms, other, id } = await bring('symmetric', 'Disabled')
    const { CiphertextBlob } = await kms.handle('Encrypt', { KeyId: other, Plaintext: message })
    const error = await caught(kms.handle('ReEncrypt', { CiphertextBlob, DestinationKeyId: id }))
    expect(error.name).to.equal('DisabledException')
  })
})
