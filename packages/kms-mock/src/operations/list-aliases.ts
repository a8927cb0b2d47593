import { KmsError } from '../errors.js'
import { aliasArn } from '../state/arn.js'
import { managedKeyId } from '../state/resolve-key.js'
import { accountRegion, aliasesOf } from '../state/state.js'
import { defineOperation } from './operation.js'
import { pageOf } from './page.js'

const maximum = 100

/** API Reference, ListAliases. Predefined `alias/aws/` aliases are not listed: AWS managed keys don't exist here. */
export const listAliases = defineOperation({
  name: 'ListAliases',
  run: (input, context) => {
    // The model says 1000 for every list; the API Reference says 100 for this one.
    if (input.Limit !== undefined && input.Limit > maximum) {
      throw new KmsError(
        'ValidationException',
        `1 validation error detected: Value '${input.Limit}' at 'limit' failed to satisfy constraint: Member must have value less than or equal to ${maximum}`,
      )
    }
    const { state, caller } = context
    const aliases =
      input.KeyId === undefined
        ? accountRegion(state, caller).aliases.values()
        : aliasesOf(state, context.key(input.KeyId, managedKeyId))
    const { items, position } = pageOf(aliases, ({ aliasName }) => aliasName, input.Limit ?? 50, input.Marker)
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
