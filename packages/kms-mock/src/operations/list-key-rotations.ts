import { isEverywhere } from '../state/imported-material.js'
import { currentMaterial } from '../state/key.js'
import type { KeyMaterial, KmsKey } from '../state/key.js'
import { managedKeyId } from '../state/resolve-key.js'
import type { KmsState } from '../state/state.js'
import { defineOperation } from './operation.js'
import { pageOf } from './page.js'
import { requireRotatable } from './require-rotatable.js'

const stateOf = (state: KmsState, key: KmsKey, material: KeyMaterial): string => {
  if (material === currentMaterial(key)) return 'CURRENT'
  if (material.pending !== true) return 'NON_CURRENT'
  return isEverywhere(state, key, material) ? 'PENDING_ROTATION' : 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION'
}

const importOf = ({ bytes, description, validTo }: KeyMaterial): object => ({
  ...(description !== undefined && { KeyMaterialDescription: description }),
  ImportState: bytes === undefined ? 'PENDING_IMPORT' : 'IMPORTED',
  ...(bytes !== undefined && {
    ExpirationModel: validTo === undefined ? 'KEY_MATERIAL_DOES_NOT_EXPIRE' : 'KEY_MATERIAL_EXPIRES',
  }),
  ...(validTo !== undefined && { ValidTo: new Date(validTo) }),
})

/** The `RotationsListEntry` of material. */
const entryOf = (state: KmsState, key: KmsKey, material: KeyMaterial): object => ({
  KeyId: key.keyId,
  KeyMaterialId: material.id,
  ...(key.origin === 'EXTERNAL' && importOf(material)),
  KeyMaterialState: stateOf(state, key, material),
  ...(material.rotation !== undefined && {
    RotationDate: new Date(material.rotation.at),
    RotationType: material.rotation.type,
  }),
})

/** API Reference, ListKeyRotations. */
export const listKeyRotations = defineOperation({
  name: 'ListKeyRotations',
  run: (input, context) => {
    const key = context.key(input.KeyId, managedKeyId)
    requireRotatable(key, { imported: true })
    const all = input.IncludeKeyMaterial === 'ALL_KEY_MATERIAL'
    const { items, position } = pageOf(
      [...key.materials.entries()].filter(([, { rotation }]) => all || rotation !== undefined),
      // Oldest first: material is only ever added behind what has its place for good.
      ([index]) => String(index).padStart(6, '0'),
      input.Limit ?? 100,
      input.Marker,
    )
    return { Rotations: items.map(([, material]) => entryOf(context.state, key, material)), ...position }
  },
})
