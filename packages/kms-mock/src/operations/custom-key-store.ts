import type { Caller } from '../caller.js'
import { KmsError } from '../errors.js'
import type { CustomKeyStore } from '../state/custom-key-store.js'
import { accountRegion } from '../state/state.js'
import type { KmsState } from '../state/state.js'

/** What is no custom key store of the caller's. */
export const noSuchKeyStore = (which: string): KmsError =>
  new KmsError('CustomKeyStoreNotFoundException', `Custom key store ${which} is not found.`)

/**
 * Finds a custom key store of the caller's own.
 * @throws KmsError CustomKeyStoreNotFoundException
 */
export const ownKeyStore = (state: KmsState, caller: Caller, customKeyStoreId: string): CustomKeyStore => {
  const store = accountRegion(state, caller).customKeyStores.get(customKeyStoreId)
  if (store === undefined) throw noSuchKeyStore(customKeyStoreId)
  return store
}

/** The other custom key stores of the account and region. */
export const otherKeyStores = (
  state: KmsState,
  caller: Caller,
  customKeyStoreId?: string,
): CustomKeyStore[] =>
  [...accountRegion(state, caller).customKeyStores.values()].filter(
    (store) => store.customKeyStoreId !== customKeyStoreId,
  )

/**
 * Refuses a custom key store whose connection isn't in one of these states.
 * @throws KmsError CustomKeyStoreInvalidStateException
 */
export const requireConnection = (
  { customKeyStoreId, connectionState }: CustomKeyStore,
  ...allowed: CustomKeyStore['connectionState'][]
): void => {
  if (allowed.includes(connectionState)) return
  throw new KmsError(
    'CustomKeyStoreInvalidStateException',
    `Custom key store ${customKeyStoreId} is ${connectionState}, which is not valid for this operation.`,
  )
}

/**
 * Refuses a name that another custom key store has.
 * @throws KmsError CustomKeyStoreNameInUseException
 */
export const checkKeyStoreName = (others: readonly CustomKeyStore[], name: string | undefined): void => {
  if (!others.some((store) => store.name === name)) return
  throw new KmsError(
    'CustomKeyStoreNameInUseException',
    `The name ${name} is that of another custom key store already.`,
  )
}
