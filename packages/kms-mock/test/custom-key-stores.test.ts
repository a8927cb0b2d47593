import { createClock, createKms } from '@sealring/kms-mock'
import type { CloudHsmCluster, Kms, XksProxy } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { caught, nameOf } from './support/caught.js'
import { memberAt } from './support/member.js'
import { clusterOf, cloudHsmStore, externalStore, proxyOf, serviceName } from './support/outside.js'
import { temporaryFolder } from './support/temporary-folder.js'

const Plaintext = Buffer.from('plaintext')
const day = 86_400_000

interface World {
  kms: Kms
  cluster: CloudHsmCluster
  proxy: XksProxy
  /** The proxy behind a VPC endpoint service. */
  inVpc: XksProxy & { vpcEndpointService: NonNullable<XksProxy['vpcEndpointService']> }
}

const world = (options: { stateFile?: string; transitionMs?: number } = {}): World => {
  const cluster = clusterOf('a')
  const proxy = proxyOf('public')
  const inVpc = { ...proxyOf('vpc'), vpcEndpointService: { name: serviceName('1') } }
  const clock = createClock({ start: 1e12, frozen: true })
  const kms = createKms({ ...options, clock, cloudHsmClusters: [cluster], xksProxies: [proxy, inVpc] })
  return { kms, cluster, proxy, inVpc }
}

const newStore = async (kms: Kms, input: object): Promise<string> =>
  String((await kms.handle('CreateCustomKeyStore', input))['CustomKeyStoreId'])
const entryOf = async (kms: Kms, CustomKeyStoreId: string): Promise<unknown> =>
  memberAt(await kms.handle('DescribeCustomKeyStores', { CustomKeyStoreId }), 'CustomKeyStores', 0)
const keyIn = async (kms: Kms, CustomKeyStoreId: string): Promise<string> => {
  const answer = await kms.handle('CreateKey', { CustomKeyStoreId, Origin: 'AWS_CLOUDHSM' })
  return String(memberAt(answer, 'KeyMetadata', 'KeyId'))
}
const stateOf = async (kms: Kms, KeyId: string): Promise<unknown> =>
  memberAt(await kms.handle('DescribeKey', { KeyId }), 'KeyMetadata', 'KeyState')
/** A key in a connected AWS CloudHSM key store. */
const connectedKey = async (around: World): Promise<{ CustomKeyStoreId: string; KeyId: string }> => {
  const CustomKeyStoreId = await newStore(around.kms, cloudHsmStore(around.cluster))
  await around.kms.handle('ConnectCustomKeyStore', { CustomKeyStoreId })
  return { CustomKeyStoreId, KeyId: await keyIn(around.kms, CustomKeyStoreId) }
}

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

describe('custom key stores: parameters', () => {
  type Case = readonly [what: string, input: (around: World) => object, outcome: string]
  const rules: readonly Case[] = [
    [
      'no cluster',
      ({ cluster }) => ({ ...cloudHsmStore(cluster), CloudHsmClusterId: undefined }),
      'ValidationException',
    ],
    [
      'no certificate',
      ({ cluster }) => ({ ...cloudHsmStore(cluster), TrustAnchorCertificate: undefined }),
      'ValidationException',
    ],
    [
      'no password',
      ({ cluster }) => ({ ...cloudHsmStore(cluster), KeyStorePassword: undefined }),
      'ValidationException',
    ],
    [
      'a password of 6',
      ({ cluster }) => ({ ...cloudHsmStore(cluster), KeyStorePassword: '123456' }),
      'ValidationException',
    ],
    [
      'a wrong password, which only connecting shows',
      ({ cluster }) => ({ ...cloudHsmStore(cluster), KeyStorePassword: '1234567' }),
      'ok',
    ],
    [
      'the default type, named',
      ({ cluster }) => ({ ...cloudHsmStore(cluster), CustomKeyStoreType: 'AWS_CLOUDHSM' }),
      'ok',
    ],
    [
      'a proxy’s path for a cluster',
      ({ cluster }) => ({ ...cloudHsmStore(cluster), XksProxyUriPath: '/kms/xks/v1' }),
      'ValidationException',
    ],
    [
      'a password for a proxy',
      ({ proxy }) => ({ ...externalStore(proxy), KeyStorePassword: '1234567' }),
      'ValidationException',
    ],
    [
      'no connectivity',
      ({ proxy }) => ({ ...externalStore(proxy), XksProxyConnectivity: undefined }),
      'ValidationException',
    ],
    [
      'no endpoint',
      ({ proxy }) => ({ ...externalStore(proxy), XksProxyUriEndpoint: undefined }),
      'ValidationException',
    ],
    [
      'no path',
      ({ proxy }) => ({ ...externalStore(proxy), XksProxyUriPath: undefined }),
      'ValidationException',
    ],
    [
      'no credential',
      ({ proxy }) => ({ ...externalStore(proxy), XksProxyAuthenticationCredential: undefined }),
      'ValidationException',
    ],
    [
      'a service with a public endpoint',
      ({ proxy }) => ({ ...externalStore(proxy), XksProxyVpcEndpointServiceName: serviceName('1') }),
      'ValidationException',
    ],
    [
      'no service',
      ({ inVpc }) => ({ ...externalStore(inVpc), XksProxyVpcEndpointServiceName: undefined }),
      'ValidationException',
    ],
    ['a service', ({ inVpc }) => externalStore(inVpc), 'ok'],
    [
      'the private name of another service',
      ({ inVpc, proxy }) => ({ ...externalStore(inVpc), XksProxyUriEndpoint: proxy.uriEndpoint }),
      'XksProxyVpcEndpointServiceInvalidConfigurationException',
    ],
  ]
  for (const [what, input, outcome] of rules) {
    it(`CreateCustomKeyStore, ${what}: ${outcome}`, async () => {
      const around = world()
      const call = around.kms.handle('CreateCustomKeyStore', input(around))
      if (outcome === 'ok') await call
      else expect((await caught(call)).name).to.equal(outcome)
    })
  }

  it('a public endpoint and a service behind it can be exchanged, whole', async () => {
    const { kms, proxy, inVpc } = world()
    const CustomKeyStoreId = await newStore(kms, externalStore(proxy))
    const update = (input: object): Promise<unknown> =>
      kms.handle('UpdateCustomKeyStore', { CustomKeyStoreId, ...input })
    const toVpc = {
      XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
      XksProxyUriEndpoint: inVpc.uriEndpoint,
      XksProxyVpcEndpointServiceName: inVpc.vpcEndpointService.name,
    }
    for (const name of ['XksProxyUriEndpoint', 'XksProxyVpcEndpointServiceName']) {
      expect(await nameOf(update({ ...toVpc, [name]: undefined }))).to.equal('ValidationException')
    }
    await update(toVpc)
    expect(await entryOf(kms, CustomKeyStoreId)).to.have.deep.property('XksProxyConfiguration', {
      Connectivity: 'VPC_ENDPOINT_SERVICE',
      AccessKeyId: inVpc.accessKeyId,
      UriEndpoint: inVpc.uriEndpoint,
      UriPath: inVpc.uriPath,
      VpcEndpointServiceName: inVpc.vpcEndpointService.name,
      VpcEndpointServiceOwner: '111122223333',
    })
    await update({ XksProxyConnectivity: 'PUBLIC_ENDPOINT', XksProxyUriEndpoint: proxy.uriEndpoint })
    const XksProxyConfiguration = memberAt(await entryOf(kms, CustomKeyStoreId), 'XksProxyConfiguration')
    expect(XksProxyConfiguration).not.to.have.any.keys('VpcEndpointServiceName', 'VpcEndpointServiceOwner')
  })

  it('what may change while it is connected, and what may not', async () => {
    const { kms, proxy } = world()
    const CustomKeyStoreId = await newStore(kms, externalStore(proxy))
    await kms.handle('ConnectCustomKeyStore', { CustomKeyStoreId })
    const update = (input: object): Promise<unknown> =>
      kms.handle('UpdateCustomKeyStore', { CustomKeyStoreId, ...input })
    await update({ NewCustomKeyStoreName: 'new' })
    proxy.rawSecretAccessKey = 'c'.repeat(43)
    const credential = { AccessKeyId: proxy.accessKeyId, RawSecretAccessKey: proxy.rawSecretAccessKey }
    await update({ XksProxyAuthenticationCredential: credential })
    expect(await nameOf(update({ XksProxyUriEndpoint: 'https://other.example.com' }))).to.equal(
      'CustomKeyStoreInvalidStateException',
    )
  })

  it('CreateKey: origin, store and external key go together, for symmetric single-Region keys', async () => {
    const { kms, cluster, proxy } = world()
    const inCluster = await newStore(kms, cloudHsmStore(cluster))
    const external = await newStore(kms, externalStore(proxy))
    for (const CustomKeyStoreId of [inCluster, external]) {
      await kms.handle('ConnectCustomKeyStore', { CustomKeyStoreId })
    }
    const cloudHsm = { Origin: 'AWS_CLOUDHSM', CustomKeyStoreId: inCluster }
    const xks = { Origin: 'EXTERNAL_KEY_STORE', CustomKeyStoreId: external, XksKeyId: 'external-key' }
    const refused: readonly [input: object, error: string][] = [
      [{ Origin: 'AWS_CLOUDHSM' }, 'ValidationException'],
      [{ CustomKeyStoreId: inCluster }, 'ValidationException'],
      [{ Origin: 'EXTERNAL', CustomKeyStoreId: inCluster }, 'ValidationException'],
      [{ ...cloudHsm, XksKeyId: 'external-key' }, 'ValidationException'],
      [{ ...cloudHsm, CustomKeyStoreId: external }, 'ValidationException'],
      [{ ...xks, XksKeyId: undefined }, 'ValidationException'],
      [{ ...xks, CustomKeyStoreId: inCluster }, 'ValidationException'],
      [{ ...cloudHsm, MultiRegion: true }, 'UnsupportedOperationException'],
      [{ ...cloudHsm, KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }, 'UnsupportedOperationException'],
    ]
    for (const [input, error] of refused) {
      expect(await nameOf(kms.handle('CreateKey', input)), JSON.stringify(input)).to.equal(error)
    }
    await kms.handle('CreateKey', cloudHsm)
    await kms.handle('CreateKey', xks)
  })
})

describe('custom key stores: their keys while they are disconnected', () => {
  const cryptographic = 'KMSInvalidStateException'
  // The key state table's column "Unavailable".
  const outcomes: readonly [operation: string, input: object, outcome: string][] = [
    ['Encrypt', { Plaintext }, cryptographic],
    ['GenerateDataKey', { KeySpec: 'AES_256' }, cryptographic],
    ['GenerateDataKeyWithoutPlaintext', { KeySpec: 'AES_256' }, cryptographic],
    ['CreateGrant', { GranteePrincipal: 'arn:aws:iam::111122223333:root', Operations: ['Encrypt'] }, 'ok'],
    ['DescribeKey', {}, 'ok'],
    ['DisableKey', {}, 'ok'],
    ['EnableKey', {}, 'ok'],
    ['GetKeyPolicy', {}, 'ok'],
    ['ListGrants', {}, 'ok'],
    ['TagResource', { Tags: [] }, 'ok'],
    ['UpdateKeyDescription', { Description: '' }, 'ok'],
    ['ScheduleKeyDeletion', {}, 'ok'],
    ['CancelKeyDeletion', {}, cryptographic],
  ]
  for (const [operation, input, outcome] of outcomes) {
    it(`${operation}: ${outcome}`, async () => {
      const around = world()
      const { CustomKeyStoreId, KeyId } = await connectedKey(around)
      await around.kms.handle('DisconnectCustomKeyStore', { CustomKeyStoreId })
      expect(await stateOf(around.kms, KeyId)).to.equal('Unavailable')
      const call = around.kms.handle(operation, { KeyId, ...input })
      if (outcome === 'ok') await call
      else expect((await caught(call)).name).to.equal(outcome)
    })
  }

  it('disabled meanwhile, a key is so once it is available (note 12)', async () => {
    const around = world()
    const { kms } = around
    const { CustomKeyStoreId, KeyId } = await connectedKey(around)
    await kms.handle('DisconnectCustomKeyStore', { CustomKeyStoreId })
    await kms.handle('DisableKey', { KeyId })
    expect(await stateOf(kms, KeyId)).to.equal('Unavailable')
    await kms.handle('ConnectCustomKeyStore', { CustomKeyStoreId })
    expect(await stateOf(kms, KeyId)).to.equal('Disabled')
    await kms.handle('DisconnectCustomKeyStore', { CustomKeyStoreId })
    await kms.handle('EnableKey', { KeyId })
    await kms.handle('ConnectCustomKeyStore', { CustomKeyStoreId })
    expect(await stateOf(kms, KeyId)).to.equal('Enabled')
  })

  it('pending deletion, a key stays so; cancelled, it is unavailable (note 13)', async () => {
    const around = world()
    const { kms } = around
    const { CustomKeyStoreId, KeyId } = await connectedKey(around)
    await kms.handle('ScheduleKeyDeletion', { KeyId })
    await kms.handle('DisconnectCustomKeyStore', { CustomKeyStoreId })
    expect(await stateOf(kms, KeyId)).to.equal('PendingDeletion')
    await kms.handle('CancelKeyDeletion', { KeyId })
    expect(await stateOf(kms, KeyId)).to.equal('Unavailable')
    await kms.handle('ConnectCustomKeyStore', { CustomKeyStoreId })
    expect(await stateOf(kms, KeyId)).to.equal('Disabled')
  })
})

describe('custom key stores: over time', () => {
  it('transitionMs: CONNECTING and DISCONNECTING last so long by the clock', async () => {
    const around = world({ transitionMs: 1000 })
    const { kms, cluster } = around
    const CustomKeyStoreId = await newStore(kms, cloudHsmStore(cluster))
    const connection = async (): Promise<unknown> =>
      memberAt(await entryOf(kms, CustomKeyStoreId), 'ConnectionState')
    const change = (operation: string): Promise<unknown> => kms.handle(operation, { CustomKeyStoreId })
    await change('ConnectCustomKeyStore')
    expect(await connection()).to.equal('CONNECTING')
    await change('ConnectCustomKeyStore')
    expect(await nameOf(keyIn(kms, CustomKeyStoreId))).to.equal('CustomKeyStoreInvalidStateException')
    kms.clock.advance({ milliseconds: 999 })
    expect(await connection()).to.equal('CONNECTING')
    kms.clock.advance({ milliseconds: 1 })
    expect(await connection()).to.equal('CONNECTED')
    const KeyId = await keyIn(kms, CustomKeyStoreId)
    await change('DisconnectCustomKeyStore')
    expect(await connection()).to.equal('DISCONNECTING')
    expect(await stateOf(kms, KeyId)).to.equal('Unavailable')
    for (const operation of ['ConnectCustomKeyStore', 'DisconnectCustomKeyStore', 'UpdateCustomKeyStore']) {
      expect(await nameOf(change(operation)), operation).to.equal('CustomKeyStoreInvalidStateException')
    }
    kms.clock.advance({ seconds: 1 })
    expect(await connection()).to.equal('DISCONNECTED')
    cluster.password = 'another'
    await change('ConnectCustomKeyStore')
    kms.clock.advance({ seconds: 1 })
    expect(await connection()).to.equal('FAILED')
    // A connection that is being made can be given up.
    await change('DisconnectCustomKeyStore')
    kms.clock.advance({ seconds: 1 })
    await change('ConnectCustomKeyStore')
    await change('DisconnectCustomKeyStore')
    kms.clock.advance({ seconds: 1 })
    expect(await connection()).to.equal('DISCONNECTED')
  })

  const path = temporaryFolder()

  it('stores, grants, usages and the rest survive a restart', async () => {
    const stateFile = path('state.json')
    const one = world({ stateFile, transitionMs: day })
    const kms = one.kms
    const inCluster = await newStore(kms, cloudHsmStore(one.cluster))
    const external = await newStore(kms, externalStore(one.inVpc))
    await kms.handle('ConnectCustomKeyStore', { CustomKeyStoreId: inCluster })
    kms.clock.advance({ days: 1 })
    const KeyId = await keyIn(kms, inCluster)
    const { CiphertextBlob } = await kms.handle('Encrypt', { KeyId, Plaintext })
    const { GrantToken } = await kms.handle('CreateGrant', {
      KeyId,
      GranteePrincipal: 'arn:aws:iam::111122223333:root',
      Operations: ['Encrypt'],
      Name: 'named',
      Constraints: { EncryptionContextEquals: { ['__proto__']: 'a', b: 'c' } },
    })
    await kms.handle('ConnectCustomKeyStore', { CustomKeyStoreId: external })
    await kms.handle('DisconnectCustomKeyStore', { CustomKeyStoreId: inCluster })

    const two = world({ stateFile, transitionMs: day })
    two.kms.clock.advance({ days: 1 })
    const reads: readonly [operation: string, input: object][] = [
      ['DescribeCustomKeyStores', {}],
      ['DescribeKey', { KeyId }],
      ['ListGrants', { KeyId }],
      ['GetKeyLastUsage', { KeyId }],
    ]
    for (const [operation, input] of reads) {
      expect(await two.kms.handle(operation, input)).to.deep.equal(await kms.handle(operation, input))
    }
    expect(await two.kms.handle('GetKeyLastUsage', { KeyId })).to.have.nested.property(
      'KeyLastUsage.Operation',
      'Encrypt',
    )
    const { Grants } = await two.kms.handle('ListGrants', { KeyId })
    expect(JSON.stringify(Grants)).to.include('{"__proto__":"a","b":"c"}')
    await two.kms.handle('DescribeKey', { KeyId, GrantTokens: [GrantToken] })

    two.kms.clock.advance({ days: 1 })
    for (const [CustomKeyStoreId, state] of [
      [inCluster, 'DISCONNECTED'],
      [external, 'CONNECTED'],
    ] as const) {
      expect(await entryOf(two.kms, CustomKeyStoreId)).to.have.property('ConnectionState', state)
    }
    await two.kms.handle('ConnectCustomKeyStore', { CustomKeyStoreId: inCluster })
    two.kms.clock.advance({ days: 1 })
    expect(await two.kms.handle('Decrypt', { CiphertextBlob })).to.deep.include({ Plaintext })
  })
})
