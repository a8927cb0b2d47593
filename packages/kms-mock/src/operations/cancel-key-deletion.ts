import { keyArn } from '../state/arn.js'
import { noteDue } from '../state/due.js'
import { adjustAvailability } from '../state/key-store-connection.js'
import { noteCompleteness } from '../state/imported-material.js'
import { requireKeyState } from '../state/key-state.js'
import { managedKeyId } from '../state/resolve-key.js'
import { defineOperation } from './operation.js'

/** API Reference, CancelKeyDeletion: the key is left Disabled; or PendingImport, if its imported material is gone. */
export const cancelKeyDeletion = defineOperation({
  name: 'CancelKeyDeletion',
  changesState: true,
  run: ({ KeyId }, context) => {
    const key = context.key(KeyId, managedKeyId)
    requireKeyState(key, 'cancellation')
    key.state = 'Disabled'
    delete key.deletionAt
    delete key.pendingWindowInDays
    adjustAvailability(context.state, key)
    noteCompleteness(key)
    noteDue(context.state, [key])
    return { KeyId: keyArn(key) }
  },
})
