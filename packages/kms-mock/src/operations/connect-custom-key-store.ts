import type { Outside } from '../outside.js'
import type { ConnectionErrorCode, CustomKeyStore } from '../state/custom-key-store.js'
import { noteDue } from '../state/due.js'
import { changeConnection } from '../state/key-store-connection.js'
import { connectCluster } from './cloud-hsm-key-store.js'
import { ownKeyStore, requireConnection } from './custom-key-store.js'
import { connectProxy } from './external-key-store.js'
import { defineOperation } from './operation.js'

const failureOf = (outside: Outside, store: CustomKeyStore): ConnectionErrorCode | undefined =>
  store.type === 'AWS_CLOUDHSM' ? connectCluster(outside, store) : connectProxy(outside, store)

/** API Reference, ConnectCustomKeyStore. What is connected already, or about to be, is left as it is. */
export const connectCustomKeyStore = defineOperation({
  name: 'ConnectCustomKeyStore',
  changesState: true,
  run: ({ CustomKeyStoreId }, { state, caller, now, outside, transitionMs }) => {
    const store = ownKeyStore(state, caller, CustomKeyStoreId)
    requireConnection(store, 'DISCONNECTED', 'CONNECTING', 'CONNECTED')
    if (store.connectionState !== 'DISCONNECTED') return {}
    const errorCode = failureOf(outside, store)
    const at = now + transitionMs
    changeConnection(
      state,
      store,
      errorCode === undefined ? { at, to: 'CONNECTED' } : { at, to: 'FAILED', errorCode },
      now,
    )
    noteDue(state, [])
    return {}
  },
})
