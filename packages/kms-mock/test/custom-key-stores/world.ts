import { createClock, createKms } from '@sealring/kms-mock'
import type { CloudHsmCluster, Kms, XksProxy } from '@sealring/kms-mock'
import { memberAt } from '../support/member.js'
import { clusterOf, cloudHsmStore, proxyOf, serviceName } from '../support/outside.js'

/** A KMS, and what its custom key stores may stand on. */
export interface World {
  kms: Kms
  cluster: CloudHsmCluster
  proxy: XksProxy
  /** The proxy behind a VPC endpoint service. */
  inVpc: XksProxy & { vpcEndpointService: NonNullable<XksProxy['vpcEndpointService']> }
}

/** Makes one; its clock stands still. */
export const world = (options: { stateFile?: string; transitionMs?: number } = {}): World => {
  const cluster = clusterOf('a')
  const proxy = proxyOf('public')
  const inVpc = { ...proxyOf('vpc'), vpcEndpointService: { name: serviceName('1') } }
  const clock = createClock({ start: 1e12, frozen: true })
  const kms = createKms({ ...options, clock, cloudHsmClusters: [cluster], xksProxies: [proxy, inVpc] })
  return { kms, cluster, proxy, inVpc }
}

/** Makes a custom key store; gives its id. */
export const newStore = async (kms: Kms, input: object): Promise<string> =>
  String((await kms.handle('CreateCustomKeyStore', input))['CustomKeyStoreId'])
/** What DescribeCustomKeyStores says of it. */
export const entryOf = async (kms: Kms, CustomKeyStoreId: string): Promise<unknown> =>
  memberAt(await kms.handle('DescribeCustomKeyStores', { CustomKeyStoreId }), 'CustomKeyStores', 0)
/** Makes a key in an AWS CloudHSM key store; gives its id. */
export const keyIn = async (kms: Kms, CustomKeyStoreId: string): Promise<string> => {
  const answer = await kms.handle('CreateKey', { CustomKeyStoreId, Origin: 'AWS_CLOUDHSM' })
  return String(memberAt(answer, 'KeyMetadata', 'KeyId'))
}
/** The state of a key. */
export const stateOf = async (kms: Kms, KeyId: string): Promise<unknown> =>
  memberAt(await kms.handle('DescribeKey', { KeyId }), 'KeyMetadata', 'KeyState')
/** A key in a connected AWS CloudHSM key store. */
export const connectedKey = async (around: World): Promise<{ CustomKeyStoreId: string; KeyId: string }> => {
  const CustomKeyStoreId = await newStore(around.kms, cloudHsmStore(around.cluster))
  await around.kms.handle('ConnectCustomKeyStore', { CustomKeyStoreId })
  return { CustomKeyStoreId, KeyId: await keyIn(around.kms, CustomKeyStoreId) }
}
