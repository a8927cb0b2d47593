import { aliasArn } from '../state/arn.js'
import { managedKeyId } from '../state/resolve-key.js'
import { accountRegion, aliasesOf } from '../state/state.js'
import { defineOperation } from './operation.js'
import { pageLimit, pageOf } from './page.js'

/** API Reference, ListAliases. Predefined `alias/aws/` aliases are not listed: AWS managed keys don't exist here. */
export const listAliases = defineOperation({
  name: 'ListAliases',
  run: (input, context) => {
    const limit = pageLimit(input.Limit, 50, 100)
    const { state, caller } = context
    const aliases =
      input.KeyId === undefined
        ? accountRegion(state, caller).aliases.values()
        : aliasesOf(state, context.key(input.KeyId, managedKeyId))
    const { items, position } = pageOf(aliases, ({ aliasName }) => aliasName, limit, input.Marker)
    return {
      Aliases: items.map((alias) => ({
        AliasName: alias.aliasName,
        AliasArn: aliasArn(alias),
        TargetKeyId: alias.targetKeyId,
        CreationDate: new Date(alias.createdAt),
        LastUpdatedDate: new Date(alias.updatedAt),
      })),
      ...position,
    }
  },
})
