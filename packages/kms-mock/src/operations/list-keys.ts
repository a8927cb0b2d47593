import { keyArn } from '../state/arn.js'
import { accountRegion } from '../state/state.js'
import { defineOperation } from './operation.js'
import { pageOf } from './page.js'

/** API Reference, ListKeys. Keys shared through RAM don't exist here: asked for alone, they are an empty list. */
export const listKeys = defineOperation({
  name: 'ListKeys',
  run: (input, { state, caller }) => {
    const own = (input.ResourceOwners ?? ['SELF']).includes('SELF')
    const keys = own ? accountRegion(state, caller).keys.values() : []
    const { items, position } = pageOf(keys, ({ keyId }) => keyId, input.Limit ?? 100, input.Marker)
    return { Keys: items.map((key) => ({ KeyId: key.keyId, KeyArn: keyArn(key) })), ...position }
  },
})
