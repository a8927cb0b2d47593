import { algorithmsOf, isKeySpec, keySpecs, keyUsages } from '../cryptography/key-specs.js'
import { customKeyStoreOf } from './custom-key-store-codec.js'
import { isKeyId, isMultiRegionKeyId } from './arn.js'
import { noteDue } from './due.js'
import { encodeKeyExtras, keyExtrasOf } from './key-extras-codec.js'
import { importedMaterial, keyMaterial, keyOrigins, keyStates, rotationTypes } from './key.js'
import type { AutomaticRotation, KeyMaterial, KmsKey, MaterialRotation, Tag } from './key.js'
import { fieldsOf, expect, listOf, MalformedStateError, number, oneOf, placeOf, text } from './read-json.js'
import {
  accountRegion,
  addAlias,
  addKey,
  allAliases,
  allCustomKeyStores,
  allKeys,
  emptyState,
  ownAccountRegion,
} from './state.js'
import type { Alias, KmsState } from './state.js'

const version = 2
const keySpecNames = Object.keys(keySpecs).filter(isKeySpec)
/** States that a key without material may be in. */
const unmaterial: ReadonlySet<KmsKey['state']> = new Set([
  'PendingImport',
  'PendingDeletion',
  'PendingReplicaDeletion',
  'Creating',
])

/** Writes a state as JSON. It holds key material: it belongs in a file of mode 0600, and nowhere else. */
export const encodeState = (state: KmsState): string =>
  `${JSON.stringify(
    {
      format: 'sealring-kms-mock-state',
      version,
      keysCreated: state.keysCreated,
      clockAheadMs: state.clockAheadMs,
      importSecret: state.importSecret.toString('base64'),
      keys: [...allKeys(state)].map((key) => ({
        ...key,
        ...encodeKeyExtras(key),
        materials: key.materials.map(({ bytes, ...about }) => ({
          ...about,
          ...(bytes !== undefined && { bytes: bytes.toString('base64') }),
        })),
      })),
      aliases: [...allAliases(state)],
      customKeyStores: [...allCustomKeyStores(state)],
    },
    null,
    1,
  )}\n`

const tagOf = (value: unknown, where: string): Tag => {
  const fields = fieldsOf(value, where)
  return {
    TagKey: text(fields['TagKey'], `${where}.TagKey`),
    TagValue: text(fields['TagValue'], `${where}.TagValue`),
  }
}

const bytesOf = (value: unknown, where: string): Buffer => {
  const bytes = Buffer.from(text(value, where), 'base64')
  expect(bytes.toString('base64') === value, `${where} is not base64`)
  return bytes
}

const rotationOf = (value: unknown, where: string): MaterialRotation => {
  const fields = fieldsOf(value, where)
  return {
    at: number(fields['at'], `${where}.at`),
    type: oneOf(rotationTypes, fields['type'], `${where}.type`),
  }
}

const keyMaterialOf = (value: unknown, where: string, idOf: (bytes: Buffer) => string): KeyMaterial => {
  const fields = fieldsOf(value, where)
  const id = text(fields['id'], `${where}.id`)
  const { bytes: encoded, pending, validTo, description, rotation } = fields
  const bytes = encoded === undefined ? undefined : bytesOf(encoded, `${where}.bytes`)
  expect(bytes === undefined || idOf(bytes) === id, `${where}.bytes does not fit its id`)
  expect(pending === undefined || pending === true, `${where}.pending is not true`)
  return {
    id,
    ...(bytes !== undefined && { bytes }),
    ...(pending === true && { pending }),
    ...(validTo !== undefined && { validTo: number(validTo, `${where}.validTo`) }),
    ...(description !== undefined && { description: text(description, `${where}.description`) }),
    ...(rotation !== undefined && { rotation: rotationOf(rotation, `${where}.rotation`) }),
  }
}

/** Material is checked by what it is for when it is used; here: that a usable key has some, a symmetric one 32 bytes. */
const materialsOf = (
  value: unknown,
  where: string,
  { keySpec, state, keyId, origin }: Pick<KmsKey, 'keySpec' | 'state' | 'keyId' | 'origin'>,
): KeyMaterial[] => {
  const idOf = (bytes: Buffer): string =>
    (origin === 'EXTERNAL' ? importedMaterial(bytes, keyId) : keyMaterial(bytes)).id
  const materials = listOf(value, where).map((item, index) => keyMaterialOf(item, `${where}[${index}]`, idOf))
  expect(materials.length > 0 || unmaterial.has(state), `${where} is empty`)
  for (const { bytes } of keySpec === 'SYMMETRIC_DEFAULT' ? materials : []) {
    expect(bytes === undefined || bytes.length === 32, `${where} has material that is not 32 bytes`)
  }
  return materials
}

const resumesOf = (value: unknown, where: string): NonNullable<KmsKey['resumes']> => {
  const fields = fieldsOf(value, where)
  return {
    state: oneOf(keyStates, fields['state'], `${where}.state`),
    at: number(fields['at'], `${where}.at`),
  }
}

const scheduleOf = (value: unknown, where: string): AutomaticRotation => {
  const fields = fieldsOf(value, where)
  const periodInDays = number(fields['periodInDays'], `${where}.periodInDays`)
  // A period of nothing would be due for ever.
  expect(periodInDays >= 1, `${where}.periodInDays is not a period`)
  return { periodInDays, nextAt: number(fields['nextAt'], `${where}.nextAt`) }
}

const keyOf = (value: unknown, where: string): KmsKey => {
  const fields = fieldsOf(value, where)
  const keyId = text(fields['keyId'], `${where}.keyId`)
  const state = oneOf(keyStates, fields['state'], `${where}.state`)
  const origin = oneOf(keyOrigins, fields['origin'], `${where}.origin`)
  const keySpec = oneOf(keySpecNames, fields['keySpec'], `${where}.keySpec`)
  const keyUsage = oneOf(keyUsages, fields['keyUsage'], `${where}.keyUsage`)
  expect(algorithmsOf(keySpec, keyUsage) !== undefined, `${where}.keyUsage contradicts its keySpec`)
  expect(isKeyId(keyId), `${where}.keyId is not a key id`)
  const { primaryRegion, policy, deletionAt, pendingWindowInDays, resumes, rotation } = fields
  expect(
    isMultiRegionKeyId(keyId) === (primaryRegion !== undefined),
    `${where}.primaryRegion contradicts its keyId`,
  )
  expect(
    (state === 'PendingDeletion') === (deletionAt !== undefined),
    `${where}.deletionAt contradicts its state`,
  )
  expect(
    (resumes !== undefined) === (state === 'Creating' || state === 'Updating'),
    `${where}.resumes contradicts its state`,
  )
  return {
    ...placeOf(fields, where),
    keyId,
    keySpec,
    keyUsage,
    origin,
    createdAt: number(fields['createdAt'], `${where}.createdAt`),
    description: text(fields['description'], `${where}.description`),
    tags: listOf(fields['tags'], `${where}.tags`).map((tag, index) => tagOf(tag, `${where}.tags[${index}]`)),
    materials: materialsOf(fields['materials'], `${where}.materials`, { keySpec, state, keyId, origin }),
    state,
    ...(resumes !== undefined && { resumes: resumesOf(resumes, `${where}.resumes`) }),
    ...(rotation !== undefined && { rotation: scheduleOf(rotation, `${where}.rotation`) }),
    ...(primaryRegion !== undefined && { primaryRegion: text(primaryRegion, `${where}.primaryRegion`) }),
    ...(policy !== undefined && { policy: text(policy, `${where}.policy`) }),
    ...keyExtrasOf(fields, where),
    ...(deletionAt !== undefined && { deletionAt: number(deletionAt, `${where}.deletionAt`) }),
    ...(pendingWindowInDays !== undefined && {
      pendingWindowInDays: number(pendingWindowInDays, `${where}.pendingWindowInDays`),
    }),
  }
}

const aliasOf = (value: unknown, where: string): Alias => {
  const fields = fieldsOf(value, where)
  return {
    ...placeOf(fields, where),
    aliasName: text(fields['aliasName'], `${where}.aliasName`),
    targetKeyId: text(fields['targetKeyId'], `${where}.targetKeyId`),
    createdAt: number(fields['createdAt'], `${where}.createdAt`),
    updatedAt: number(fields['updatedAt'], `${where}.updatedAt`),
  }
}

const parseJson = (json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch {
    // JSON.parse quotes what it stumbled over, which may be key material: its message is not kept.
    throw new MalformedStateError('it is not JSON')
  }
}

/**
 * Reads a state from JSON, believing nothing.
 * @throws MalformedStateError
 */
export const decodeState = (json: string): KmsState => {
  const root = fieldsOf(parseJson(json), 'the document')
  expect(root['format'] === 'sealring-kms-mock-state', 'it is not a state file of kms-mock')
  expect(root['version'] === version, `its version is not ${version}`)
  const state = emptyState()
  state.keysCreated = number(root['keysCreated'], 'keysCreated')
  state.clockAheadMs = number(root['clockAheadMs'] ?? 0, 'clockAheadMs')
  expect(state.clockAheadMs >= 0, 'clockAheadMs is no span of time')
  listOf(root['customKeyStores'] ?? [], 'customKeyStores').forEach((value, index) => {
    const store = customKeyStoreOf(value, `customKeyStores[${index}]`)
    ownAccountRegion(state, store).customKeyStores.set(store.customKeyStoreId, store)
  })
  listOf(root['keys'], 'keys').forEach((value, index) => {
    const key = keyOf(value, `keys[${index}]`)
    const { customKeyStoreId: storeId } = key
    expect(
      storeId === undefined || accountRegion(state, key).customKeyStores.has(storeId),
      `keys[${index}].customKeyStoreId is no custom key store`,
    )
    addKey(state, key)
  })
  // Absent from files that were written before there were import tokens.
  if (root['importSecret'] !== undefined) {
    state.importSecret = bytesOf(root['importSecret'], 'importSecret')
    expect(state.importSecret.length === 32, 'importSecret is not 32 bytes')
  }
  listOf(root['aliases'], 'aliases').forEach((value, index) => {
    const alias = aliasOf(value, `aliases[${index}]`)
    const target = state.accountRegions.get(`${alias.accountId}/${alias.region}`)?.keys.get(alias.targetKeyId)
    expect(target !== undefined, `aliases[${index}].targetKeyId is no key`)
    addAlias(state, alias)
  })
  noteDue(state, allKeys(state))
  return state
}
