import { requireKeyState } from '../state/key-state.js'
import { managedKeyId } from '../state/resolve-key.js'
import { checkTagKeys } from './key-tags.js'
import { defineOperation } from './operation.js'

/** API Reference, UntagResource: tag keys that the KMS key doesn't have are no error. */
export const untagResource = defineOperation({
  name: 'UntagResource',
  changesState: true,
  run: ({ KeyId, TagKeys }, context) => {
    const key = context.key(KeyId, managedKeyId)
    requireKeyState(key, 'management')
    checkTagKeys(TagKeys)
    key.tags = key.tags.filter(({ TagKey }) => !TagKeys.includes(TagKey))
    return {}
  },
})
