import { KmsError } from '../errors.js'
import { keyArn } from '../state/arn.js'
import { noteDue } from '../state/due.js'
import { deleteMaterial } from '../state/imported-material.js'
import { currentMaterial } from '../state/key.js'
import type { KeyMaterial, KmsKey } from '../state/key.js'
import { requireKeyState } from '../state/key-state.js'
import { managedKeyId } from '../state/resolve-key.js'
import { defineOperation } from './operation.js'
import { requireExternal } from './require-external.js'

const materialMeant = (key: KmsKey, wanted: string | undefined): KeyMaterial | undefined => {
  if (wanted === undefined) return currentMaterial(key)
  const material = key.materials.find(({ id }) => id === wanted)
  if (material !== undefined) return material
  throw new KmsError('NotFoundException', `Key material ${wanted} of ${keyArn(key)} is not found.`)
}

/** API Reference, DeleteImportedKeyMaterial. Without effect on material that is gone already. */
export const deleteImportedKeyMaterial = defineOperation({
  name: 'DeleteImportedKeyMaterial',
  changesState: true,
  run: ({ KeyId, KeyMaterialId }, context) => {
    const key = context.key(KeyId, managedKeyId)
    requireExternal(key)
    requireKeyState(key, 'import-deletion')
    const material = materialMeant(key, KeyMaterialId)
    if (material !== undefined) {
      deleteMaterial(context.state, key, material)
      noteDue(context.state, [key])
    }
    return {
      KeyId: keyArn(key),
      ...(material !== undefined && key.keySpec === 'SYMMETRIC_DEFAULT' && { KeyMaterialId: material.id }),
    }
  },
})
