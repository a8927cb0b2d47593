import { keyArn } from '../state/arn.js'
import { noteDeletions } from '../state/deletion.js'
import { requireKeyState } from '../state/key-state.js'
import { managedKeyId } from '../state/resolve-key.js'
import { required } from '../validation/shape.js'
import * as shapes from '../validation/shapes.js'
import { defineOperation } from './operation.js'

/** API Reference, CancelKeyDeletion: the key is left Disabled. */
export const cancelKeyDeletion = defineOperation({
  name: 'CancelKeyDeletion',
  changesState: true,
  input: { KeyId: required(shapes.keyId) },
  run: ({ KeyId }, context) => {
    const key = context.key(KeyId, managedKeyId)
    requireKeyState(key, 'cancellation')
    key.state = 'Disabled'
    delete key.deletionAt
    delete key.pendingWindowInDays
    noteDeletions(context.state)
    return { KeyId: keyArn(key) }
  },
})
