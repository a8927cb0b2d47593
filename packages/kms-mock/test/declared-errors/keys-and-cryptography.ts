import { generateKeyPairSync } from 'node:crypto'
import type { DataKeyPairSpec, KMS, KeyUsageType } from '@aws-sdk/client-kms'
import { apiReference, everyState, resourceQuotas } from './not-provoked.js'
import type { NotProvoked } from './not-provoked.js'

const Plaintext = Buffer.from('plaintext')
const missing = '12345678-1234-1234-1234-123456789012'
const malformedArn = 'arn:aws:kms:us-east-1:1:key/x'
const GrantTokens = ['no-grant']
const OAEP = 'RSAES_OAEP_SHA_256'

/** A usage, and keys of it in these states. */
interface UsageSubject {
  usage: KeyUsageType
  enabled: string
  disabled: string
  pending: string
}

/** What keys, aliases and cryptography are provoked with. */
export interface KeySetup {
  kms: KMS
  /** Ids of keys in these states. */
  enabled: string
  other: string
  disabled: string
  pending: string
  /** Has as many aliases as a key may have. */
  crowded: string
  /** Keys of other usages. */
  usages: readonly UsageSubject[]
  /** Encrypted under `enabled`, `disabled`, `pending`. */
  blob: Uint8Array
  disabledBlob: Uint8Array
  pendingBlob: Uint8Array
}
type Provoke = (setup: KeySetup) => Promise<unknown>

const keyOperation = (
  call: (kms: KMS, KeyId: string, extra: { DryRun?: boolean; GrantTokens?: string[] }) => Promise<unknown>,
): Record<string, Provoke> => ({
  NotFoundException: ({ kms }) => call(kms, missing, {}),
  DisabledException: ({ kms, disabled }) => call(kms, disabled, {}),
  InvalidGrantTokenException: ({ kms, enabled }) => call(kms, enabled, { GrantTokens }),
  KMSInvalidStateException: ({ kms, pending }) => call(kms, pending, {}),
  DryRunOperationException: ({ kms, enabled }) => call(kms, enabled, { DryRun: true }),
})

/** As `keyOperation`, for keys of another usage. */
const usageOperation = (
  usage: KeyUsageType,
  call: (kms: KMS, KeyId: string, extra: { DryRun?: boolean; GrantTokens?: string[] }) => Promise<unknown>,
): Record<string, Provoke> => ({
  ...Object.fromEntries(
    Object.entries(keyOperation(call)).map(([name, provoke]) => [
      name,
      (setup) => provoke({ ...setup, ...setup.usages.find((subject) => subject.usage === usage)! }),
    ]),
  ),
  // `enabled` is a symmetric encryption key here.
  InvalidKeyUsageException: ({ kms, enabled }) => call(kms, enabled, {}),
})
const Message = Plaintext
const ecdsa = { Message, SigningAlgorithm: 'ECDSA_SHA_256' } as const
const hmac = { Message, MacAlgorithm: 'HMAC_SHA_256' } as const
const kem = { EncapsulationAlgorithm: 'ML_KEM' } as const
const usageKeys = {
  SIGN_VERIFY: 'ECC_NIST_P256',
  GENERATE_VERIFY_MAC: 'HMAC_256',
  KEY_AGREEMENT: 'ECC_NIST_P256',
  ENCAPSULATE_DECAPSULATE: 'ML_KEM_512',
} as const
const PublicKey = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey.export({
  format: 'der',
  type: 'spki',
})
const keyOfUsage = ({ usages }: KeySetup, usage: KeyUsageType): string =>
  usages.find((subject) => subject.usage === usage)!.enabled

const dataKeyPair = (
  call: (kms: KMS, KeyId: string, KeyPairSpec: DataKeyPairSpec, extra: object) => Promise<unknown>,
): Record<string, Provoke> => ({
  ...keyOperation((kms, KeyId, extra) => call(kms, KeyId, 'ECC_NIST_P256', extra)),
  InvalidKeyUsageException: (setup) => call(setup.kms, keyOfUsage(setup, 'SIGN_VERIFY'), 'ECC_NIST_P256', {}),
  UnsupportedOperationException: ({ kms, enabled }) => call(kms, enabled, 'SM2', {}),
})

const managed = (
  call: (kms: KMS, KeyId: string) => Promise<unknown>,
  wrongState: 'enabled' | 'pending' = 'pending',
): Record<string, Provoke> => ({
  NotFoundException: ({ kms }) => call(kms, missing),
  InvalidArnException: ({ kms }) => call(kms, malformedArn),
  KMSInvalidStateException: (setup) => call(setup.kms, setup[wrongState]),
})

/** The declared client faults of keys, aliases and cryptography. */
export const keyErrors: Record<string, Record<string, Provoke>> = {
  CreateKey: {
    MalformedPolicyDocumentException: ({ kms }) => kms.createKey({ Policy: '{"Version"' }),
    UnsupportedOperationException: ({ kms }) => kms.createKey({ KeySpec: 'SM2', KeyUsage: 'SIGN_VERIFY' }),
    TagException: ({ kms }) =>
      kms.createKey({
        Tags: [
          { TagKey: 'a', TagValue: '1' },
          { TagKey: 'a', TagValue: '2' },
        ],
      }),
    CustomKeyStoreNotFoundException: ({ kms }) =>
      kms.createKey({ CustomKeyStoreId: 'cks-1', Origin: 'AWS_CLOUDHSM' }),
  },
  DescribeKey: {
    NotFoundException: ({ kms }) => kms.describeKey({ KeyId: missing }),
    InvalidArnException: ({ kms }) => kms.describeKey({ KeyId: malformedArn }),
  },
  ListKeys: { InvalidMarkerException: ({ kms }) => kms.listKeys({ Marker: 'nonsense' }) },
  CreateAlias: {
    AlreadyExistsException: ({ kms, enabled }) =>
      kms.createAlias({ AliasName: 'alias/taken', TargetKeyId: enabled }),
    NotFoundException: ({ kms }) => kms.createAlias({ AliasName: 'alias/new', TargetKeyId: missing }),
    InvalidAliasNameException: ({ kms, enabled }) =>
      kms.createAlias({ AliasName: 'alias/aws/s3', TargetKeyId: enabled }),
    LimitExceededException: ({ kms, crowded }) =>
      kms.createAlias({ AliasName: 'alias/one-more', TargetKeyId: crowded }),
    KMSInvalidStateException: ({ kms, pending }) =>
      kms.createAlias({ AliasName: 'alias/new', TargetKeyId: pending }),
  },
  UpdateAlias: {
    NotFoundException: ({ kms, enabled }) =>
      kms.updateAlias({ AliasName: 'alias/none', TargetKeyId: enabled }),
    LimitExceededException: ({ kms, crowded }) =>
      kms.updateAlias({ AliasName: 'alias/taken', TargetKeyId: crowded }),
    KMSInvalidStateException: ({ kms, pending }) =>
      kms.updateAlias({ AliasName: 'alias/taken', TargetKeyId: pending }),
  },
  DeleteAlias: { NotFoundException: ({ kms }) => kms.deleteAlias({ AliasName: 'alias/none' }) },
  ListAliases: {
    InvalidMarkerException: ({ kms }) => kms.listAliases({ Marker: 'nonsense' }),
    InvalidArnException: ({ kms }) => kms.listAliases({ KeyId: malformedArn }),
    NotFoundException: ({ kms }) => kms.listAliases({ KeyId: missing }),
  },
  GenerateDataKey: {
    ...keyOperation((kms, KeyId, extra) => kms.generateDataKey({ KeyId, KeySpec: 'AES_256', ...extra })),
    InvalidKeyUsageException: (setup) =>
      setup.kms.generateDataKey({ KeyId: keyOfUsage(setup, 'SIGN_VERIFY'), KeySpec: 'AES_256' }),
  },
  GenerateDataKeyWithoutPlaintext: {
    ...keyOperation((kms, KeyId, extra) =>
      kms.generateDataKeyWithoutPlaintext({ KeyId, KeySpec: 'AES_256', ...extra }),
    ),
    InvalidKeyUsageException: (setup) =>
      setup.kms.generateDataKeyWithoutPlaintext({
        KeyId: keyOfUsage(setup, 'SIGN_VERIFY'),
        KeySpec: 'AES_256',
      }),
  },
  GenerateDataKeyPair: dataKeyPair((kms, KeyId, KeyPairSpec, extra) =>
    kms.generateDataKeyPair({ KeyId, KeyPairSpec, ...extra }),
  ),
  GenerateDataKeyPairWithoutPlaintext: dataKeyPair((kms, KeyId, KeyPairSpec, extra) =>
    kms.generateDataKeyPairWithoutPlaintext({ KeyId, KeyPairSpec, ...extra }),
  ),
  Sign: usageOperation('SIGN_VERIFY', (kms, KeyId, extra) => kms.sign({ KeyId, ...ecdsa, ...extra })),
  Verify: {
    ...usageOperation('SIGN_VERIFY', async (kms, KeyId, extra) => {
      // Only a dry run gets as far as the signature.
      const Signature = extra.DryRun ? (await kms.sign({ KeyId, ...ecdsa })).Signature : Message
      return kms.verify({ KeyId, ...ecdsa, Signature, ...extra })
    }),
    KMSInvalidSignatureException: (setup) =>
      setup.kms.verify({ KeyId: keyOfUsage(setup, 'SIGN_VERIFY'), ...ecdsa, Signature: Message }),
  },
  GenerateMac: usageOperation('GENERATE_VERIFY_MAC', (kms, KeyId, extra) =>
    kms.generateMac({ KeyId, ...hmac, ...extra }),
  ),
  VerifyMac: {
    ...usageOperation('GENERATE_VERIFY_MAC', async (kms, KeyId, extra) => {
      const Mac = extra.DryRun ? (await kms.generateMac({ KeyId, ...hmac })).Mac : Message
      return kms.verifyMac({ KeyId, ...hmac, Mac, ...extra })
    }),
    KMSInvalidMacException: (setup) =>
      setup.kms.verifyMac({ KeyId: keyOfUsage(setup, 'GENERATE_VERIFY_MAC'), ...hmac, Mac: Message }),
  },
  GetPublicKey: {
    NotFoundException: ({ kms }) => kms.getPublicKey({ KeyId: missing }),
    InvalidArnException: ({ kms }) => kms.getPublicKey({ KeyId: malformedArn }),
    DisabledException: ({ kms, disabled }) => kms.getPublicKey({ KeyId: disabled }),
    KMSInvalidStateException: ({ kms, pending }) => kms.getPublicKey({ KeyId: pending }),
    UnsupportedOperationException: ({ kms, enabled }) => kms.getPublicKey({ KeyId: enabled }),
    InvalidGrantTokenException: (setup) =>
      setup.kms.getPublicKey({ KeyId: keyOfUsage(setup, 'SIGN_VERIFY'), GrantTokens }),
  },
  DeriveSharedSecret: usageOperation('KEY_AGREEMENT', (kms, KeyId, extra) =>
    kms.deriveSharedSecret({ KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey, ...extra }),
  ),
  Encapsulate: usageOperation('ENCAPSULATE_DECAPSULATE', (kms, KeyId, extra) =>
    kms.encapsulate({ KeyId, ...kem, ...extra }),
  ),
  Decapsulate: {
    ...usageOperation('ENCAPSULATE_DECAPSULATE', (kms, KeyId, extra) =>
      kms.decapsulate({ KeyId, ...kem, SharedSecretCiphertextBlob: Buffer.alloc(768), ...extra }),
    ),
    InvalidCiphertextException: (setup) =>
      setup.kms.decapsulate({
        KeyId: keyOfUsage(setup, 'ENCAPSULATE_DECAPSULATE'),
        ...kem,
        SharedSecretCiphertextBlob: Buffer.alloc(767),
      }),
  },
  GenerateRandom: {
    CustomKeyStoreNotFoundException: ({ kms }) =>
      kms.generateRandom({ NumberOfBytes: 1, CustomKeyStoreId: 'cks-1' }),
  },
  Encrypt: {
    ...keyOperation((kms, KeyId, extra) => kms.encrypt({ KeyId, Plaintext, ...extra })),
    InvalidKeyUsageException: ({ kms, enabled }) =>
      kms.encrypt({ KeyId: enabled, Plaintext, EncryptionAlgorithm: OAEP }),
  },
  Decrypt: {
    NotFoundException: ({ kms, blob }) => kms.decrypt({ CiphertextBlob: blob, KeyId: missing }),
    DisabledException: ({ kms, disabledBlob }) => kms.decrypt({ CiphertextBlob: disabledBlob }),
    InvalidCiphertextException: ({ kms }) => kms.decrypt({ CiphertextBlob: Plaintext }),
    IncorrectKeyException: ({ kms, blob, other }) => kms.decrypt({ CiphertextBlob: blob, KeyId: other }),
    InvalidKeyUsageException: ({ kms, blob, enabled }) =>
      kms.decrypt({ CiphertextBlob: blob, KeyId: enabled, EncryptionAlgorithm: OAEP }),
    InvalidGrantTokenException: ({ kms, blob }) => kms.decrypt({ CiphertextBlob: blob, GrantTokens }),
    KMSInvalidStateException: ({ kms, pendingBlob }) => kms.decrypt({ CiphertextBlob: pendingBlob }),
    DryRunOperationException: ({ kms, blob }) => kms.decrypt({ CiphertextBlob: blob, DryRun: true }),
  },
  ReEncrypt: {
    NotFoundException: ({ kms, blob }) => kms.reEncrypt({ CiphertextBlob: blob, DestinationKeyId: missing }),
    DisabledException: ({ kms, blob, disabled }) =>
      kms.reEncrypt({ CiphertextBlob: blob, DestinationKeyId: disabled }),
    InvalidCiphertextException: ({ kms, other }) =>
      kms.reEncrypt({ CiphertextBlob: Plaintext, DestinationKeyId: other }),
    IncorrectKeyException: ({ kms, blob, other }) =>
      kms.reEncrypt({ CiphertextBlob: blob, SourceKeyId: other, DestinationKeyId: other }),
    InvalidKeyUsageException: ({ kms, blob, other }) =>
      kms.reEncrypt({ CiphertextBlob: blob, DestinationKeyId: other, DestinationEncryptionAlgorithm: OAEP }),
    InvalidGrantTokenException: ({ kms, blob, other }) =>
      kms.reEncrypt({ CiphertextBlob: blob, DestinationKeyId: other, GrantTokens }),
    KMSInvalidStateException: ({ kms, pendingBlob, other }) =>
      kms.reEncrypt({ CiphertextBlob: pendingBlob, DestinationKeyId: other }),
    DryRunOperationException: ({ kms, blob, other }) =>
      kms.reEncrypt({ CiphertextBlob: blob, DestinationKeyId: other, DryRun: true }),
  },
  EnableKey: managed((kms, KeyId) => kms.enableKey({ KeyId })),
  DisableKey: managed((kms, KeyId) => kms.disableKey({ KeyId })),
  ScheduleKeyDeletion: managed((kms, KeyId) => kms.scheduleKeyDeletion({ KeyId })),
  CancelKeyDeletion: managed((kms, KeyId) => kms.cancelKeyDeletion({ KeyId }), 'enabled'),
}

/** Those that aren't provoked, and why. */
export const keyNotProvoked: NotProvoked = {
  DeleteAlias: { KMSInvalidStateException: everyState },
  EnableKey: {
    LimitExceededException: {
      why: 'the quota counts keys of every state, so disabled ones are in it already',
      see: `${resourceQuotas}#kms-keys-limit`,
    },
  },
  GetPublicKey: {
    InvalidKeyUsageException: {
      why: 'the usage is part of its answer, not a condition; a key without a public key is an UnsupportedOperationException',
      see: apiReference('GetPublicKey'),
    },
  },
}

const usageSubject = async (kms: KMS, KeyUsage: keyof typeof usageKeys): Promise<UsageSubject> => {
  const create = async (): Promise<string> =>
    (await kms.createKey({ KeySpec: usageKeys[KeyUsage], KeyUsage })).KeyMetadata!.KeyId!
  const [enabled, disabled, pending] = [await create(), await create(), await create()]
  await kms.disableKey({ KeyId: disabled })
  await kms.scheduleKeyDeletion({ KeyId: pending })
  return { usage: KeyUsage, enabled, disabled, pending }
}

/** Prepares the keys. */
export const prepareKeys = async (kms: KMS): Promise<Omit<KeySetup, 'kms'>> => {
  const create = async (): Promise<string> => (await kms.createKey({})).KeyMetadata!.KeyId!
  const encrypt = async (KeyId: string): Promise<Uint8Array> =>
    (await kms.encrypt({ KeyId, Plaintext })).CiphertextBlob!
  const [enabled, other, disabled, pending, crowded] = [
    await create(),
    await create(),
    await create(),
    await create(),
    await create(),
  ]
  const setup = {
    enabled,
    other,
    disabled,
    pending,
    crowded,
    usages: [
      await usageSubject(kms, 'SIGN_VERIFY'),
      await usageSubject(kms, 'GENERATE_VERIFY_MAC'),
      await usageSubject(kms, 'KEY_AGREEMENT'),
      await usageSubject(kms, 'ENCAPSULATE_DECAPSULATE'),
    ],
    blob: await encrypt(enabled),
    disabledBlob: await encrypt(disabled),
    pendingBlob: await encrypt(pending),
  }
  await kms.disableKey({ KeyId: disabled })
  await kms.scheduleKeyDeletion({ KeyId: pending })
  await kms.createAlias({ AliasName: 'alias/taken', TargetKeyId: enabled })
  for (let n = 0; n < 50; n += 1) {
    await kms.createAlias({ AliasName: `alias/crowd/${n}`, TargetKeyId: crowded })
  }
  return setup
}
