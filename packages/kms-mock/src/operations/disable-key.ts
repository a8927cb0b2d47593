import { switchKey } from '../state/key-store-connection.js'
import { noteDue } from '../state/due.js'
import { requireKeyState } from '../state/key-state.js'
import { managedKeyId } from '../state/resolve-key.js'
import { defineOperation } from './operation.js'

/** API Reference, DisableKey. */
export const disableKey = defineOperation({
  name: 'DisableKey',
  changesState: true,
  run: ({ KeyId }, context) => {
    const key = context.key(KeyId, managedKeyId)
    requireKeyState(key, 'switching')
    switchKey(key, 'Disabled')
    noteDue(context.state, [key])
    return {}
  },
})
