import { KmsError } from '../errors.js'
import { requireKeyState } from '../state/key-state.js'
import { managedKeyId } from '../state/resolve-key.js'
import { checkTags } from './key-tags.js'
import { defineOperation } from './operation.js'
import { quotas } from './quotas.js'

/** API Reference, TagResource: a key that is there already gets the new value. */
export const tagResource = defineOperation({
  name: 'TagResource',
  changesState: true,
  run: ({ KeyId, Tags }, context) => {
    const key = context.key(KeyId, managedKeyId)
    requireKeyState(key, 'management')
    checkTags(Tags)
    const values = new Map(key.tags.map(({ TagKey, TagValue }) => [TagKey, TagValue]))
    for (const { TagKey, TagValue } of Tags) values.set(TagKey, TagValue)
    if (values.size > quotas.tagsPerKey) {
      throw new KmsError(
        'LimitExceededException',
        'You have reached the maximum number of tags for this KMS key.',
      )
    }
    key.tags = Array.from(values, ([TagKey, TagValue]) => ({ TagKey, TagValue }))
    return {}
  },
})
