import { validationError } from '../errors.js'
import { grantedKeyId } from '../state/resolve-key.js'
import { checkGrantId } from './delete-grant.js'
import { grantEntry } from './grant-entry.js'
import { checkPrincipal } from './grant-parties.js'
import { defineOperation } from './operation.js'
import { pageLimit, pageOf } from './page.js'

/**
 * API Reference, ListGrants. AWS lets only services filter by a service; who calls is not told apart here yet, so
 * everybody may.
 */
export const listGrants = defineOperation({
  name: 'ListGrants',
  run: (input, context) => {
    const { GrantId, GranteePrincipal, GranteeServicePrincipal } = input
    const limit = pageLimit(input.Limit, 50, 100)
    if (GranteePrincipal !== undefined && GranteeServicePrincipal !== undefined) {
      throw validationError(
        'You can specify either GranteePrincipal or GranteeServicePrincipal, but not both.',
      )
    }
    checkPrincipal(GranteePrincipal)
    const key = context.key(input.KeyId, grantedKeyId)
    if (GrantId !== undefined) checkGrantId(GrantId)
    const grants = [...(key.grants?.values() ?? [])].filter(
      (grant) =>
        (GrantId ?? grant.grantId) === grant.grantId &&
        (GranteePrincipal ?? grant.granteePrincipal) === grant.granteePrincipal &&
        (GranteeServicePrincipal ?? grant.granteeServicePrincipal) === grant.granteeServicePrincipal,
    )
    const { items, position } = pageOf(grants, ({ grantId }) => grantId, limit, input.Marker)
    return { Grants: items.map((grant) => grantEntry(key, grant)), ...position }
  },
})
