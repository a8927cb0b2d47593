import { customKeyStoreOf } from './custom-key-store-codec.js'
import { noteDue } from './due.js'
import { encodeKey, keyOf } from './key-codec.js'
import { bytesOf, expect, fieldsOf, listOf, MalformedStateError, number, placeOf, text } from './read-json.js'
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
/** Writes a state as JSON. It holds key material: it belongs in a file of mode 0600, and nowhere else. */
export const encodeState = (state: KmsState): string =>
  `${JSON.stringify(
    {
      format: 'sealring-kms-mock-state',
      version,
      keysCreated: state.keysCreated,
      clockAheadMs: state.clockAheadMs,
      importSecret: state.importSecret.toString('base64'),
      keys: [...allKeys(state)].map(encodeKey),
      aliases: [...allAliases(state)],
      customKeyStores: [...allCustomKeyStores(state)],
    },
    null,
    1,
  )}\n`

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
