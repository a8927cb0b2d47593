import { KmsError } from '../errors.js'
import { keysInStore } from '../state/key-store-connection.js'
import { accountRegion } from '../state/state.js'
import { ownKeyStore, requireConnection } from './custom-key-store.js'
import { defineOperation } from './operation.js'

/** API Reference, DeleteCustomKeyStore. */
export const deleteCustomKeyStore = defineOperation({
  name: 'DeleteCustomKeyStore',
  changesState: true,
  run: ({ CustomKeyStoreId }, { state, caller }) => {
    const store = ownKeyStore(state, caller, CustomKeyStoreId)
    if (keysInStore(state, store).length > 0) {
      throw new KmsError(
        'CustomKeyStoreHasCMKsException',
        `Custom key store ${CustomKeyStoreId} contains KMS keys.`,
      )
    }
    requireConnection(store, 'DISCONNECTED')
    accountRegion(state, caller).customKeyStores.delete(CustomKeyStoreId)
    return {}
  },
})
