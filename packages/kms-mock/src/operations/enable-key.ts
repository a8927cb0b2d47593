import { requireKeyState } from '../state/key-state.js'
import { managedKeyId } from '../state/resolve-key.js'
import { required } from '../validation/shape.js'
import * as shapes from '../validation/shapes.js'
import { defineOperation } from './operation.js'

/** API Reference, EnableKey. */
export const enableKey = defineOperation({
  name: 'EnableKey',
  changesState: true,
  input: { KeyId: required(shapes.keyId) },
  run: ({ KeyId }, context) => {
    const key = context.key(KeyId, managedKeyId)
    requireKeyState(key, 'management')
    key.state = 'Enabled'
    return {}
  },
})
