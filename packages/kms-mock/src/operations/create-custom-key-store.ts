import { randomBytes } from 'node:crypto'
import { KmsError } from '../errors.js'
import type { Input } from '../model/input.js'
import type { CustomKeyStore } from '../state/custom-key-store.js'
import { ownAccountRegion } from '../state/state.js'
import { checkNewCluster } from './cloud-hsm-key-store.js'
import { checkKeyStoreName, otherKeyStores } from './custom-key-store.js'
import { checkProxy, checkProxyIsFree } from './external-key-store.js'
import { checkParametersOfType, proxySettings, required } from './key-store-parameters.js'
import { defineOperation } from './operation.js'
import type { OperationContext } from './operation.js'
import { quotas } from './quotas.js'

type Create = (
  input: Input<'CreateCustomKeyStore'>,
  common: Omit<CustomKeyStore, 'type'>,
  others: readonly CustomKeyStore[],
  context: OperationContext,
) => CustomKeyStore

const createByType: Readonly<Record<CustomKeyStore['type'], Create>> = {
  AWS_CLOUDHSM: (input, common, others, { outside }) => {
    const clusterId = required('CloudHsmClusterId', input.CloudHsmClusterId)
    const certificate = required('TrustAnchorCertificate', input.TrustAnchorCertificate)
    const keyStorePassword = required('KeyStorePassword', input.KeyStorePassword)
    checkKeyStoreName(others, input.CustomKeyStoreName)
    checkNewCluster(outside, others, { clusterId, certificate })
    return {
      ...common,
      type: 'AWS_CLOUDHSM',
      cloudHsmClusterId: clusterId,
      trustAnchorCertificate: certificate,
      keyStorePassword,
    }
  },
  EXTERNAL_KEY_STORE: (input, common, others, { outside, caller }) => {
    const proxy = proxySettings(input, {}, caller.accountId)
    checkKeyStoreName(others, input.CustomKeyStoreName)
    checkProxyIsFree(others, proxy)
    checkProxy(outside, proxy)
    return { ...common, type: 'EXTERNAL_KEY_STORE', proxy }
  },
}

/** API Reference, CreateCustomKeyStore. */
export const createCustomKeyStore = defineOperation({
  name: 'CreateCustomKeyStore',
  changesState: true,
  run: (input, context) => {
    const { state, caller, now } = context
    const type = input.CustomKeyStoreType ?? 'AWS_CLOUDHSM'
    checkParametersOfType(type, input)
    const others = otherKeyStores(state, caller)
    const store = createByType[type](
      input,
      {
        region: caller.region,
        accountId: caller.accountId,
        customKeyStoreId: `cks-${randomBytes(9).toString('hex').slice(1)}`,
        createdAt: now,
        name: input.CustomKeyStoreName,
        connectionState: 'DISCONNECTED',
      },
      others,
      context,
    )
    if (others.length >= quotas.customKeyStoresPerRegion) {
      throw new KmsError(
        'LimitExceededException',
        'You have reached the maximum number of custom key stores.',
      )
    }
    ownAccountRegion(state, caller).customKeyStores.set(store.customKeyStoreId, store)
    return { CustomKeyStoreId: store.customKeyStoreId }
  },
})
