import { validationError } from '../errors.js'
import { allKeys } from '../state/state.js'
import { grantEntry } from './grant-entry.js'
import { checkPrincipal } from './grant-parties.js'
import { defineOperation } from './operation.js'
import { pageLimit, pageOf } from './page.js'

/**
 * API Reference, ListRetirableGrants: of all accounts' keys in the region. Who may ask for whom is not enforced yet.
 */
export const listRetirableGrants = defineOperation({
  name: 'ListRetirableGrants',
  run: ({ Limit, Marker, RetiringPrincipal, RetiringServicePrincipal }, { state, caller }) => {
    const limit = pageLimit(Limit, 50, 100)
    if ((RetiringPrincipal === undefined) === (RetiringServicePrincipal === undefined)) {
      throw validationError(
        'You must specify either RetiringPrincipal or RetiringServicePrincipal, but not both.',
      )
    }
    checkPrincipal(RetiringPrincipal)
    const found = [...allKeys(state)]
      .filter(({ region }) => region === caller.region)
      .flatMap((key) => Array.from(key.grants?.values() ?? [], (grant) => ({ key, grant })))
      .filter(({ grant }) =>
        RetiringPrincipal === undefined
          ? grant.retiringServicePrincipal === RetiringServicePrincipal
          : grant.retiringPrincipal === RetiringPrincipal,
      )
    const { items, position } = pageOf(found, ({ grant }) => grant.grantId, limit, Marker)
    return { Grants: items.map(({ key, grant }) => grantEntry(key, grant)), ...position }
  },
})
