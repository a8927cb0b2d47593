import { requireKeyState } from '../state/key-state.js'
import { managedKeyId } from '../state/resolve-key.js'
import { defineOperation } from './operation.js'

/** API Reference, UpdateKeyDescription. */
export const updateKeyDescription = defineOperation({
  name: 'UpdateKeyDescription',
  changesState: true,
  run: ({ KeyId, Description }, context) => {
    const key = context.key(KeyId, managedKeyId)
    requireKeyState(key, 'management')
    key.description = Description
    return {}
  },
})
