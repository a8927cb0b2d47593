import type { CloudHsmCluster, XksProxy } from '@sealring/kms-mock'

/** A cluster that KMS takes, named and keyed by a letter. */
export const clusterOf = (letter: string, more: Partial<CloudHsmCluster> = {}): CloudHsmCluster => ({
  clusterId: `cluster-${letter.repeat(11)}`,
  trustAnchorCertificate: `certificate ${letter}`,
  password: `password ${letter}`,
  ...more,
})

/** What CreateCustomKeyStore needs to know of it. */
export const cloudHsmStore = (
  cluster: CloudHsmCluster,
): {
  CustomKeyStoreName: string
  CloudHsmClusterId: string
  TrustAnchorCertificate: string
  KeyStorePassword: string
} => ({
  CustomKeyStoreName: `store in ${cluster.clusterId}`,
  CloudHsmClusterId: cluster.clusterId,
  TrustAnchorCertificate: cluster.trustAnchorCertificate,
  KeyStorePassword: cluster.password,
})

/** A proxy with a public endpoint and one external key. */
export const proxyOf = (name: string, more: Partial<XksProxy> = {}): XksProxy => ({
  uriEndpoint: `https://${name}.example.com`,
  uriPath: '/kms/xks/v1',
  accessKeyId: 'ABCDEFGHIJKLMNOPQRST',
  rawSecretAccessKey: 'a'.repeat(43),
  keys: [{ id: 'external-key' }],
  ...more,
})

/** The name of a VPC endpoint service. */
export const serviceName = (id: string): string => `com.amazonaws.vpce.us-east-1.vpce-svc-${id}`

/** What CreateCustomKeyStore needs to know of a proxy. */
export const externalStore = (
  proxy: XksProxy,
): {
  CustomKeyStoreName: string
  CustomKeyStoreType: 'EXTERNAL_KEY_STORE'
  XksProxyConnectivity: 'PUBLIC_ENDPOINT' | 'VPC_ENDPOINT_SERVICE'
  XksProxyUriEndpoint: string
  XksProxyUriPath: string
  XksProxyAuthenticationCredential: { AccessKeyId: string; RawSecretAccessKey: string }
  XksProxyVpcEndpointServiceName?: string
} => ({
  CustomKeyStoreName: `store behind ${proxy.uriEndpoint}${proxy.uriPath}`,
  CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
  XksProxyConnectivity: proxy.vpcEndpointService === undefined ? 'PUBLIC_ENDPOINT' : 'VPC_ENDPOINT_SERVICE',
  XksProxyUriEndpoint: proxy.uriEndpoint,
  XksProxyUriPath: proxy.uriPath,
  XksProxyAuthenticationCredential: {
    AccessKeyId: proxy.accessKeyId,
    RawSecretAccessKey: proxy.rawSecretAccessKey,
  },
  ...(proxy.vpcEndpointService && { XksProxyVpcEndpointServiceName: proxy.vpcEndpointService.name }),
})
