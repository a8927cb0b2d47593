import { keySpecs } from '../cryptography/key-specs.js'
import { validationError } from '../errors.js'
import type { KmsKey } from '../state/key.js'
import { accountRegion, pointAlias } from '../state/state.js'
import { aliasTarget, checkAliasName, ownAlias } from './alias-name.js'
import { defineOperation } from './operation.js'

/** Symmetric, asymmetric or HMAC. */
const typeOf = ({ keySpec }: KmsKey): string => {
  if (keySpecs[keySpec].asymmetric) return 'asymmetric'
  return keySpec.startsWith('HMAC_') ? 'HMAC' : 'symmetric'
}

/**
 * The present and the new key are of one type and have one usage (API Reference, UpdateAlias).
 * @throws KmsError ValidationException
 */
const requireSameType = (present: KmsKey, target: KmsKey): void => {
  if (typeOf(present) === typeOf(target) && present.keyUsage === target.keyUsage) return
  throw validationError(
    'The current and the new KMS key must be of the same type and have the same key usage.',
  )
}

/** API Reference, UpdateAlias. The key that loses the alias may be in any state (key state table, note 10). */
export const updateAlias = defineOperation({
  name: 'UpdateAlias',
  changesState: true,
  run: ({ AliasName, TargetKeyId }, context) => {
    checkAliasName(AliasName)
    const alias = ownAlias(context.state, context.caller, AliasName)
    const target = aliasTarget(AliasName, TargetKeyId, context)
    const present = accountRegion(context.state, alias).keys.get(alias.targetKeyId)
    if (present !== undefined) requireSameType(present, target)
    pointAlias(context.state, alias, target.keyId)
    alias.updatedAt = context.now
    return {}
  },
})
