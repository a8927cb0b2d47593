import { createHmac, hash } from 'node:crypto'
import type { KeySpec, KeyUsage } from '../cryptography/key-specs.js'
import { isMultiRegionKeyId, partitionOf } from './arn.js'
import type { Grant } from './grant.js'
import type { KeyUsageNote } from './key-usage.js'

/** The states of a key (KMS Developer Guide, "Key states of AWS KMS keys"). */
export const keyStates = [
  'Creating',
  'Enabled',
  'Disabled',
  'PendingDeletion',
  'PendingImport',
  'PendingReplicaDeletion',
  'Unavailable',
  'Updating',
] as const
/** One of {@link keyStates}. */
export type KeyState = (typeof keyStates)[number]

/** Where the material of a key comes from. */
export const keyOrigins = ['AWS_KMS', 'EXTERNAL', 'AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'] as const
/** One of {@link keyOrigins}. */
export type KeyOrigin = (typeof keyOrigins)[number]

/** A tag, in AWS's own spelling. */
export interface Tag {
  TagKey: string
  TagValue: string
}

/** What brought a rotation about. */
export const rotationTypes = ['AUTOMATIC', 'ON_DEMAND'] as const

/** One backing key of a KMS key. */
export interface KeyMaterial {
  /** 64 hexadecimal digits: the `KeyMaterialId` of the API. */
  readonly id: string
  /**
   * 32 bytes of a symmetric encryption key; of others what their key spec says: raw bytes, or PKCS #8. Absent while
   * imported material is deleted or expired. Never leaves the process but into the state file.
   */
  bytes?: Buffer
  /** Imported, but not rotated to yet: not the key's for good, and never the current one. */
  pending?: boolean
  /** When imported material expires, in milliseconds since the epoch. Absent: never. */
  validTo?: number
  /** The `KeyMaterialDescription` that it was imported with. */
  description?: string
  /** How it became the current one. Absent for the first material of a key, and while it is pending. */
  rotation?: MaterialRotation
}

/** A rotation that was done. */
export interface MaterialRotation {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly type: (typeof rotationTypes)[number]
}

/** Material that is there. */
export type UsableMaterial = KeyMaterial & { bytes: Buffer }

/** The schedule of automatic rotation. */
export interface AutomaticRotation {
  readonly periodInDays: number
  /** Milliseconds since the epoch. */
  readonly nextAt: number
}

/** A KMS key. */
export interface KmsKey {
  readonly region: string
  readonly accountId: string
  readonly keyId: string
  /** Of a multi-Region key: where its primary is. */
  primaryRegion?: string
  readonly createdAt: number
  readonly keySpec: KeySpec
  readonly keyUsage: KeyUsage
  readonly origin: KeyOrigin
  description: string
  /** The policy document; absent means the default policy. Stored, not enforced yet. */
  policy?: string
  tags: readonly Tag[]
  /** Of a key in a custom key store. */
  readonly customKeyStoreId?: string
  /** Of a key in an external key store: its external key. */
  readonly xksKeyId?: string
  /** While Unavailable: its state once its custom key store is connected. */
  availableState?: 'Enabled' | 'Disabled'
  /** By grant id; each region's key has its own. */
  grants?: Map<string, Grant>
  /** The last cryptographic operation; see key-usage.ts. */
  lastUsage?: KeyUsageNote
  /**
   * Oldest first. The current one encrypts, all of them decrypt. None before the first import. A replica lists what its
   * primary has, material that was not imported into it yet included.
   */
  materials: KeyMaterial[]
  state: KeyState
  /** While Creating or Updating: the state that follows, and when, in milliseconds since the epoch. */
  resumes?: { readonly state: KeyState; readonly at: number }
  /** Automatic rotation, if it is enabled. Of related multi-Region keys the primary has it for all. */
  rotation?: AutomaticRotation
  /** Milliseconds since the epoch; set while PendingDeletion. */
  deletionAt?: number
  /** Set while PendingReplicaDeletion: the waiting period that begins once the replicas are gone. */
  pendingWindowInDays?: number
}

const materialId = (bytes: Buffer, label: string): string =>
  createHmac('sha256', bytes).update(`sealring kms-mock key material id${label}`).digest('hex')

/** Names key material by a one-way function of it, so that equal material has equal ids wherever it is. */
export const keyMaterial = (bytes: Buffer): UsableMaterial => ({ id: materialId(bytes, ''), bytes })

/** Imported material: named after the key's id as well (API Reference, ImportKeyMaterial, KeyMaterialId). */
export const importedMaterial = (bytes: Buffer, keyId: string): UsableMaterial => ({
  id: materialId(bytes, ` ${keyId}`),
  bytes,
})

const identities = new WeakMap<object, string>()

/**
 * What ciphertexts carry to find their key again. The replicas of a multi-Region key share it, all
 * other keys differ in it, even those with the same id in another region.
 */
export const keyIdentity = (key: Pick<KmsKey, 'accountId' | 'region' | 'keyId'>): string => {
  // Kept: what it is made of never changes, and each call needs it.
  let identity = identities.get(key)
  if (identity === undefined) {
    const { accountId, region, keyId } = key
    const partition = partitionOf(region)
    const everywhere = partition === 'aws' ? '*' : partition
    identity = hash('sha256', `${accountId}/${isMultiRegionKeyId(keyId) ? everywhere : region}/${keyId}`)
    identities.set(key, identity)
  }
  return identity
}

/** Whether the key's material can be rotated, automatically or on demand (API Reference, RotateKeyOnDemand). */
export const isRotatable = ({ keySpec, origin }: KmsKey): boolean =>
  keySpec === 'SYMMETRIC_DEFAULT' && (origin === 'AWS_KMS' || origin === 'EXTERNAL')

/** The material that is the key's for good. */
export const lastingMaterials = (key: KmsKey): KeyMaterial[] =>
  key.materials.filter(({ pending }) => pending !== true)

/** The material that encrypts; nothing before the first import. */
export const currentMaterial = (key: KmsKey): KeyMaterial | undefined =>
  key.materials.findLast(({ pending }) => pending !== true)

const isUsable = (material: KeyMaterial | undefined): material is UsableMaterial =>
  material?.bytes !== undefined

/** The material that encrypts, of a key whose state lets it be used: such a key has all its material. */
export const usableMaterial = (key: KmsKey, id = currentMaterial(key)?.id): UsableMaterial | undefined => {
  // The newest first: it is asked for most often.
  const material = key.materials.findLast((candidate) => candidate.id === id)
  return isUsable(material) ? material : undefined
}
