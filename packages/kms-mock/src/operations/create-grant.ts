import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { KmsError } from '../errors.js'
import type { Input } from '../model/input.js'
import type { Grant } from '../state/grant.js'
import { grantToken } from '../state/grant-token.js'
import type { KmsKey } from '../state/key.js'
import { requireKeyState } from '../state/key-state.js'
import { grantedKeyId } from '../state/resolve-key.js'
import { checkGrantOperations } from './grant-operations.js'
import { checkGrantConstraints, checkGrantParties } from './grant-parties.js'
import { defineOperation } from './operation.js'
import type { OperationContext } from './operation.js'
import { quotas } from './quotas.js'
import { endDryRun } from './end-dry-run.js'

const newGrant = (request: Input<'CreateGrant'>, { caller, now }: OperationContext): Grant => ({
  grantId: randomBytes(32).toString('hex'),
  createdAt: now,
  issuingAccount: caller.accountId,
  ...(request.Name !== undefined && { name: request.Name }),
  ...(request.GranteePrincipal !== undefined && { granteePrincipal: request.GranteePrincipal }),
  ...(request.GranteeServicePrincipal !== undefined && {
    granteeServicePrincipal: request.GranteeServicePrincipal,
  }),
  ...(request.RetiringPrincipal !== undefined && { retiringPrincipal: request.RetiringPrincipal }),
  ...(request.RetiringServicePrincipal !== undefined && {
    retiringServicePrincipal: request.RetiringServicePrincipal,
  }),
  operations: [...new Set(request.Operations)],
  // A copy with prototypes, as one read from a file is, so that both compare equal.
  ...(request.Constraints !== undefined && { constraints: structuredClone({ ...request.Constraints }) }),
  tokenKey: randomBytes(32).toString('hex'),
})

const parameters = ({
  grantId: _id,
  createdAt: _at,
  tokenKey: _key,
  operations,
  ...rest
}: Grant): object => ({
  ...rest,
  operations: operations.toSorted(),
})

/** The grant that a retried request made before: one of the same name and parameters. */
const sameGrant = ({ grants }: KmsKey, wanted: Grant): Grant | undefined => {
  if (wanted.name === undefined) return undefined
  for (const grant of grants?.values() ?? []) {
    if (grant.name === wanted.name && isDeepStrictEqual(parameters(grant), parameters(wanted))) return grant
  }
  return undefined
}

/** API Reference, CreateGrant. */
export const createGrant = defineOperation({
  name: 'CreateGrant',
  changesState: true,
  run: (request, context) => {
    checkGrantParties(request)
    const key = context.key(request.KeyId, grantedKeyId)
    requireKeyState(key, 'granting')
    checkGrantOperations(key, request.Operations)
    checkGrantConstraints(key, request.Constraints)
    const wanted = newGrant(request, context)
    const existing = sameGrant(key, wanted)
    if (existing === undefined && (key.grants?.size ?? 0) >= quotas.grantsPerKey) {
      throw new KmsError(
        'LimitExceededException',
        'You have reached the maximum number of grants for this KMS key.',
      )
    }
    endDryRun(request.DryRun)
    const grant = existing ?? wanted
    key.grants ??= new Map()
    key.grants.set(grant.grantId, grant)
    return { GrantToken: grantToken(key, grant), GrantId: grant.grantId }
  },
})
