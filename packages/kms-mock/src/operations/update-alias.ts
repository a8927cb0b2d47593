import { aliasTarget, checkAliasName, ownAlias } from './alias-name.js'
import { defineOperation } from './operation.js'

/** API Reference, UpdateAlias. The key that loses the alias may be in any state (key state table, note 10). */
export const updateAlias = defineOperation({
  name: 'UpdateAlias',
  changesState: true,
  run: ({ AliasName, TargetKeyId }, context) => {
    checkAliasName(AliasName)
    const alias = ownAlias(context.state, context.caller, AliasName)
    alias.targetKeyId = aliasTarget(AliasName, TargetKeyId, context).keyId
    alias.updatedAt = context.now
    return {}
  },
})
