import { noteDue } from '../state/due.js'
import { changeConnection } from '../state/key-store-connection.js'
import { ownKeyStore, requireConnection } from './custom-key-store.js'
import { defineOperation } from './operation.js'

/** API Reference, DisconnectCustomKeyStore. */
export const disconnectCustomKeyStore = defineOperation({
  name: 'DisconnectCustomKeyStore',
  changesState: true,
  run: ({ CustomKeyStoreId }, { state, caller, now, transitionMs }) => {
    const store = ownKeyStore(state, caller, CustomKeyStoreId)
    requireConnection(store, 'CONNECTED', 'CONNECTING', 'FAILED')
    delete store.connectionErrorCode
    changeConnection(state, store, { at: now + transitionMs, to: 'DISCONNECTED' }, now)
    noteDue(state, [])
    return {}
  },
})
