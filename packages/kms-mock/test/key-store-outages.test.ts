import { createClock, createKms } from '@sealring/kms-mock'
import type { CloudHsmCluster, Kms, XksProxy } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { nameOf } from './support/caught.js'
import { memberAt } from './support/member.js'
import { cloudHsmStore, clusterOf, externalStore, proxyOf } from './support/outside.js'

/*
 * KMS Developer Guide, "Troubleshooting external key stores" and "Troubleshooting AWS CloudHSM key stores": the connection state
 * stays CONNECTED and the key state Enabled, but what needs the backing fails.
 */
interface World {
  kms: Kms
  cluster: CloudHsmCluster
  proxy: XksProxy
  store: string
  KeyId: string
  CiphertextBlob: unknown
}

const Plaintext = Buffer.from('plaintext')

const connected = async (kind: 'cluster' | 'proxy'): Promise<World> => {
  const cluster = clusterOf('a')
  const proxy = proxyOf('public', { keys: [{ id: 'external-key' }, { id: 'another' }] })
  const clock = createClock({ start: 1e12, frozen: true })
  const kms = createKms({ clock, cloudHsmClusters: [cluster], xksProxies: [proxy] })
  const input = kind === 'cluster' ? cloudHsmStore(cluster) : externalStore(proxy)
  const store = String((await kms.handle('CreateCustomKeyStore', input))['CustomKeyStoreId'])
  await kms.handle('ConnectCustomKeyStore', { CustomKeyStoreId: store })
  const key = await kms.handle('CreateKey', {
    CustomKeyStoreId: store,
    ...(kind === 'cluster' ? { Origin: 'AWS_CLOUDHSM' } : xks('external-key')),
  })
  const KeyId = String(memberAt(key, 'KeyMetadata', 'KeyId'))
  const { CiphertextBlob } = await kms.handle('Encrypt', { KeyId, Plaintext })
  return { kms, cluster, proxy, store, KeyId, CiphertextBlob }
}

const xks = (XksKeyId: string): object => ({ Origin: 'EXTERNAL_KEY_STORE', XksKeyId })

const uses: readonly [operation: string, input: (world: World) => object][] = [
  ['Encrypt', ({ KeyId }) => ({ KeyId, Plaintext })],
  ['Decrypt', ({ CiphertextBlob }) => ({ CiphertextBlob })],
  ['Decrypt', ({ KeyId, CiphertextBlob }) => ({ KeyId, CiphertextBlob })],
  ['Decrypt', ({ KeyId }) => ({ KeyId, DryRun: true, DryRunModifiers: ['IGNORE_CIPHERTEXT'] })],
  ['ReEncrypt', ({ KeyId, CiphertextBlob }) => ({ DestinationKeyId: KeyId, CiphertextBlob })],
  ['GenerateDataKey', ({ KeyId }) => ({ KeyId, KeySpec: 'AES_256' })],
  ['GenerateDataKeyPair', ({ KeyId }) => ({ KeyId, KeyPairSpec: 'ECC_NIST_P256' })],
]

type Outage = readonly [
  what: string,
  kind: 'cluster' | 'proxy',
  begin: (world: World) => void,
  creation: string,
]
const connection = 'CustomKeyStoreInvalidStateException'
const configuration = 'CloudHsmClusterInvalidConfigurationException'
const outages: readonly Outage[] = [
  ...(
    [
      'UNREACHABLE',
      'TIMED_OUT',
      'INVALID_RESPONSE',
      'INVALID_CONFIGURATION',
      'INVALID_TLS_CONFIGURATION',
      'ACCESS_DENIED',
    ] as const
  ).map((trouble): Outage => [
    `the proxy is ${trouble}`,
    'proxy',
    ({ proxy }) => void Object.assign(proxy, { trouble }),
    connection,
  ]),
  [
    'the proxy has another credential',
    'proxy',
    ({ proxy }) => void (proxy.rawSecretAccessKey = 'b'.repeat(43)),
    connection,
  ],
  ['the proxy has moved', 'proxy', ({ proxy }) => void (proxy.uriPath = '/moved/kms/xks/v1'), connection],
  ['the external key is gone', 'proxy', ({ proxy }) => void (proxy.keys = []), 'XksKeyNotFoundException'],
  [
    'the external key is disabled',
    'proxy',
    ({ proxy }) =>
      void (proxy.keys = ['external-key', 'another'].map((id) => ({ id, keyStatus: 'DISABLED' }))),
    'XksKeyInvalidConfigurationException',
  ],
  ['the cluster has no HSM', 'cluster', ({ cluster }) => void (cluster.hsms = []), configuration],
  ['the cluster is deleted', 'cluster', ({ cluster }) => void (cluster.state = 'DELETED'), configuration],
  [
    'the cluster is another',
    'cluster',
    ({ cluster }) => void Object.assign(cluster, clusterOf('z')),
    configuration,
  ],
]

describe('custom key stores: what backs them fails while they are connected', () => {
  for (const [what, kind, begin, creation] of outages) {
    it(`${what}: no use of keys, no new key; repaired, all goes on`, async () => {
      const world = await connected(kind)
      const { kms, store, KeyId } = world
      const before = structuredClone(world[kind])
      begin(world)
      for (const [operation, input] of uses) {
        expect(await nameOf(kms.handle(operation, input(world))), operation).to.equal(
          'KMSInvalidStateException',
        )
      }
      const wanted = kind === 'cluster' ? { Origin: 'AWS_CLOUDHSM' } : xks('another')
      expect(await nameOf(kms.handle('CreateKey', { CustomKeyStoreId: store, ...wanted }))).to.equal(creation)
      const { KeyMetadata } = await kms.handle('DescribeKey', { KeyId })
      expect(KeyMetadata).to.include({ KeyState: 'Enabled' })
      for (const name of Object.keys(world[kind])) Reflect.deleteProperty(world[kind], name)
      Object.assign(world[kind], before)
      expect(await kms.handle('Decrypt', { CiphertextBlob: world.CiphertextBlob })).to.deep.include({
        Plaintext,
      })
      await kms.handle('CreateKey', { CustomKeyStoreId: store, ...wanted })
    })
  }

  it('one HSM is enough to use keys, not to make them', async () => {
    const { kms, cluster, store, CiphertextBlob } = await connected('cluster')
    cluster.hsms = ['a']
    await kms.handle('Decrypt', { CiphertextBlob })
    expect(
      await nameOf(kms.handle('CreateKey', { CustomKeyStoreId: store, Origin: 'AWS_CLOUDHSM' })),
    ).to.equal(configuration)
  })

  it('a kmsuser whose password changed stays logged in', async () => {
    const { kms, cluster, CiphertextBlob } = await connected('cluster')
    cluster.password = 'another'
    await kms.handle('Decrypt', { CiphertextBlob })
  })

  it('GenerateRandom needs the cluster that it names', async () => {
    const { kms, cluster, store: CustomKeyStoreId } = await connected('cluster')
    await kms.handle('GenerateRandom', { CustomKeyStoreId, NumberOfBytes: 1 })
    cluster.hsms = []
    expect(await nameOf(kms.handle('GenerateRandom', { CustomKeyStoreId, NumberOfBytes: 1 }))).to.equal(
      connection,
    )
    await kms.handle('GenerateRandom', { NumberOfBytes: 1 })
  })
})
