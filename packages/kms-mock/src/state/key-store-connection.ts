import type { ConnectionChange, CustomKeyStore } from './custom-key-store.js'
import type { KmsKey } from './key.js'
import { accountRegion, allCustomKeyStores } from './state.js'
import type { KmsState } from './state.js'

/** The KMS keys in a custom key store. */
export const keysInStore = (state: KmsState, store: CustomKeyStore): KmsKey[] =>
  [...accountRegion(state, store).keys.values()].filter(
    ({ customKeyStoreId }) => customKeyStoreId === store.customKeyStoreId,
  )

const storeOf = (state: KmsState, key: KmsKey): CustomKeyStore | undefined =>
  key.customKeyStoreId === undefined
    ? undefined
    : accountRegion(state, key).customKeyStores.get(key.customKeyStoreId)

/**
 * Enables or disables a key; an unavailable one only once it is available (developer guide, key state table, [12]).
 */
export const switchKey = (key: KmsKey, to: 'Enabled' | 'Disabled'): void => {
  if (key.state === 'Unavailable') key.availableState = to
  else key.state = to
}

/**
 * Makes a key available or unavailable as its custom key store is. One that waits for its deletion stays as it is
 * (developer guide, key state table, [13]).
 */
export const adjustAvailability = (state: KmsState, key: KmsKey): void => {
  const store = storeOf(state, key)
  if (store === undefined) return
  const isConnected = store.connectionState === 'CONNECTED'
  if (isConnected && key.state === 'Unavailable') {
    key.state = key.availableState ?? 'Enabled'
    delete key.availableState
  } else if (!isConnected && (key.state === 'Enabled' || key.state === 'Disabled')) {
    key.availableState = key.state
    key.state = 'Unavailable'
  }
}

const arrive = (state: KmsState, store: CustomKeyStore, { to, errorCode }: ConnectionChange): void => {
  store.connectionState = to
  delete store.connectionChange
  if (errorCode === undefined) delete store.connectionErrorCode
  else store.connectionErrorCode = errorCode
  for (const key of keysInStore(state, store)) adjustAvailability(state, key)
}

/** Begins to connect or disconnect; what is due at once happens at once. Needs `noteDue` after it. */
export const changeConnection = (
  state: KmsState,
  store: CustomKeyStore,
  change: ConnectionChange,
  now: number,
): void => {
  if (change.at <= now) {
    arrive(state, store, change)
    return
  }
  store.connectionState = change.to === 'DISCONNECTED' ? 'DISCONNECTING' : 'CONNECTING'
  store.connectionChange = change
  for (const key of keysInStore(state, store)) adjustAvailability(state, key)
}

/** When the next connection is made or ended. */
export const nextConnectionAt = (state: KmsState): number => {
  let next = Infinity
  for (const { connectionChange } of allCustomKeyStores(state)) {
    next = Math.min(next, connectionChange?.at ?? Infinity)
  }
  return next
}

/** Makes and ends the connections whose time has come. */
export const endConnectionChanges = (state: KmsState, now: number): void => {
  for (const store of allCustomKeyStores(state)) {
    const { connectionChange } = store
    if (connectionChange !== undefined && connectionChange.at <= now) arrive(state, store, connectionChange)
  }
}
