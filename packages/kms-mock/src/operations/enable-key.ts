import { switchKey } from '../state/key-store-connection.js'
import { noteDue } from '../state/due.js'
import { requireKeyState } from '../state/key-state.js'
import { managedKeyId } from '../state/resolve-key.js'
import { resumeRotation } from '../state/rotation.js'
import { defineOperation } from './operation.js'

/** API Reference, EnableKey. */
export const enableKey = defineOperation({
  name: 'EnableKey',
  changesState: true,
  run: ({ KeyId }, context) => {
    const key = context.key(KeyId, managedKeyId)
    requireKeyState(key, 'switching')
    switchKey(key, 'Enabled')
    resumeRotation(key, context.now)
    noteDue(context.state, [key])
    return {}
  },
})
