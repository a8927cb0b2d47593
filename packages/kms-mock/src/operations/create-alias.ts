import { KmsError } from '../errors.js'
import { aliasArn } from '../state/arn.js'
import { accountRegion, addAlias } from '../state/state.js'
import { aliasTarget, checkAliasName } from './alias-name.js'
import { defineOperation } from './operation.js'

/** API Reference, CreateAlias. */
export const createAlias = defineOperation({
  name: 'CreateAlias',
  changesState: true,
  run: ({ AliasName, TargetKeyId }, context) => {
    const { state, caller, now } = context
    checkAliasName(AliasName)
    if (AliasName.startsWith('alias/aws/')) {
      throw new KmsError(
        'InvalidAliasNameException',
        'The prefix alias/aws/ is reserved for AWS managed keys.',
      )
    }
    const key = aliasTarget(AliasName, TargetKeyId, context)
    const alias = { ...caller, aliasName: AliasName, targetKeyId: key.keyId, createdAt: now, updatedAt: now }
    if (accountRegion(state, caller).aliases.has(AliasName)) {
      throw new KmsError('AlreadyExistsException', `An alias with the name ${aliasArn(alias)} already exists`)
    }
    addAlias(state, alias)
    return {}
  },
})
