import type { Caller } from '../caller.js'
import { KmsError, validationError } from '../errors.js'
import { aliasArn } from '../state/arn.js'
import type { KmsKey } from '../state/key.js'
import { requireKeyState } from '../state/key-state.js'
import { aliasTargetKeyId } from '../state/resolve-key.js'
import { accountRegion, aliasesOf } from '../state/state.js'
import type { Alias, KmsState } from '../state/state.js'
import type { OperationContext } from './operation.js'
import { quotas } from './quotas.js'

/**
 * What the pattern of the model doesn't say about alias names (API Reference, CreateAlias).
 * @throws KmsError ValidationException
 */
export const checkAliasName = (aliasName: string): void => {
  if (!aliasName.startsWith('alias/') || aliasName.length === 'alias/'.length) {
    throw validationError(
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    )
  }
  if (aliasName.includes(':')) {
    throw validationError(`${aliasName} contains invalid characters for an alias`)
  }
}

/** Finds an existing alias of the caller's own. */
export const ownAlias = (state: KmsState, caller: Caller, aliasName: string): Alias => {
  const alias = accountRegion(state, caller).aliases.get(aliasName)
  if (alias === undefined) {
    throw new KmsError('NotFoundException', `Alias ${aliasArn({ ...caller, aliasName })} is not found.`)
  }
  return alias
}

/**
 * Finds the key that an alias is to point at: one in a state that takes aliases, and with room for another.
 * @throws KmsError ValidationException, NotFoundException, KMSInvalidStateException, LimitExceededException
 */
export const aliasTarget = (aliasName: string, targetKeyId: string, context: OperationContext): KmsKey => {
  if (targetKeyId.startsWith('alias/') || /^arn:[^:]*:kms:[^:]*:[^:]*:alias\//.test(targetKeyId)) {
    throw validationError('Aliases must refer to keys. Not aliases')
  }
  const key = context.key(targetKeyId, aliasTargetKeyId)
  requireKeyState(key, 'management')
  const others = aliasesOf(context.state, key).filter((alias) => alias.aliasName !== aliasName)
  if (others.length >= quotas.aliasesPerKey) {
    throw new KmsError(
      'LimitExceededException',
      'You have reached the maximum number of aliases for this KMS key.',
    )
  }
  return key
}
