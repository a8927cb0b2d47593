import { validationError } from '../errors.js'
import type { CustomKeyStore } from '../state/custom-key-store.js'
import { accountRegion } from '../state/state.js'
import { noSuchKeyStore } from './custom-key-store.js'
import { defineOperation } from './operation.js'
import { pageLimit, pageOf } from './page.js'

const backing = (store: CustomKeyStore): object => {
  if (store.type === 'AWS_CLOUDHSM') {
    const { cloudHsmClusterId, trustAnchorCertificate } = store
    return { CloudHsmClusterId: cloudHsmClusterId, TrustAnchorCertificate: trustAnchorCertificate }
  }
  const { proxy } = store
  return {
    XksProxyConfiguration: {
      Connectivity: proxy.connectivity,
      AccessKeyId: proxy.accessKeyId,
      UriEndpoint: proxy.uriEndpoint,
      UriPath: proxy.uriPath,
      ...(proxy.vpcEndpointServiceName !== undefined && {
        VpcEndpointServiceName: proxy.vpcEndpointServiceName,
        VpcEndpointServiceOwner: proxy.vpcEndpointServiceOwner,
      }),
    },
  }
}

const entry = (store: CustomKeyStore): object => ({
  CustomKeyStoreId: store.customKeyStoreId,
  CustomKeyStoreName: store.name,
  ...backing(store),
  ConnectionState: store.connectionState,
  ...(store.connectionErrorCode !== undefined && { ConnectionErrorCode: store.connectionErrorCode }),
  CreationDate: new Date(store.createdAt),
  CustomKeyStoreType: store.type,
})

/** API Reference, DescribeCustomKeyStores. */
export const describeCustomKeyStores = defineOperation({
  name: 'DescribeCustomKeyStores',
  run: ({ CustomKeyStoreId: id, CustomKeyStoreName: name, Limit, Marker }, { state, caller }) => {
    if (id !== undefined && name !== undefined) {
      throw validationError('You can specify either CustomKeyStoreId or CustomKeyStoreName, but not both.')
    }
    const stores = [...accountRegion(state, caller).customKeyStores.values()].filter(
      (store) =>
        (id ?? store.customKeyStoreId) === store.customKeyStoreId && (name ?? store.name) === store.name,
    )
    const wanted = id ?? name
    if (wanted !== undefined && stores.length === 0) throw noSuchKeyStore(wanted)
    const { items, position } = pageOf(
      stores,
      ({ customKeyStoreId }) => customKeyStoreId,
      pageLimit(Limit, 100),
      Marker,
    )
    return { CustomKeyStores: items.map(entry), ...position }
  },
})
