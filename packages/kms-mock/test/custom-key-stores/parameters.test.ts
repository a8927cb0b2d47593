import { expect } from 'chai'
import { describe, it } from 'mocha'
import { caught, nameOf } from '../support/caught.js'
import { memberAt } from '../support/member.js'
import { cloudHsmStore, externalStore, serviceName } from '../support/outside.js'
import { entryOf, newStore, world } from './world.js'
import type { World } from './world.js'

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
