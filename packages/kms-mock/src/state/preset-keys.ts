import { KmsOptionError } from '../errors.js'
import { isCaller } from '../caller.js'
import { isKeyId, isMultiRegionKeyId } from './arn.js'
import { keyMaterial } from './key.js'
import type { PresetKey } from './preset-key.js'
import { accountRegion, addAlias, addKey, allKeys } from './state.js'
import type { KmsState } from './state.js'

/**
 * Puts preset keys into a state.
 * @throws KmsOptionError KMS_OPTION_INVALID
 */
export const addPresetKeys = (
  state: KmsState,
  presets: readonly PresetKey[],
  accountId: string,
  now: number,
): void => {
  presets.forEach((preset, index) => {
    const place = { region: preset.region, accountId: preset.accountId ?? accountId }
    const refuse = (problem: string): never => {
      throw new KmsOptionError(`keys[${index}]: ${problem}`)
    }
    if (!isCaller(place)) refuse('region or accountId is malformed')
    if (!isKeyId(preset.keyId)) refuse('keyId is neither a UUID nor an mrk- id')
    const { keys, aliases } = accountRegion(state, place)
    if (keys.has(preset.keyId)) refuse('this key is there already')
    const bytes = Buffer.from(preset.material, 'base64')
    if (bytes.length !== 32) refuse('material is not 32 bytes in base64')
    const material = keyMaterial(bytes)
    const related = [...allKeys(state)].find(
      (key) =>
        key.accountId === place.accountId && key.keyId === preset.keyId && key.primaryRegion !== undefined,
    )
    if (related !== undefined && related.materials[0]?.id !== material.id) {
      refuse('a multi-Region key has the same material in every region')
    }
    addKey(state, {
      ...place,
      keyId: preset.keyId,
      ...(isMultiRegionKeyId(preset.keyId) && { primaryRegion: related?.primaryRegion ?? place.region }),
      createdAt: now,
      keySpec: 'SYMMETRIC_DEFAULT',
      keyUsage: 'ENCRYPT_DECRYPT',
      origin: 'AWS_KMS',
      description: preset.description ?? '',
      tags: [],
      materials: [material],
      state: 'Enabled',
    })
    if (preset.alias === undefined) return
    if (!/^alias\/[a-zA-Z0-9/_-]{1,250}$/.test(preset.alias)) refuse('alias is malformed')
    if (aliases.has(preset.alias)) refuse('this alias is there already')
    addAlias(state, {
      ...place,
      aliasName: preset.alias,
      targetKeyId: preset.keyId,
      createdAt: now,
      updatedAt: now,
    })
  })
}
