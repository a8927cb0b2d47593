/** The connection states of a custom key store (API Reference, CustomKeyStoresListEntry). */
export const connectionStates = [
  'CONNECTED',
  'CONNECTING',
  'FAILED',
  'DISCONNECTED',
  'DISCONNECTING',
] as const
/** One of {@link connectionStates}. */
export type ConnectionState = (typeof connectionStates)[number]

/** Why connecting failed (API Reference, CustomKeyStoresListEntry, "ConnectionErrorCode"). */
export const connectionErrorCodes = [
  'INVALID_CREDENTIALS',
  'CLUSTER_NOT_FOUND',
  'NETWORK_ERRORS',
  'INTERNAL_ERROR',
  'INSUFFICIENT_CLOUDHSM_HSMS',
  'USER_LOCKED_OUT',
  'USER_NOT_FOUND',
  'USER_LOGGED_IN',
  'SUBNET_NOT_FOUND',
  'INSUFFICIENT_FREE_ADDRESSES_IN_SUBNET',
  'XKS_PROXY_ACCESS_DENIED',
  'XKS_PROXY_NOT_REACHABLE',
  'XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND',
  'XKS_PROXY_INVALID_RESPONSE',
  'XKS_PROXY_INVALID_CONFIGURATION',
  'XKS_VPC_ENDPOINT_SERVICE_INVALID_CONFIGURATION',
  'XKS_PROXY_TIMED_OUT',
  'XKS_PROXY_INVALID_TLS_CONFIGURATION',
] as const
/** One of {@link connectionErrorCodes}. */
export type ConnectionErrorCode = (typeof connectionErrorCodes)[number]

/** Where a connection that is being made or ended will be, and when. What it comes to was found out as it began. */
export interface ConnectionChange {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly to: 'CONNECTED' | 'FAILED' | 'DISCONNECTED'
  /** Of FAILED. */
  readonly errorCode?: ConnectionErrorCode
}

interface AnyKeyStore {
  readonly region: string
  readonly accountId: string
  /** `cks-` and 17 hexadecimal digits. */
  readonly customKeyStoreId: string
  readonly createdAt: number
  name: string
  connectionState: ConnectionState
  /** While FAILED. */
  connectionErrorCode?: ConnectionErrorCode
  /** While CONNECTING or DISCONNECTING. */
  connectionChange?: ConnectionChange
}

/** A custom key store in an AWS CloudHSM cluster. */
export interface CloudHsmKeyStore extends AnyKeyStore {
  readonly type: 'AWS_CLOUDHSM'
  readonly trustAnchorCertificate: string
  cloudHsmClusterId: string
  /** Of kmsuser, as KMS knows it. */
  keyStorePassword: string
}

/** How KMS reaches an external key store proxy. */
export interface XksProxySettings {
  readonly connectivity: 'PUBLIC_ENDPOINT' | 'VPC_ENDPOINT_SERVICE'
  readonly uriEndpoint: string
  readonly uriPath: string
  readonly accessKeyId: string
  readonly rawSecretAccessKey: string
  /** With VPC_ENDPOINT_SERVICE. */
  readonly vpcEndpointServiceName?: string
  /** With VPC_ENDPOINT_SERVICE: the owner's account. */
  readonly vpcEndpointServiceOwner?: string
}

/** A custom key store behind an external key store proxy. */
export interface ExternalKeyStore extends AnyKeyStore {
  readonly type: 'EXTERNAL_KEY_STORE'
  proxy: XksProxySettings
}

/** A custom key store of one account and region. */
export type CustomKeyStore = CloudHsmKeyStore | ExternalKeyStore
