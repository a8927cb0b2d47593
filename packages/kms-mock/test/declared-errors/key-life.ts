import { randomBytes } from 'node:crypto'
import type { KMS } from '@aws-sdk/client-kms'
import { createClock, createKms } from '@sealring/kms-mock'
import type { Kms } from '@sealring/kms-mock'
import { importMaterial, parametersForImport } from '../support/import-material.js'
import type { ImportParameters } from '../support/import-material.js'
import type { Connection } from '../support/transports.js'
import { apiReference } from './not-provoked.js'
import type { NotProvoked } from './not-provoked.js'

/** What import, rotation and multi-Region keys are provoked with, beside keys of any state. */
export interface KeyLifeSetup {
  kms: KMS
  enabled: string
  disabled: string
  pending: string
  /** With imported material. */
  external: string
  pendingExternal: string
  parameters: ImportParameters
  expired: ImportParameters
  /** Rotated on demand as often as may be. */
  rotated: string
  /** To be rotated in a few minutes. */
  rotating: string
  multiRegion: string
  disabledMultiRegion: string
  pendingMultiRegion: string
  /** A replica that is still being made. */
  creating: { kms: KMS; KeyId: string }
}
type Provoke = (setup: KeyLifeSetup) => Promise<unknown>

const missing = '12345678-1234-1234-1234-123456789012'
const malformedArn = 'arn:aws:kms:us-east-1:1:key/x'
const ReplicaRegion = 'eu-west-1'
const PrimaryRegion = 'ap-south-1'
const wrapping = { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' } as const

const named = (
  call: (kms: KMS, KeyId: string, setup: KeyLifeSetup) => Promise<unknown>,
): Record<string, Provoke> => ({
  NotFoundException: (setup) => call(setup.kms, missing, setup),
  InvalidArnException: (setup) => call(setup.kms, malformedArn, setup),
})
const withStates = (
  call: (kms: KMS, KeyId: string, setup: KeyLifeSetup) => Promise<unknown>,
): Record<string, Provoke> => ({
  ...named(call),
  DisabledException: (setup) => call(setup.kms, setup.disabled, setup),
  KMSInvalidStateException: (setup) => call(setup.kms, setup.pending, setup),
  UnsupportedOperationException: (setup) => call(setup.kms, setup.external, setup),
})
const multiRegion = (call: (kms: KMS, KeyId: string) => Promise<unknown>): Record<string, Provoke> => ({
  ...named(call),
  DisabledException: (setup) => call(setup.kms, setup.disabledMultiRegion),
  KMSInvalidStateException: (setup) => call(setup.kms, setup.pendingMultiRegion),
  UnsupportedOperationException: (setup) => call(setup.kms, setup.enabled),
})

const importInto = (
  { kms }: KeyLifeSetup,
  KeyId: string,
  { ImportToken }: ImportParameters,
  EncryptedKeyMaterial: Buffer,
): Promise<unknown> =>
  kms.importKeyMaterial({
    KeyId,
    ImportToken,
    EncryptedKeyMaterial,
    ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
  })
const importAny: (kms: KMS, KeyId: string, setup: KeyLifeSetup) => Promise<unknown> = (_kms, KeyId, setup) =>
  importInto(setup, KeyId, setup.parameters, setup.parameters.wrap(randomBytes(32)))

/** The declared errors of import, rotation and replication. */
export const keyLifeErrors: Record<string, Record<string, Provoke>> = {
  GetParametersForImport: {
    ...named((kms, KeyId) => kms.getParametersForImport({ KeyId, ...wrapping })),
    KMSInvalidStateException: ({ kms, pendingExternal: KeyId }) =>
      kms.getParametersForImport({ KeyId, ...wrapping }),
    UnsupportedOperationException: ({ kms, enabled: KeyId }) =>
      kms.getParametersForImport({ KeyId, ...wrapping }),
  },
  ImportKeyMaterial: {
    ...named(importAny),
    KMSInvalidStateException: (setup) => importAny(setup.kms, setup.pendingExternal, setup),
    UnsupportedOperationException: (setup) => importAny(setup.kms, setup.enabled, setup),
    InvalidCiphertextException: (setup) =>
      importInto(setup, setup.external, setup.parameters, Buffer.from('not wrapped')),
    IncorrectKeyMaterialException: (setup) => importAny(setup.kms, setup.external, setup),
    ExpiredImportTokenException: (setup) =>
      importInto(setup, setup.external, setup.expired, setup.expired.wrap(randomBytes(32))),
    InvalidImportTokenException: (setup) =>
      importInto(
        setup,
        setup.external,
        { ...setup.parameters, ImportToken: Buffer.from('no token') },
        Buffer.from('x'),
      ),
  },
  DeleteImportedKeyMaterial: {
    ...named((kms, KeyId) => kms.deleteImportedKeyMaterial({ KeyId })),
    UnsupportedOperationException: ({ kms, enabled: KeyId }) => kms.deleteImportedKeyMaterial({ KeyId }),
    KMSInvalidStateException: ({ creating: { kms, KeyId } }) => kms.deleteImportedKeyMaterial({ KeyId }),
  },
  EnableKeyRotation: withStates((kms, KeyId) => kms.enableKeyRotation({ KeyId })),
  DisableKeyRotation: withStates((kms, KeyId) => kms.disableKeyRotation({ KeyId })),
  GetKeyRotationStatus: {
    ...named((kms, KeyId) => kms.getKeyRotationStatus({ KeyId })),
    UnsupportedOperationException: ({ kms, external: KeyId }) => kms.getKeyRotationStatus({ KeyId }),
  },
  ListKeyRotations: {
    ...named((kms, KeyId) => kms.listKeyRotations({ KeyId })),
    InvalidMarkerException: ({ kms, enabled: KeyId }) => kms.listKeyRotations({ KeyId, Marker: 'nonsense' }),
    UnsupportedOperationException: async ({ kms }) => {
      const { KeyMetadata } = await kms.createKey({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })
      return kms.listKeyRotations({ KeyId: KeyMetadata!.KeyId })
    },
  },
  RotateKeyOnDemand: {
    ...withStates((kms, KeyId) => kms.rotateKeyOnDemand({ KeyId })),
    LimitExceededException: ({ kms, rotated: KeyId }) => kms.rotateKeyOnDemand({ KeyId }),
    ConflictException: ({ kms, rotating: KeyId }) => kms.rotateKeyOnDemand({ KeyId }),
    UnsupportedOperationException: async ({ kms }) => {
      const { KeyMetadata } = await kms.createKey({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })
      return kms.rotateKeyOnDemand({ KeyId: KeyMetadata!.KeyId })
    },
  },
  ReplicateKey: {
    ...multiRegion((kms, KeyId) => kms.replicateKey({ KeyId, ReplicaRegion })),
    AlreadyExistsException: ({ kms, multiRegion: KeyId }) =>
      kms.replicateKey({ KeyId, ReplicaRegion: 'us-east-1' }),
    MalformedPolicyDocumentException: ({ kms, multiRegion: KeyId }) =>
      kms.replicateKey({ KeyId, ReplicaRegion, Policy: '{"Version"' }),
    TagException: ({ kms, multiRegion: KeyId }) =>
      kms.replicateKey({ KeyId, ReplicaRegion, Tags: [{ TagKey: 'aws:a', TagValue: '' }] }),
  },
  UpdatePrimaryRegion: multiRegion((kms, KeyId) => kms.updatePrimaryRegion({ KeyId, PrimaryRegion })),
}

/** Those that aren't provoked, and why. */
export const keyLifeNotProvoked: NotProvoked = {
  GetKeyRotationStatus: {
    KMSInvalidStateException: {
      why: 'the key state table knows no state that it is refused in, but for the kind of key; its page has an answer for disabled keys and for those pending deletion',
      see: apiReference('GetKeyRotationStatus'),
    },
  },
  ListKeyRotations: {
    KMSInvalidStateException: {
      why: 'its page, unlike those of its like, demands no key state',
      see: apiReference('ListKeyRotations'),
    },
  },
}

/** Prepares the keys; the clock goes on by months, and ends shortly before a rotation of `rotating`. */
export const prepareKeyLife = async (
  kms: KMS,
  mock: Kms,
  creating: KeyLifeSetup['creating'],
): Promise<Omit<KeyLifeSetup, 'kms' | 'enabled' | 'disabled' | 'pending'>> => {
  const create = async (input: object): Promise<string> => (await kms.createKey(input)).KeyMetadata!.KeyId!
  const external = await create({ Origin: 'EXTERNAL' })
  const expired = await parametersForImport(kms, external)
  await importMaterial(kms, external, randomBytes(32))
  const rotated = await create({})
  for (let n = 0; n < 25; n += 1) await kms.rotateKeyOnDemand({ KeyId: rotated })
  const rotating = await create({})
  await kms.enableKeyRotation({ KeyId: rotating, RotationPeriodInDays: 90 })
  mock.clock.advance({ days: 89, hours: 23, minutes: 50 })
  const pendingExternal = await create({ Origin: 'EXTERNAL' })
  await kms.scheduleKeyDeletion({ KeyId: pendingExternal })
  const disabledMultiRegion = await create({ MultiRegion: true })
  await kms.disableKey({ KeyId: disabledMultiRegion })
  const pendingMultiRegion = await create({ MultiRegion: true })
  await kms.scheduleKeyDeletion({ KeyId: pendingMultiRegion })
  return {
    external,
    pendingExternal,
    parameters: await parametersForImport(kms, external),
    expired,
    rotated,
    rotating,
    multiRegion: await create({ MultiRegion: true }),
    disabledMultiRegion,
    pendingMultiRegion,
    creating,
  }
}

/** Makes a replica in a KMS of its own, where that takes a minute of a clock that stands. */
export const replicaBeingMade = async (
  connect: (mock: Kms) => Promise<Connection>,
): Promise<KeyLifeSetup['creating'] & { close: () => Promise<void> }> => {
  const connection = await connect(createKms({ transitionMs: 60_000, clock: createClock({ frozen: true }) }))
  const kms = connection.kms()
  const KeyId = (await kms.createKey({ Origin: 'EXTERNAL', MultiRegion: true })).KeyMetadata!.KeyId!
  await importMaterial(kms, KeyId, randomBytes(32))
  await kms.replicateKey({ KeyId, ReplicaRegion })
  return { kms: connection.kms(ReplicaRegion), KeyId, close: () => connection.close() }
}
