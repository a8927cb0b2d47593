import { createHash, createHmac } from 'node:crypto'
import { isMultiRegionKeyId } from './arn.js'

/** The key states that this KMS can bring a key into so far. */
export const keyStates = ['Enabled', 'Disabled', 'PendingDeletion', 'PendingReplicaDeletion'] as const
/** One of {@link keyStates}. */
export type KeyState = (typeof keyStates)[number]

/** A tag, in AWS's own spelling. */
export interface Tag {
  TagKey: string
  TagValue: string
}

/** One backing key of a KMS key. */
export interface KeyMaterial {
  /** 64 hexadecimal digits: the `KeyMaterialId` of the API. */
  readonly id: string
  /** 32 bytes. Never leaves the process but into the state file. */
  readonly bytes: Buffer
}

/** A symmetric KMS key. */
export interface KmsKey {
  readonly region: string
  readonly accountId: string
  readonly keyId: string
  /** Of a multi-Region key: where its primary is. */
  readonly primaryRegion?: string
  readonly createdAt: number
  readonly description: string
  /** The policy document given at creation; absent means the default policy. Stored, not enforced yet. */
  readonly policy?: string
  readonly tags: readonly Tag[]
  /** Oldest first; the last one encrypts, all of them decrypt. */
  readonly materials: readonly [KeyMaterial, ...KeyMaterial[]]
  state: KeyState
  /** Milliseconds since the epoch; set while PendingDeletion. */
  deletionAt?: number
  /** Set while PendingReplicaDeletion: the waiting period that begins once the replicas are gone. */
  pendingWindowInDays?: number
}

/** Names key material by a one-way function of it, so that equal material has equal ids wherever it is. */
export const keyMaterial = (bytes: Buffer): KeyMaterial => ({
  id: createHmac('sha256', bytes).update('sealring kms-mock key material id').digest('hex'),
  bytes,
})

/**
 * What ciphertexts carry to find their key again. The replicas of a multi-Region key share it, all
 * other keys differ in it, even those with the same id in another region.
 */
export const keyIdentity = ({
  accountId,
  region,
  keyId,
}: Pick<KmsKey, 'accountId' | 'region' | 'keyId'>): string =>
  createHash('sha256')
    .update(`${accountId}/${isMultiRegionKeyId(keyId) ? '*' : region}/${keyId}`)
    .digest('hex')

/** The material that encrypts. */
export const currentMaterial = (key: KmsKey): KeyMaterial => key.materials.at(-1) ?? key.materials[0]
