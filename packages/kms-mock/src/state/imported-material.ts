import { lastingMaterials } from './key.js'
import type { KeyMaterial, KmsKey } from './key.js'
import { isReplica, relatedKeys } from './state.js'
import type { KmsState } from './state.js'

/** Whether all material is there that the key needs to be used. */
const isComplete = (key: KmsKey): boolean => {
  const materials = lastingMaterials(key)
  return materials.length > 0 && materials.every(({ bytes }) => bytes !== undefined)
}

/**
 * Gives a key with imported material the state that its material calls for (KMS Developer Guide, "Importing key
 * material": it is PendingImport while any material is missing that is its for good).
 */
export const noteCompleteness = (key: KmsKey): void => {
  if (key.origin !== 'EXTERNAL') return
  const lasting = key.resumes?.state ?? key.state
  if (isComplete(key)) {
    if (key.state === 'PendingImport') key.state = 'Enabled'
  } else if (lasting === 'Enabled' || lasting === 'Disabled') {
    // At once, also while the primary Region is Updating: a key in that state would be used.
    key.state = 'PendingImport'
    delete key.resumes
  }
}

const wipe = (material: KeyMaterial | undefined): void => {
  material?.bytes?.fill(0)
  delete material?.bytes
  delete material?.validTo
}

/**
 * Deletes imported material of a key. Material that is pending is then no longer the key's, nor its replicas'; a replica
 * alone keeps its place for it (API Reference, DeleteImportedKeyMaterial).
 */
export const deleteMaterial = (state: KmsState, key: KmsKey, material: KeyMaterial): void => {
  if (material.pending === true && !isReplica(key)) {
    for (const related of relatedKeys(state, key)) {
      wipe(related.materials.find(({ id }) => id === material.id))
      related.materials = related.materials.filter(({ id }) => id !== material.id)
    }
  } else {
    wipe(material)
  }
  noteCompleteness(key)
}

/** When the next of a key's imported material expires. */
export const nextExpiry = ({ materials }: KmsKey): number | undefined => {
  let next: number | undefined
  for (const { validTo } of materials) if (validTo !== undefined) next = Math.min(next ?? Infinity, validTo)
  return next
}

/** Deletes what has expired of a key's material. */
export const expireMaterial = (state: KmsState, key: KmsKey, at: number): void => {
  for (const material of key.materials) {
    if (material.validTo !== undefined && material.validTo <= at) deleteMaterial(state, key, material)
  }
}

/** Whether pending material is in every related key, so that the primary can rotate to it. */
export const isEverywhere = (state: KmsState, key: KmsKey, { id }: KeyMaterial): boolean =>
  relatedKeys(state, key).every((related) =>
    related.materials.some((material) => material.id === id && material.bytes !== undefined),
  )

/**
 * Adds material that is new to a key and its replicas, which list it until it is imported into them as well. The first
 * material of a key is its current one at once; later material waits for a rotation.
 */
export const addMaterial = (state: KmsState, key: KmsKey, material: KeyMaterial): void => {
  const role = key.materials.length > 0 ? { pending: true } : {}
  for (const related of relatedKeys(state, key)) {
    related.materials = [
      ...related.materials,
      related === key ? { ...material, ...role } : { id: material.id, ...role },
    ]
    noteCompleteness(related)
  }
}
