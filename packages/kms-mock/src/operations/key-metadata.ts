import { algorithmsOf } from '../cryptography/key-specs.js'
import type { KeyUsage } from '../cryptography/key-specs.js'
import { keyArn } from '../state/arn.js'
import { currentMaterial, isRotatable, lastingMaterials } from '../state/key.js'
import type { KmsKey } from '../state/key.js'
import { accountRegion, isPrimary, relatedKeys } from '../state/state.js'
import type { KmsState } from '../state/state.js'

/** What the list of a key's algorithms is called, by its usage. */
const algorithmMembers: Readonly<Record<KeyUsage, string>> = {
  ENCRYPT_DECRYPT: 'EncryptionAlgorithms',
  SIGN_VERIFY: 'SigningAlgorithms',
  GENERATE_VERIFY_MAC: 'MacAlgorithms',
  KEY_AGREEMENT: 'KeyAgreementAlgorithms',
  ENCAPSULATE_DECAPSULATE: 'EncapsulationAlgorithms',
}

/** The list of a key's algorithms, under the name that its usage gives it. */
export const algorithmList = ({ keySpec, keyUsage }: KmsKey): Readonly<Record<string, unknown>> => ({
  [algorithmMembers[keyUsage]]: algorithmsOf(keySpec, keyUsage),
})

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

const storeMembers = (state: KmsState, key: KmsKey): object => {
  if (key.customKeyStoreId === undefined) return {}
  const store = accountRegion(state, key).customKeyStores.get(key.customKeyStoreId)
  return {
    CustomKeyStoreId: key.customKeyStoreId,
    ...(store?.type === 'AWS_CLOUDHSM' && { CloudHsmClusterId: store.cloudHsmClusterId }),
    ...(key.xksKeyId !== undefined && { XksKeyConfiguration: { Id: key.xksKeyId } }),
  }
}

/** Of imported material: whether and when the first of it expires. */
const expiry = (key: KmsKey): object => {
  const imported = lastingMaterials(key).filter(({ bytes }) => bytes !== undefined)
  if (key.origin !== 'EXTERNAL' || imported.length === 0) return {}
  const dates = imported.flatMap(({ validTo }) => validTo ?? [])
  if (dates.length === 0) return { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }
  return { ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: new Date(Math.min(...dates)) }
}

/** The `KeyMetadata` of a key (API Reference, KeyMetadata). */
export const keyMetadata = (state: KmsState, key: KmsKey): object => {
  const material = currentMaterial(key)
  return {
    AWSAccountId: key.accountId,
    KeyId: key.keyId,
    Arn: keyArn(key),
    CreationDate: new Date(key.createdAt),
    Enabled: key.state === 'Enabled',
    Description: key.description,
    KeyUsage: key.keyUsage,
    KeyState: key.state,
    ...(key.deletionAt !== undefined && { DeletionDate: new Date(key.deletionAt) }),
    ...(key.pendingWindowInDays !== undefined && { PendingDeletionWindowInDays: key.pendingWindowInDays }),
    Origin: key.origin,
    ...storeMembers(state, key),
    KeyManager: 'CUSTOMER',
    CustomerMasterKeySpec: key.keySpec,
    KeySpec: key.keySpec,
    ...algorithmList(key),
    MultiRegion: key.primaryRegion !== undefined,
    ...(key.primaryRegion !== undefined && {
      MultiRegionConfiguration: multiRegionConfiguration(state, key),
    }),
    ...expiry(key),
    ...(isRotatable(key) && material !== undefined && { CurrentKeyMaterialId: material.id }),
  }
}
