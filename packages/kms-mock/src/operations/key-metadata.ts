import { keyArn } from '../state/arn.js'
import { currentMaterial } from '../state/key.js'
import type { KmsKey } from '../state/key.js'
import { isPrimary, relatedKeys } from '../state/state.js'
import type { KmsState } from '../state/state.js'

const multiRegionConfiguration = (state: KmsState, key: KmsKey): object => {
  const [primary, ...replicas] = relatedKeys(state, key).map((related) => ({
    Arn: keyArn(related),
    Region: related.region,
  }))
  return {
    MultiRegionKeyType: isPrimary(key) ? 'PRIMARY' : 'REPLICA',
    PrimaryKey: primary,
    ReplicaKeys: replicas,
  }
}

/** The `KeyMetadata` of a key (API Reference, KeyMetadata). */
export const keyMetadata = (state: KmsState, key: KmsKey): object => ({
  AWSAccountId: key.accountId,
  KeyId: key.keyId,
  Arn: keyArn(key),
  CreationDate: new Date(key.createdAt),
  Enabled: key.state === 'Enabled',
  Description: key.description,
  KeyUsage: 'ENCRYPT_DECRYPT',
  KeyState: key.state,
  ...(key.deletionAt !== undefined && { DeletionDate: new Date(key.deletionAt) }),
  ...(key.pendingWindowInDays !== undefined && { PendingDeletionWindowInDays: key.pendingWindowInDays }),
  Origin: 'AWS_KMS',
  KeyManager: 'CUSTOMER',
  CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
  KeySpec: 'SYMMETRIC_DEFAULT',
  EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
  MultiRegion: key.primaryRegion !== undefined,
  ...(key.primaryRegion !== undefined && { MultiRegionConfiguration: multiRegionConfiguration(state, key) }),
  CurrentKeyMaterialId: currentMaterial(key).id,
})
