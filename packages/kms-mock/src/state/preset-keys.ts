import { isCaller } from '../caller.js'
import { algorithmsOf, isKeySpec, keySpecs, keyUsages } from '../cryptography/key-specs.js'
import type { KeySpec, KeyUsage } from '../cryptography/key-specs.js'
import { checkMaterial } from '../cryptography/material.js'
import { KmsOptionError } from '../errors.js'
import { isKeyId, isMultiRegionKeyId, partitionOf } from './arn.js'
import { keyMaterial } from './key.js'
import type { PresetKey } from './preset-key.js'
import { accountRegion, addAlias, addKey, keysNamed } from './state.js'
import type { KmsState } from './state.js'

type Refuse = (problem: string) => never

const refuseAt =
  (index: number): Refuse =>
  (problem) => {
    throw new KmsOptionError(`keys[${index}]: ${problem}`)
  }

interface Kind {
  readonly keySpec: KeySpec
  readonly keyUsage: KeyUsage
}

const kindOf = ({ keySpec = 'SYMMETRIC_DEFAULT', keyUsage }: PresetKey, refuse: Refuse): Kind => {
  if (!isKeySpec(keySpec)) return refuse('keySpec is not known')
  const usages = keyUsages.filter((usage) => algorithmsOf(keySpec, usage) !== undefined)
  const usage = keyUsage ?? (usages.length === 1 ? usages[0] : undefined)
  if (usage === undefined || !usages.includes(usage)) {
    return refuse(`keyUsage of ${keySpec} is one of ${usages.join(', ')}`)
  }
  return { keySpec, keyUsage: usage }
}

const bytesOf = ({ material }: PresetKey): Buffer => Buffer.from(material, 'base64')

/**
 * Checks what takes a while: the material of key pairs. Nothing to wait for if there are none.
 * @throws KmsOptionError KMS_OPTION_INVALID, at once or as a rejection
 */
export const checkPresetMaterial = (presets: readonly PresetKey[]): Promise<unknown> | undefined => {
  const waits = presets.map((preset, index) => {
    const refuse = refuseAt(index)
    const { keySpec } = kindOf(preset, refuse)
    const given = bytesOf(preset)
    const form = keySpecs[keySpec].asymmetric ? 'a private key as PKCS #8 in DER' : 'of the length it has'
    const judge = (checked: Buffer | undefined): void => {
      // What KMS would keep in another form would have another id here than after an import.
      if (checked?.equals(given) !== true) refuse(`material is not base64 of a key of ${keySpec}, ${form}`)
    }
    const checked = checkMaterial(keySpec, given)
    return checked instanceof Promise ? checked.then(judge) : judge(checked)
  })
  const promises = waits.filter((wait) => wait instanceof Promise)
  return promises.length === 0 ? undefined : Promise.all(promises)
}

const aliasNamesOf = ({ alias, aliases = [] }: PresetKey): readonly string[] =>
  alias === undefined ? aliases : [alias, ...aliases]

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
    const refuse = refuseAt(index)
    const place = { region: preset.region, accountId: preset.accountId ?? accountId }
    if (!isCaller(place)) refuse('region or accountId is malformed')
    if (!isKeyId(preset.keyId)) refuse('keyId is neither a UUID nor an mrk- id')
    if (accountRegion(state, place).keys.has(preset.keyId)) refuse('this key is there already')
    const material = keyMaterial(bytesOf(preset))
    const [related] = keysNamed(state, preset.keyId).filter(
      (key) =>
        key.accountId === place.accountId &&
        key.primaryRegion !== undefined &&
        partitionOf(key.region) === partitionOf(place.region),
    )
    if (related !== undefined && related.materials[0]?.id !== material.id) {
      refuse('a multi-Region key has the same material in every region')
    }
    const kind = kindOf(preset, refuse)
    if (related !== undefined && (related.keySpec !== kind.keySpec || related.keyUsage !== kind.keyUsage)) {
      refuse('a multi-Region key has the same key spec and usage in every region')
    }
    addKey(state, {
      ...place,
      ...kind,
      keyId: preset.keyId,
      ...(isMultiRegionKeyId(preset.keyId) && { primaryRegion: related?.primaryRegion ?? place.region }),
      createdAt: now,
      origin: 'AWS_KMS',
      description: preset.description ?? '',
      tags: preset.tags ?? [],
      materials: [material],
      state: preset.enabled === false ? 'Disabled' : 'Enabled',
    })
    for (const aliasName of aliasNamesOf(preset)) {
      if (!/^alias\/[a-zA-Z0-9/_-]{1,250}$/.test(aliasName)) refuse('alias is malformed')
      if (accountRegion(state, place).aliases.has(aliasName)) refuse('this alias is there already')
      addAlias(state, { ...place, aliasName, targetKeyId: preset.keyId, createdAt: now, updatedAt: now })
    }
  })
}
