import { KmsError } from '../errors.js'
import type { CloudHsmCluster, Outside } from '../outside.js'
import { isSameSecret } from '../same-secret.js'
import type { CloudHsmKeyStore, ConnectionErrorCode, CustomKeyStore } from '../state/custom-key-store.js'

const defaultHsms = ['a', 'b']

const clusterOf = (outside: Outside, clusterId: string): CloudHsmCluster | undefined =>
  outside.cloudHsmClusters.find((cluster) => cluster.clusterId === clusterId)

/** Finds a cluster that is active. */
const activeCluster = (outside: Outside, clusterId: string): CloudHsmCluster => {
  const cluster = clusterOf(outside, clusterId)
  if (cluster === undefined) {
    throw new KmsError('CloudHsmClusterNotFoundException', `Cluster ${clusterId} is not found.`)
  }
  requireActive(cluster)
  return cluster
}

const requireActive = ({ clusterId, state = 'ACTIVE' }: CloudHsmCluster): void => {
  if (state === 'ACTIVE') return
  throw new KmsError('CloudHsmClusterNotActiveException', `Cluster ${clusterId} is ${state}, not ACTIVE.`)
}

/** Whether its configuration serves, with HSMs in so many Availability Zones (CloudHsmClusterInvalidConfigurationException). */
const requireConfiguration = (
  { clusterId, hsms = defaultHsms, misconfigured = false }: CloudHsmCluster,
  zones: number,
): void => {
  if (!misconfigured && new Set(hsms).size >= zones) return
  throw new KmsError(
    'CloudHsmClusterInvalidConfigurationException',
    misconfigured
      ? `The subnets or the security group of cluster ${clusterId} are not as required.`
      : `Cluster ${clusterId} must have active HSMs in ${zones} Availability Zone${zones === 1 ? '' : 's'}.`,
  )
}

// Certificates are compared as text; an editor may have ended the last line, or not.
const isSameCertificate = (one: string, other: string): boolean => one.trim() === other.trim()

/**
 * Checks the cluster that a new key store is to be in.
 * @throws KmsError CloudHsmClusterNotFoundException, CloudHsmClusterNotActiveException, CloudHsmClusterInUseException,
 * IncorrectTrustAnchorException, CloudHsmClusterInvalidConfigurationException
 */
export const checkNewCluster = (
  outside: Outside,
  others: readonly CustomKeyStore[],
  { clusterId, certificate }: { clusterId: string; certificate: string },
): void => {
  const cluster = activeCluster(outside, clusterId)
  const isTaken = others.some(
    (store) =>
      store.type === 'AWS_CLOUDHSM' &&
      (store.cloudHsmClusterId === clusterId ||
        isSameCertificate(store.trustAnchorCertificate, cluster.trustAnchorCertificate)),
  )
  if (isTaken) {
    throw new KmsError(
      'CloudHsmClusterInUseException',
      `Cluster ${clusterId}, or one that shares its backup history, is that of another custom key store already.`,
    )
  }
  if (!isSameCertificate(certificate, cluster.trustAnchorCertificate)) {
    throw new KmsError(
      'IncorrectTrustAnchorException',
      `The trust anchor certificate is not that of cluster ${clusterId}.`,
    )
  }
  requireConfiguration(cluster, 2)
}

/**
 * Checks the cluster that a key store is to move to.
 * @throws KmsError CloudHsmClusterNotFoundException, CloudHsmClusterNotActiveException, CloudHsmClusterNotRelatedException,
 * CloudHsmClusterInvalidConfigurationException
 */
export const checkRelatedCluster = (outside: Outside, store: CloudHsmKeyStore, clusterId: string): void => {
  const cluster = activeCluster(outside, clusterId)
  if (!isSameCertificate(store.trustAnchorCertificate, cluster.trustAnchorCertificate)) {
    throw new KmsError(
      'CloudHsmClusterNotRelatedException',
      `Cluster ${clusterId} has another certificate than the cluster of the custom key store.`,
    )
  }
  requireConfiguration(cluster, 2)
}

/**
 * Checks that a key can be made in the cluster of a key store.
 * @throws KmsError CloudHsmClusterInvalidConfigurationException
 */
export const checkClusterForKey = (outside: Outside, { cloudHsmClusterId }: CloudHsmKeyStore): void => {
  const cluster = clusterOf(outside, cloudHsmClusterId)
  if (cluster === undefined || (cluster.state ?? 'ACTIVE') !== 'ACTIVE') {
    throw new KmsError(
      'CloudHsmClusterInvalidConfigurationException',
      `Cluster ${cloudHsmClusterId} has no active HSMs.`,
    )
  }
  requireConfiguration(cluster, 2)
}

/**
 * Checks that KMS reaches an active HSM now, as each use of the key store needs it to (KMS Developer Guide,
 * "Troubleshooting an AWS CloudHSM key store", how to fix a failing KMS key). A password that changed meanwhile matters to the
 * next login alone: KMS stays logged in while the key store is connected.
 * @throws KmsError with this name
 */
export const requireCluster = (
  outside: Outside,
  { cloudHsmClusterId }: CloudHsmKeyStore,
  name: string,
): void => {
  const cluster = clusterOf(outside, cloudHsmClusterId)
  const serves =
    cluster !== undefined &&
    (cluster.state ?? 'ACTIVE') === 'ACTIVE' &&
    (cluster.hsms ?? defaultHsms).length > 0 &&
    cluster.misconfigured !== true &&
    cluster.connectionError === undefined
  if (!serves) throw new KmsError(name, 'KMS cannot communicate with your CloudHSM cluster')
}

/**
 * What connecting to the cluster of a key store comes to; nothing when it succeeds.
 * @throws KmsError CloudHsmClusterNotActiveException, CloudHsmClusterInvalidConfigurationException
 */
export const connectCluster = (
  outside: Outside,
  { cloudHsmClusterId, keyStorePassword }: CloudHsmKeyStore,
): ConnectionErrorCode | undefined => {
  const cluster = clusterOf(outside, cloudHsmClusterId)
  if (cluster === undefined) return 'CLUSTER_NOT_FOUND'
  requireActive(cluster)
  requireConfiguration(cluster, 1)
  return (
    cluster.connectionError ??
    (isSameSecret(cluster.password, keyStorePassword) ? undefined : 'INVALID_CREDENTIALS')
  )
}
