import type { KmsKey } from '../state/key.js'
import { accountRegion } from '../state/state.js'
import { requireCluster } from './cloud-hsm-key-store.js'
import { checkXksKey, requireProxy, usedXksKeyErrors } from './external-key-store.js'
import type { OperationContext } from './operation.js'

const error = 'KMSInvalidStateException'

/**
 * Refuses a key of a custom key store while what backs it can't serve. Its key state doesn't tell: that follows the
 * connection alone (KMS Developer Guide, "Key states of AWS KMS keys").
 * @throws KmsError KMSInvalidStateException, the one error that cryptographic operations have for it
 */
export const requireBacking = (key: KmsKey, { state, outside }: OperationContext): void => {
  if (key.customKeyStoreId === undefined) return
  const store = accountRegion(state, key).customKeyStores.get(key.customKeyStoreId)
  if (store === undefined) throw new Error(`The custom key store of ${key.keyId} is gone`)
  if (store.type === 'AWS_CLOUDHSM') requireCluster(outside, store, error)
  else {
    requireProxy(outside, store, error)
    checkXksKey(outside, store, key.xksKeyId ?? '', usedXksKeyErrors)
  }
}
