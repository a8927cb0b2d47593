/** Which keys a discovery keyring may use. */
export interface KmsDiscoveryFilter {
  readonly accountIds: readonly string[]
  /** Default 'aws'. */
  readonly partition?: string
}

/** In the shape and spelling that AWS's keyrings want. */
export function awsDiscoveryFilter({ accountIds, partition }: KmsDiscoveryFilter) {
  return { accountIDs: [...accountIds], partition: partition ?? 'aws' }
}
