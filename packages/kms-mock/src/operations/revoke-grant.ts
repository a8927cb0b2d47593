import { grantedKeyId } from '../state/resolve-key.js'
import { deleteGrant, grantOfKey } from './delete-grant.js'
import { defineOperation } from './operation.js'
import { endDryRun } from './end-dry-run.js'

/** API Reference, RevokeGrant. */
export const revokeGrant = defineOperation({
  name: 'RevokeGrant',
  changesState: true,
  run: ({ KeyId, GrantId, DryRun }, context) => {
    const key = context.key(KeyId, grantedKeyId)
    const grant = grantOfKey(key, GrantId)
    endDryRun(DryRun)
    deleteGrant(key, grant)
    return {}
  },
})
