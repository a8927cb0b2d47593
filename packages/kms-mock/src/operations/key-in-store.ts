import { KmsError, validationError } from '../errors.js'
import type { Input } from '../model/input.js'
import type { KeyOrigin, KmsKey } from '../state/key.js'
import { keysInStore } from '../state/key-store-connection.js'
import { checkClusterForKey } from './cloud-hsm-key-store.js'
import { ownKeyStore, requireConnection } from './custom-key-store.js'
import { checkXksKey, newXksKeyErrors, requireProxy } from './external-key-store.js'
import type { OperationContext } from './operation.js'

/** The origins of keys in custom key stores are the types of these. */
const isOfStore = (origin: KeyOrigin): origin is 'AWS_CLOUDHSM' | 'EXTERNAL_KEY_STORE' =>
  origin === 'AWS_CLOUDHSM' || origin === 'EXTERNAL_KEY_STORE'

/**
 * Checks which parameters go with a custom key store (API Reference, CreateKey, "CustomKeyStoreId", "XksKeyId").
 * @throws KmsError ValidationException, UnsupportedOperationException
 */
export const checkStoreParameters = (
  { CustomKeyStoreId, XksKeyId, MultiRegion }: Input<'CreateKey'>,
  { keySpec, origin }: Pick<KmsKey, 'keySpec' | 'origin'>,
): void => {
  if (XksKeyId !== undefined && origin !== 'EXTERNAL_KEY_STORE') {
    throw validationError('XksKeyId is only valid with Origin EXTERNAL_KEY_STORE.')
  }
  if (isOfStore(origin) !== (CustomKeyStoreId !== undefined)) {
    throw validationError(
      isOfStore(origin)
        ? `CustomKeyStoreId is required with Origin ${origin}.`
        : `CustomKeyStoreId is not valid with Origin ${origin}.`,
    )
  }
  if (origin === 'EXTERNAL_KEY_STORE' && XksKeyId === undefined) {
    throw validationError('XksKeyId is required with Origin EXTERNAL_KEY_STORE.')
  }
  if (isOfStore(origin) && (keySpec !== 'SYMMETRIC_DEFAULT' || MultiRegion === true)) {
    throw new KmsError(
      'UnsupportedOperationException',
      'A custom key store can contain single-Region symmetric encryption keys only.',
    )
  }
}

/**
 * Checks the custom key store that a key is to be in, and what backs it.
 * @throws KmsError CustomKeyStoreNotFoundException, CustomKeyStoreInvalidStateException, ValidationException,
 * CloudHsmClusterInvalidConfigurationException, XksKeyNotFoundException, XksKeyInvalidConfigurationException,
 * XksKeyAlreadyInUseException
 */
export const placeInStore = (
  { CustomKeyStoreId, XksKeyId }: Input<'CreateKey'>,
  origin: KeyOrigin,
  { state, caller, outside }: OperationContext,
): Pick<KmsKey, 'customKeyStoreId' | 'xksKeyId'> => {
  if (CustomKeyStoreId === undefined) return {}
  const store = ownKeyStore(state, caller, CustomKeyStoreId)
  if (store.type !== origin)
    throw validationError(`The type of custom key store ${CustomKeyStoreId} is ${store.type}.`)
  requireConnection(store, 'CONNECTED')
  if (store.type === 'AWS_CLOUDHSM') checkClusterForKey(outside, store)
  else if (XksKeyId !== undefined) {
    if (keysInStore(state, store).some(({ xksKeyId }) => xksKeyId === XksKeyId)) {
      throw new KmsError(
        'XksKeyAlreadyInUseException',
        `The external key ${XksKeyId} is that of another KMS key in this external key store already.`,
      )
    }
    requireProxy(outside, store, 'CustomKeyStoreInvalidStateException')
    checkXksKey(outside, store, XksKeyId, newXksKeyErrors)
  }
  return { customKeyStoreId: CustomKeyStoreId, ...(XksKeyId !== undefined && { xksKeyId: XksKeyId }) }
}
