import { managedKeyId } from '../state/resolve-key.js'
import { defineOperation } from './operation.js'
import { pageLimit, pageOf } from './page.js'

/** API Reference, ListResourceTags. */
export const listResourceTags = defineOperation({
  name: 'ListResourceTags',
  run: (input, context) => {
    const limit = pageLimit(input.Limit, 50, 50)
    const { tags } = context.key(input.KeyId, managedKeyId)
    const { items, position } = pageOf(tags, ({ TagKey }) => TagKey, limit, input.Marker)
    return { Tags: items.map(({ TagKey, TagValue }) => ({ TagKey, TagValue })), ...position }
  },
})
