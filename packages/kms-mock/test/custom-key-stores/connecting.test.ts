import { expect } from 'chai'
import { describe, it } from 'mocha'
import { nameOf } from '../support/caught.js'
import { clusterOf, cloudHsmStore, externalStore } from '../support/outside.js'
import { entryOf, newStore, world } from './world.js'
import type { World } from './world.js'

describe('custom key stores: what connecting comes to', () => {
  type Case = readonly [
    errorCode: string,
    kind: 'cluster' | 'proxy' | 'inVpc',
    change: (around: World) => void,
  ]
  const cases: readonly Case[] = [
    ['CLUSTER_NOT_FOUND', 'cluster', ({ cluster }) => Object.assign(cluster, clusterOf('z'))],
    ['INVALID_CREDENTIALS', 'cluster', ({ cluster }) => Object.assign(cluster, { password: 'another' })],
    [
      'USER_LOGGED_IN',
      'cluster',
      ({ cluster }) => Object.assign(cluster, { connectionError: 'USER_LOGGED_IN' }),
    ],
    ['INVALID_CREDENTIALS', 'proxy', ({ proxy }) => Object.assign(proxy, { rawSecretAccessKey: 'another' })],
    [
      'XKS_PROXY_NOT_REACHABLE',
      'proxy',
      ({ proxy }) => Object.assign(proxy, { uriEndpoint: 'https://moved.example.com' }),
    ],
    ['XKS_PROXY_NOT_REACHABLE', 'proxy', ({ proxy }) => Object.assign(proxy, { trouble: 'UNREACHABLE' })],
    ['XKS_PROXY_TIMED_OUT', 'proxy', ({ proxy }) => Object.assign(proxy, { trouble: 'TIMED_OUT' })],
    [
      'XKS_PROXY_INVALID_RESPONSE',
      'proxy',
      ({ proxy }) => Object.assign(proxy, { trouble: 'INVALID_RESPONSE' }),
    ],
    [
      'XKS_PROXY_INVALID_CONFIGURATION',
      'proxy',
      ({ proxy }) => Object.assign(proxy, { trouble: 'INVALID_CONFIGURATION' }),
    ],
    [
      'XKS_PROXY_INVALID_TLS_CONFIGURATION',
      'proxy',
      ({ proxy }) => Object.assign(proxy, { trouble: 'INVALID_TLS_CONFIGURATION' }),
    ],
    ['XKS_PROXY_ACCESS_DENIED', 'proxy', ({ proxy }) => Object.assign(proxy, { trouble: 'ACCESS_DENIED' })],
    [
      'XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND',
      'inVpc',
      ({ inVpc }) => Object.assign(inVpc.vpcEndpointService, { owner: '444455556666' }),
    ],
    [
      'XKS_VPC_ENDPOINT_SERVICE_INVALID_CONFIGURATION',
      'inVpc',
      ({ inVpc }) => Object.assign(inVpc.vpcEndpointService, { misconfigured: true }),
    ],
    // KMS asks such a proxy when it connects, not before.
    ['INVALID_CREDENTIALS', 'inVpc', ({ inVpc }) => Object.assign(inVpc, { accessKeyId: 'another' })],
  ]
  for (const [errorCode, kind, change] of cases) {
    it(`${errorCode} of a ${kind}; repaired, it connects after it was disconnected`, async () => {
      const around = world()
      const { kms } = around
      const input = kind === 'cluster' ? cloudHsmStore(around.cluster) : externalStore(around[kind])
      const CustomKeyStoreId = await newStore(kms, input)
      const before = structuredClone(around[kind])
      change(around)
      await kms.handle('ConnectCustomKeyStore', { CustomKeyStoreId })
      expect(await entryOf(kms, CustomKeyStoreId)).to.deep.include({
        ConnectionState: 'FAILED',
        ConnectionErrorCode: errorCode,
      })
      for (const operation of ['ConnectCustomKeyStore', 'DeleteCustomKeyStore']) {
        expect(await nameOf(kms.handle(operation, { CustomKeyStoreId }))).to.equal(
          'CustomKeyStoreInvalidStateException',
        )
      }
      await kms.handle('DisconnectCustomKeyStore', { CustomKeyStoreId })
      const disconnected = await entryOf(kms, CustomKeyStoreId)
      expect(disconnected).to.have.property('ConnectionState', 'DISCONNECTED')
      expect(disconnected).not.to.have.property('ConnectionErrorCode')
      // As it was, and without what was added.
      for (const name of Object.keys(around[kind])) Reflect.deleteProperty(around[kind], name)
      Object.assign(around[kind], before)
      await kms.handle('ConnectCustomKeyStore', { CustomKeyStoreId })
      const connected = await entryOf(kms, CustomKeyStoreId)
      expect(connected).to.have.property('ConnectionState', 'CONNECTED')
      expect(connected).not.to.have.property('ConnectionErrorCode')
    })
  }
})
