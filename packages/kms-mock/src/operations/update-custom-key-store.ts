import { validationError } from '../errors.js'
import type { Input } from '../model/input.js'
import type { CloudHsmKeyStore, CustomKeyStore, ExternalKeyStore } from '../state/custom-key-store.js'
import { checkRelatedCluster } from './cloud-hsm-key-store.js'
import { checkKeyStoreName, otherKeyStores, ownKeyStore, requireConnection } from './custom-key-store.js'
import { checkProxy, checkProxyIsFree } from './external-key-store.js'
import { checkParametersOfType, proxySettings } from './key-store-parameters.js'
import { defineOperation } from './operation.js'
import type { OperationContext } from './operation.js'

type Update = Input<'UpdateCustomKeyStore'>

/** What can be changed while the key store is connected (API Reference, UpdateCustomKeyStore); its id is no change. */
const whileConnected: ReadonlySet<string> = new Set([
  'CustomKeyStoreId',
  'NewCustomKeyStoreName',
  'XksProxyAuthenticationCredential',
  'XksProxyUriPath',
])

const updateCloudHsm = (
  { CloudHsmClusterId, KeyStorePassword }: Update,
  store: CloudHsmKeyStore,
  { outside }: OperationContext,
): void => {
  if (CloudHsmClusterId !== undefined) checkRelatedCluster(outside, store, CloudHsmClusterId)
  store.cloudHsmClusterId = CloudHsmClusterId ?? store.cloudHsmClusterId
  store.keyStorePassword = KeyStorePassword ?? store.keyStorePassword
}

const checkConnectivityChange = (input: Update, { proxy }: ExternalKeyStore): void => {
  const { XksProxyConnectivity: connectivity, XksProxyUriEndpoint, XksProxyVpcEndpointServiceName } = input
  if (connectivity === undefined || connectivity === proxy.connectivity) return
  if (XksProxyUriEndpoint === undefined) {
    throw validationError('XksProxyUriEndpoint must be specified when XksProxyConnectivity changes.')
  }
  if (connectivity === 'VPC_ENDPOINT_SERVICE' && XksProxyVpcEndpointServiceName === undefined) {
    throw validationError(
      'XksProxyVpcEndpointServiceName must be specified when XksProxyConnectivity changes to VPC_ENDPOINT_SERVICE.',
    )
  }
}

const updateExternal = (
  input: Update,
  store: ExternalKeyStore,
  others: readonly CustomKeyStore[],
  { outside, caller }: OperationContext,
): void => {
  const isAboutProxy = Object.keys(input).some((name) => name.startsWith('XksProxy'))
  if (!isAboutProxy) return
  checkConnectivityChange(input, store)
  const proxy = proxySettings(input, store.proxy, caller.accountId)
  checkProxyIsFree(others, proxy)
  checkProxy(outside, proxy, store.connectionState === 'CONNECTED')
  store.proxy = proxy
}

/** API Reference, UpdateCustomKeyStore. */
export const updateCustomKeyStore = defineOperation({
  name: 'UpdateCustomKeyStore',
  changesState: true,
  run: (input, context) => {
    const { state, caller } = context
    const { CustomKeyStoreId, NewCustomKeyStoreName } = input
    const store = ownKeyStore(state, caller, CustomKeyStoreId)
    checkParametersOfType(store.type, input)
    if (Object.keys(input).every((name) => whileConnected.has(name))) {
      requireConnection(store, 'CONNECTED', 'DISCONNECTED')
    } else {
      requireConnection(store, 'DISCONNECTED')
    }
    const others = otherKeyStores(state, caller, CustomKeyStoreId)
    if (NewCustomKeyStoreName !== undefined) checkKeyStoreName(others, NewCustomKeyStoreName)
    if (store.type === 'AWS_CLOUDHSM') updateCloudHsm(input, store, context)
    else updateExternal(input, store, others, context)
    store.name = NewCustomKeyStoreName ?? store.name
    return {}
  },
})
