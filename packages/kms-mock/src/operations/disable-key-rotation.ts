import { noteDue } from '../state/due.js'
import { requireKeyState } from '../state/key-state.js'
import { managedKeyId } from '../state/resolve-key.js'
import { defineOperation } from './operation.js'
import { refuseReplica, requireRotatable } from './require-rotatable.js'

/** API Reference, DisableKeyRotation. */
export const disableKeyRotation = defineOperation({
  name: 'DisableKeyRotation',
  changesState: true,
  run: ({ KeyId }, context) => {
    const key = context.key(KeyId, managedKeyId)
    requireRotatable(key, { imported: false })
    requireKeyState(key, 'cryptographic')
    refuseReplica(key)
    delete key.rotation
    noteDue(context.state, [key])
    return {}
  },
})
