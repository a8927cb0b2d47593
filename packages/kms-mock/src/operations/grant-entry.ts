import { keyArn, partitionOf } from '../state/arn.js'
import type { Grant } from '../state/grant.js'
import type { KmsKey } from '../state/key.js'

/** A grant as it is listed (API Reference, GrantListEntry). */
export const grantEntry = (key: KmsKey, grant: Grant): object => ({
  KeyId: keyArn(key),
  GrantId: grant.grantId,
  ...(grant.name !== undefined && { Name: grant.name }),
  CreationDate: new Date(grant.createdAt),
  ...(grant.granteePrincipal !== undefined && { GranteePrincipal: grant.granteePrincipal }),
  ...(grant.granteeServicePrincipal !== undefined && {
    GranteeServicePrincipal: grant.granteeServicePrincipal,
  }),
  ...(grant.retiringPrincipal !== undefined && { RetiringPrincipal: grant.retiringPrincipal }),
  ...(grant.retiringServicePrincipal !== undefined && {
    RetiringServicePrincipal: grant.retiringServicePrincipal,
  }),
  IssuingAccount: `arn:${partitionOf(key.region)}:iam::${grant.issuingAccount}:root`,
  Operations: grant.operations,
  ...(grant.constraints !== undefined && { Constraints: grant.constraints }),
})
