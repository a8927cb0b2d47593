import { removeAlias } from '../state/state.js'
import { checkAliasName, ownAlias } from './alias-name.js'
import { defineOperation } from './operation.js'

/** API Reference, DeleteAlias. */
export const deleteAlias = defineOperation({
  name: 'DeleteAlias',
  changesState: true,
  run: ({ AliasName }, { state, caller }) => {
    checkAliasName(AliasName)
    removeAlias(state, ownAlias(state, caller, AliasName))
    return {}
  },
})
