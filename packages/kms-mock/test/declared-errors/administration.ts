import type { CreateCustomKeyStoreCommandInput, KMS } from '@aws-sdk/client-kms'
import type { CloudHsmCluster, KmsOptions } from '@sealring/kms-mock'
import { apiReference, developerGuide, everyState } from './not-provoked.js'
import type { NotProvoked } from './not-provoked.js'
import { clusterOf, cloudHsmStore, externalStore, proxyOf, serviceName } from '../support/outside.js'

/** What the administrative operations are provoked with. */
export interface AdministrationSetup {
  kms: KMS
  enabled: string
  disabled: string
  pending: string
  tagged: string
  grantId: string
  stores: Record<keyof typeof storeClusters | 'external' | 'vpc' | 'otherVpc', string>
}
type Provoke = (setup: AdministrationSetup) => Promise<unknown>

const missing = '12345678-1234-1234-1234-123456789012'
const malformedArn = 'arn:aws:kms:us-east-1:1:key/x'
const principal = 'arn:aws:iam::111122223333:role/grantee'
const Operations: ['Decrypt'] = ['Decrypt']
const noGrant = '0'.repeat(64)
const manyTags = (count: number, prefix: string): { TagKey: string; TagValue: string }[] =>
  Array.from({ length: count }, (_, n) => ({ TagKey: `${prefix}${n}`, TagValue: '' }))

/** Clusters that a custom key store is in, and what becomes of them afterwards. */
const storeClusters = {
  connected: { letter: 'a', change: {} },
  disconnected: { letter: 'b', change: {} },
  inactive: { letter: 'c', change: { state: 'UNINITIALIZED' } },
  misconfigured: { letter: 'd', change: { misconfigured: true } },
  failed: { letter: 'e', change: { password: 'another one' } },
  small: { letter: 'f', change: { hsms: ['zone-a'] } },
} satisfies Record<string, { letter: string; change: Partial<CloudHsmCluster> }>
const free = clusterOf('g')
const inactive = clusterOf('h', { state: 'INITIALIZED' })
const small = clusterOf('i', { hsms: ['zone-a', 'zone-a'] })
const ofDisconnected = { trustAnchorCertificate: 'certificate b' }
const relatedInactive = clusterOf('j', { ...ofDisconnected, state: 'DEGRADED' })
const relatedSmall = clusterOf('k', { ...ofDisconnected, hsms: [] })

const used = proxyOf('used', {
  keys: [{ id: 'external-key' }, { id: 'another' }, { id: 'disabled', keyStatus: 'DISABLED' }],
})
const proxies = {
  used,
  stranger: proxyOf('stranger', { rawSecretAccessKey: 'b'.repeat(43) }),
  unintelligible: proxyOf('unintelligible', { trouble: 'INVALID_RESPONSE' }),
  misconfigured: proxyOf('misconfigured', { trouble: 'INVALID_CONFIGURATION' }),
  vpc: proxyOf('vpc', { vpcEndpointService: { name: serviceName('1') } }),
  otherVpc: proxyOf('other-vpc', { vpcEndpointService: { name: serviceName('2') } }),
  badVpc: proxyOf('bad-vpc', { vpcEndpointService: { name: serviceName('3'), misconfigured: true } }),
}
const more = Array.from({ length: 10 }, (_, n) => proxyOf('more', { uriPath: `/more/${n}/kms/xks/v1` }))

/** The outside of one KMS, its clusters to be changed by {@link prepareAdministration}. */
export const outside = (): Required<Pick<KmsOptions, 'cloudHsmClusters' | 'xksProxies'>> => ({
  cloudHsmClusters: [
    ...Object.values(storeClusters).map(({ letter }) => clusterOf(letter)),
    free,
    inactive,
    small,
    relatedInactive,
    relatedSmall,
  ],
  xksProxies: [...Object.values(proxies), ...more],
})

/** Makes the custom key stores, and lets happen to their clusters what is to happen. */
export const prepareAdministration = async (
  kms: KMS,
  clusters: readonly CloudHsmCluster[],
): Promise<Pick<AdministrationSetup, 'stores' | 'tagged' | 'grantId'>> => {
  const create = async (input: CreateCustomKeyStoreCommandInput): Promise<string> =>
    (await kms.createCustomKeyStore(input)).CustomKeyStoreId!
  const stores = {
    connected: await create(cloudHsmStore(clusterOf('a'))),
    disconnected: await create(cloudHsmStore(clusterOf('b'))),
    inactive: await create(cloudHsmStore(clusterOf('c'))),
    misconfigured: await create(cloudHsmStore(clusterOf('d'))),
    failed: await create(cloudHsmStore(clusterOf('e'))),
    small: await create(cloudHsmStore(clusterOf('f'))),
    external: await create(externalStore(used)),
    vpc: await create(externalStore(proxies.vpc)),
    otherVpc: await create(externalStore(proxies.otherVpc)),
  }
  for (const CustomKeyStoreId of [stores.connected, stores.small, stores.external]) {
    await kms.connectCustomKeyStore({ CustomKeyStoreId })
  }
  await kms.createKey({ CustomKeyStoreId: stores.connected, Origin: 'AWS_CLOUDHSM' })
  await kms.createKey({
    CustomKeyStoreId: stores.external,
    Origin: 'EXTERNAL_KEY_STORE',
    XksKeyId: 'external-key',
  })
  for (const { letter, change } of Object.values(storeClusters)) {
    Object.assign(
      clusters.find(({ clusterId }) => clusterId === clusterOf(letter).clusterId)!,
      change,
    )
  }
  await kms.connectCustomKeyStore({ CustomKeyStoreId: stores.failed })
  const tagged = (await kms.createKey({ Tags: manyTags(50, 'tag') })).KeyMetadata!.KeyId!
  const grant = await kms.createGrant({ KeyId: tagged, GranteePrincipal: principal, Operations })
  return { stores, tagged, grantId: grant.GrantId! }
}

const keyErrors = (call: (kms: KMS, KeyId: string) => Promise<unknown>): Record<string, Provoke> => ({
  NotFoundException: ({ kms }) => call(kms, missing),
  InvalidArnException: ({ kms }) => call(kms, malformedArn),
})
const ofPending = (call: (kms: KMS, KeyId: string) => Promise<unknown>): Record<string, Provoke> => ({
  KMSInvalidStateException: ({ kms, pending }) => call(kms, pending),
})
const tag = (kms: KMS, KeyId: string): Promise<unknown> =>
  kms.tagResource({ KeyId, Tags: [{ TagKey: 'k', TagValue: 'v' }] })
const untag = (kms: KMS, KeyId: string): Promise<unknown> => kms.untagResource({ KeyId, TagKeys: ['k'] })
const describe = (kms: KMS, KeyId: string): Promise<unknown> =>
  kms.updateKeyDescription({ KeyId, Description: 'd' })
const grant = (kms: KMS, KeyId: string, extra: object = {}): Promise<unknown> =>
  kms.createGrant({ KeyId, GranteePrincipal: principal, Operations, ...extra })

const external = (proxy = used, extra: object = {}): CreateCustomKeyStoreCommandInput => ({
  ...externalStore(proxy),
  CustomKeyStoreName: 'new',
  ...extra,
})
const cloudHsm = (cluster = free, extra: object = {}): CreateCustomKeyStoreCommandInput => ({
  ...cloudHsmStore(cluster),
  CustomKeyStoreName: 'new',
  ...extra,
})
const updateVpc =
  (extra: object): Provoke =>
  ({ kms, stores }) =>
    kms.updateCustomKeyStore({ CustomKeyStoreId: stores.vpc, ...extra })
const toPublic = ({ uriEndpoint, uriPath }: { uriEndpoint: string; uriPath: string }): object => ({
  XksProxyConnectivity: 'PUBLIC_ENDPOINT',
  XksProxyUriEndpoint: uriEndpoint,
  XksProxyUriPath: uriPath,
})
const updateCluster =
  ({ clusterId }: CloudHsmCluster): Provoke =>
  ({ kms, stores }) =>
    kms.updateCustomKeyStore({ CustomKeyStoreId: stores.disconnected, CloudHsmClusterId: clusterId })
const inExternal =
  (XksKeyId: string): Provoke =>
  ({ kms, stores }) =>
    kms.createKey({ CustomKeyStoreId: stores.external, Origin: 'EXTERNAL_KEY_STORE', XksKeyId })
const inCloudHsm =
  (store: 'disconnected' | 'small'): Provoke =>
  ({ kms, stores }) =>
    kms.createKey({ CustomKeyStoreId: stores[store], Origin: 'AWS_CLOUDHSM' })

const groupPolicy = JSON.stringify({
  Statement: { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:group/g' } },
})
const CustomKeyStoreId = 'cks-1'
const elsewhere = { ...clusterOf('z'), clusterId: 'cluster-zzzzzzzzzzz' }

/** The declared client faults of the administrative operations. */
export const administrationErrors: Record<string, Record<string, Provoke>> = {
  TagResource: {
    ...keyErrors(tag),
    ...ofPending(tag),
    LimitExceededException: ({ kms, tagged }) => tag(kms, tagged),
    TagException: ({ kms, enabled }) => kms.tagResource({ KeyId: enabled, Tags: manyTags(51, 't') }),
  },
  UntagResource: {
    ...keyErrors(untag),
    ...ofPending(untag),
    TagException: ({ kms, enabled }) => kms.untagResource({ KeyId: enabled, TagKeys: ['aws:x'] }),
  },
  ListResourceTags: {
    ...keyErrors((kms, KeyId) => kms.listResourceTags({ KeyId })),
    InvalidMarkerException: ({ kms, enabled }) =>
      kms.listResourceTags({ KeyId: enabled, Marker: 'nonsense' }),
  },
  UpdateKeyDescription: { ...keyErrors(describe), ...ofPending(describe) },
  GetKeyPolicy: keyErrors((kms, KeyId) => kms.getKeyPolicy({ KeyId })),
  ListKeyPolicies: keyErrors((kms, KeyId) => kms.listKeyPolicies({ KeyId })),
  PutKeyPolicy: {
    NotFoundException: ({ kms }) => kms.putKeyPolicy({ KeyId: missing, Policy: '{}' }),
    InvalidArnException: ({ kms, enabled }) => kms.putKeyPolicy({ KeyId: enabled, Policy: groupPolicy }),
    MalformedPolicyDocumentException: ({ kms, enabled }) =>
      kms.putKeyPolicy({ KeyId: enabled, Policy: '{}' }),
    LimitExceededException: ({ kms, enabled }) =>
      kms.putKeyPolicy({ KeyId: enabled, Policy: ' '.repeat(32_769) }),
  },
  CreateGrant: {
    NotFoundException: ({ kms }) => grant(kms, missing),
    DisabledException: ({ kms, disabled }) => grant(kms, disabled),
    InvalidArnException: ({ kms, enabled }) => grant(kms, enabled, { GranteePrincipal: 'nobody' }),
    InvalidGrantTokenException: ({ kms, enabled }) => grant(kms, enabled, { GrantTokens: ['nonsense'] }),
    KMSInvalidStateException: ({ kms, pending }) => grant(kms, pending),
    DryRunOperationException: ({ kms, enabled }) => grant(kms, enabled, { DryRun: true }),
  },
  ListGrants: {
    ...keyErrors((kms, KeyId) => kms.listGrants({ KeyId })),
    InvalidMarkerException: ({ kms, enabled }) => kms.listGrants({ KeyId: enabled, Marker: 'nonsense' }),
    InvalidGrantIdException: ({ kms, enabled }) => kms.listGrants({ KeyId: enabled, GrantId: 'nonsense' }),
  },
  ListRetirableGrants: {
    InvalidMarkerException: ({ kms }) =>
      kms.listRetirableGrants({ RetiringPrincipal: principal, Marker: 'nonsense' }),
    InvalidArnException: ({ kms }) => kms.listRetirableGrants({ RetiringPrincipal: 'nobody' }),
  },
  RetireGrant: {
    InvalidArnException: ({ kms }) => kms.retireGrant({ KeyId: malformedArn, GrantId: noGrant }),
    InvalidGrantTokenException: ({ kms }) => kms.retireGrant({ GrantToken: 'nonsense' }),
    InvalidGrantIdException: ({ kms, enabled }) => kms.retireGrant({ KeyId: enabled, GrantId: 'nonsense' }),
    NotFoundException: ({ kms, enabled }) => kms.retireGrant({ KeyId: enabled, GrantId: noGrant }),
    DryRunOperationException: ({ kms, tagged, grantId }) =>
      kms.retireGrant({ KeyId: tagged, GrantId: grantId, DryRun: true }),
  },
  RevokeGrant: {
    InvalidArnException: ({ kms }) => kms.revokeGrant({ KeyId: malformedArn, GrantId: noGrant }),
    InvalidGrantIdException: ({ kms, enabled }) => kms.revokeGrant({ KeyId: enabled, GrantId: 'nonsense' }),
    NotFoundException: ({ kms, enabled }) => kms.revokeGrant({ KeyId: enabled, GrantId: noGrant }),
    DryRunOperationException: ({ kms, tagged, grantId }) =>
      kms.revokeGrant({ KeyId: tagged, GrantId: grantId, DryRun: true }),
  },
  GetKeyLastUsage: keyErrors((kms, KeyId) => kms.getKeyLastUsage({ KeyId })),
  CreateCustomKeyStore: {
    CustomKeyStoreNameInUseException: ({ kms }) =>
      kms.createCustomKeyStore(
        cloudHsm(free, { CustomKeyStoreName: cloudHsmStore(clusterOf('a')).CustomKeyStoreName }),
      ),
    CloudHsmClusterInUseException: ({ kms }) => kms.createCustomKeyStore(cloudHsm(clusterOf('a'))),
    CloudHsmClusterNotFoundException: ({ kms }) => kms.createCustomKeyStore(cloudHsm(elsewhere)),
    CloudHsmClusterNotActiveException: ({ kms }) => kms.createCustomKeyStore(cloudHsm(inactive)),
    IncorrectTrustAnchorException: ({ kms }) =>
      kms.createCustomKeyStore(cloudHsm(free, { TrustAnchorCertificate: 'another' })),
    CloudHsmClusterInvalidConfigurationException: ({ kms }) => kms.createCustomKeyStore(cloudHsm(small)),
    XksProxyUriInUseException: ({ kms }) => kms.createCustomKeyStore(external()),
    XksProxyUriEndpointInUseException: ({ kms }) =>
      kms.createCustomKeyStore(external(proxies.vpc, { XksProxyUriPath: '/other/kms/xks/v1' })),
    XksProxyUriUnreachableException: ({ kms }) => kms.createCustomKeyStore(external(proxyOf('nowhere'))),
    XksProxyIncorrectAuthenticationCredentialException: ({ kms }) =>
      kms.createCustomKeyStore(
        external(proxies.stranger, {
          XksProxyAuthenticationCredential: externalStore(used).XksProxyAuthenticationCredential,
        }),
      ),
    XksProxyVpcEndpointServiceInUseException: ({ kms }) =>
      kms.createCustomKeyStore(external(proxies.vpc, { XksProxyUriEndpoint: 'https://third.example.com' })),
    XksProxyVpcEndpointServiceNotFoundException: ({ kms }) =>
      kms.createCustomKeyStore(
        external(proxies.badVpc, { XksProxyVpcEndpointServiceName: serviceName('9') }),
      ),
    XksProxyVpcEndpointServiceInvalidConfigurationException: ({ kms }) =>
      kms.createCustomKeyStore(external(proxies.badVpc)),
    XksProxyInvalidResponseException: ({ kms }) => kms.createCustomKeyStore(external(proxies.unintelligible)),
    XksProxyInvalidConfigurationException: ({ kms }) =>
      kms.createCustomKeyStore(external(proxies.misconfigured)),
    LimitExceededException: async ({ kms }) => {
      for (const proxy of more) await kms.createCustomKeyStore(externalStore(proxy))
    },
  },
  ConnectCustomKeyStore: {
    CustomKeyStoreNotFoundException: ({ kms }) => kms.connectCustomKeyStore({ CustomKeyStoreId }),
    CustomKeyStoreInvalidStateException: ({ kms, stores }) =>
      kms.connectCustomKeyStore({ CustomKeyStoreId: stores.failed }),
    CloudHsmClusterNotActiveException: ({ kms, stores }) =>
      kms.connectCustomKeyStore({ CustomKeyStoreId: stores.inactive }),
    CloudHsmClusterInvalidConfigurationException: ({ kms, stores }) =>
      kms.connectCustomKeyStore({ CustomKeyStoreId: stores.misconfigured }),
  },
  DisconnectCustomKeyStore: {
    CustomKeyStoreNotFoundException: ({ kms }) => kms.disconnectCustomKeyStore({ CustomKeyStoreId }),
    CustomKeyStoreInvalidStateException: ({ kms, stores }) =>
      kms.disconnectCustomKeyStore({ CustomKeyStoreId: stores.disconnected }),
  },
  DescribeCustomKeyStores: {
    CustomKeyStoreNotFoundException: ({ kms }) => kms.describeCustomKeyStores({ CustomKeyStoreId }),
    InvalidMarkerException: ({ kms }) => kms.describeCustomKeyStores({ Marker: 'nonsense' }),
  },
  DeleteCustomKeyStore: {
    CustomKeyStoreNotFoundException: ({ kms }) => kms.deleteCustomKeyStore({ CustomKeyStoreId }),
    CustomKeyStoreHasCMKsException: ({ kms, stores }) =>
      kms.deleteCustomKeyStore({ CustomKeyStoreId: stores.external }),
    CustomKeyStoreInvalidStateException: ({ kms, stores }) =>
      kms.deleteCustomKeyStore({ CustomKeyStoreId: stores.failed }),
  },
  UpdateCustomKeyStore: {
    CustomKeyStoreNotFoundException: ({ kms }) => kms.updateCustomKeyStore({ CustomKeyStoreId }),
    CustomKeyStoreNameInUseException: updateVpc({
      NewCustomKeyStoreName: cloudHsmStore(clusterOf('a')).CustomKeyStoreName,
    }),
    CustomKeyStoreInvalidStateException: ({ kms, stores }) =>
      kms.updateCustomKeyStore({ CustomKeyStoreId: stores.connected, KeyStorePassword: 'password' }),
    CloudHsmClusterNotFoundException: updateCluster(elsewhere),
    CloudHsmClusterNotRelatedException: updateCluster(free),
    CloudHsmClusterNotActiveException: updateCluster(relatedInactive),
    CloudHsmClusterInvalidConfigurationException: updateCluster(relatedSmall),
    XksProxyUriInUseException: updateVpc(toPublic(used)),
    XksProxyUriEndpointInUseException: updateVpc({
      XksProxyUriEndpoint: proxies.otherVpc.uriEndpoint,
      XksProxyUriPath: '/x/kms/xks/v1',
    }),
    XksProxyUriUnreachableException: updateVpc(toPublic(proxyOf('nowhere'))),
    XksProxyIncorrectAuthenticationCredentialException: updateVpc(toPublic(proxies.stranger)),
    XksProxyVpcEndpointServiceInUseException: updateVpc({ XksProxyVpcEndpointServiceName: serviceName('2') }),
    XksProxyVpcEndpointServiceNotFoundException: updateVpc({
      XksProxyVpcEndpointServiceName: serviceName('9'),
    }),
    XksProxyVpcEndpointServiceInvalidConfigurationException: updateVpc({
      XksProxyVpcEndpointServiceName: serviceName('3'),
    }),
    XksProxyInvalidResponseException: updateVpc(toPublic(proxies.unintelligible)),
    XksProxyInvalidConfigurationException: updateVpc(toPublic(proxies.misconfigured)),
  },
}

/** Those of operations that others have the rest of. */
export const createKeyErrors: Record<string, Provoke> = {
  InvalidArnException: ({ kms }) => kms.createKey({ Policy: groupPolicy }),
  CustomKeyStoreInvalidStateException: inCloudHsm('disconnected'),
  CloudHsmClusterInvalidConfigurationException: inCloudHsm('small'),
  XksKeyInvalidConfigurationException: inExternal('disabled'),
  XksKeyAlreadyInUseException: inExternal('external-key'),
  XksKeyNotFoundException: inExternal('none'),
}
export const generateRandomErrors: Record<string, Provoke> = {
  CustomKeyStoreInvalidStateException: ({ kms, stores }) =>
    kms.generateRandom({ NumberOfBytes: 1, CustomKeyStoreId: stores.disconnected }),
  UnsupportedOperationException: ({ kms, stores }) =>
    kms.generateRandom({ NumberOfBytes: 1, CustomKeyStoreId: stores.external }),
}

/** Those that aren't provoked, and why. */
export const administrationNotProvoked: NotProvoked = {
  GetKeyPolicy: { KMSInvalidStateException: everyState },
  ListKeyPolicies: { KMSInvalidStateException: everyState },
  PutKeyPolicy: {
    KMSInvalidStateException: everyState,
    UnsupportedOperationException: {
      why: 'policies of AWS managed keys alone can never be changed, and there are no such keys here; which error AWS gives isn’t documented',
      see: developerGuide('key-policy-modifying'),
    },
  },
  ListGrants: { KMSInvalidStateException: everyState },
  ListRetirableGrants: {
    NotFoundException: {
      why: 'no parameter names a key or a grant, and nothing is said of a principal that isn’t there',
      see: apiReference('ListRetirableGrants'),
    },
  },
  RetireGrant: { KMSInvalidStateException: everyState },
  RevokeGrant: { KMSInvalidStateException: everyState },
}
