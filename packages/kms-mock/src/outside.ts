import type { ConnectionErrorCode } from './state/custom-key-store.js'

/**
 * An AWS CloudHSM cluster, for AWS CloudHSM key stores: a model of what KMS sees of one. The objects are read at each
 * call, and may be changed at any time.
 */
export interface CloudHsmCluster {
  /** `cluster-` and 11 to 16 letters and digits. */
  clusterId: string
  /** Default `ACTIVE`, the one state in which KMS takes a cluster. */
  state?: string
  /** The content of its customerCA.crt. Clusters with the same certificate share a backup history. */
  trustAnchorCertificate: string
  /** Of the crypto user `kmsuser`. */
  password: string
  /** The Availability Zones of its active HSMs, one entry for each HSM. Default: two HSMs in two zones. */
  hsms?: readonly string[]
  /** Whether its subnets or security group are not as KMS needs them. */
  misconfigured?: boolean
  /** What connecting to it fails with, for causes that aren't modelled. */
  connectionError?: ConnectionErrorCode
}

/** An external key, in the terms of the XKS proxy API (GetKeyMetadata). */
export interface XksKey {
  id: string
  /** Default `AES_256`. */
  keySpec?: string
  /** Default `ENABLED`. */
  keyStatus?: string
  /** Default `ENCRYPT` and `DECRYPT`. */
  keyUsage?: readonly string[]
}

/** What may be wrong with an external key store proxy. */
export const xksProxyTroubles = [
  'ACCESS_DENIED',
  'INVALID_CONFIGURATION',
  'INVALID_RESPONSE',
  'INVALID_TLS_CONFIGURATION',
  'TIMED_OUT',
  'UNREACHABLE',
] as const
/** One of {@link xksProxyTroubles}. */
export type XksProxyTrouble = (typeof xksProxyTroubles)[number]

/**
 * An external key store proxy with its key manager, for external key stores: a model of what KMS sees of them. The
 * objects are read at each call, and may be changed at any time.
 */
export interface XksProxy {
  /** For example `https://xks.example.com`; behind a VPC endpoint service: `https://` and its private DNS name. */
  uriEndpoint: string
  /** For example `/kms/xks/v1`. */
  uriPath: string
  accessKeyId: string
  rawSecretAccessKey: string
  /** The VPC endpoint service that it is behind; a proxy without one has a public endpoint. */
  vpcEndpointService?: {
    name: string
    /** The account that owns it. Default: any. */
    owner?: string
    misconfigured?: boolean
  }
  trouble?: XksProxyTrouble
  keys?: readonly XksKey[]
}

/** What custom key stores can be backed by, seen from every account and region. */
export interface Outside {
  readonly cloudHsmClusters: readonly CloudHsmCluster[]
  readonly xksProxies: readonly XksProxy[]
}
