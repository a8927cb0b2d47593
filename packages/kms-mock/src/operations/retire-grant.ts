import { validationError } from '../errors.js'
import type { Input } from '../model/input.js'
import type { Grant } from '../state/grant.js'
import { grantOfToken } from '../state/grant-token.js'
import type { KmsKey } from '../state/key.js'
import { grantedKeyId } from '../state/resolve-key.js'
import { deleteGrant, grantOfKey } from './delete-grant.js'
import { defineOperation } from './operation.js'
import type { OperationContext } from './operation.js'
import { endDryRun } from './end-dry-run.js'

const grantToRetire = (
  { GrantToken, KeyId, GrantId }: Input<'RetireGrant'>,
  context: OperationContext,
): { key: KmsKey; grant: Grant } => {
  if (GrantToken !== undefined && KeyId === undefined && GrantId === undefined) {
    const found = grantOfToken(context.state, context.caller.region, GrantToken)
    context.used(found.key)
    return found
  }
  if (GrantToken === undefined && KeyId !== undefined && GrantId !== undefined) {
    const key = context.key(KeyId, grantedKeyId)
    return { key, grant: grantOfKey(key, GrantId) }
  }
  throw validationError(
    'You must specify either a grant token, or both a grant id and a key, to identify the grant.',
  )
}

/** API Reference, RetireGrant. Who may retire it is not enforced yet. */
export const retireGrant = defineOperation({
  name: 'RetireGrant',
  changesState: true,
  run: (input, context) => {
    const { key, grant } = grantToRetire(input, context)
    endDryRun(input.DryRun)
    deleteGrant(key, grant)
    return {}
  },
})
