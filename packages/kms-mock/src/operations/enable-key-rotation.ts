import { noteDue } from '../state/due.js'
import { requireKeyState } from '../state/key-state.js'
import { managedKeyId } from '../state/resolve-key.js'
import { scheduleRotation } from '../state/rotation.js'
import { defineOperation } from './operation.js'
import { refuseReplica, requireRotatable } from './require-rotatable.js'

const defaultPeriod = 365

/** API Reference, EnableKeyRotation. The period begins anew, also where rotation was enabled already. */
export const enableKeyRotation = defineOperation({
  name: 'EnableKeyRotation',
  changesState: true,
  run: ({ KeyId, RotationPeriodInDays: days = defaultPeriod }, context) => {
    const key = context.key(KeyId, managedKeyId)
    requireRotatable(key, { imported: false })
    requireKeyState(key, 'cryptographic')
    refuseReplica(key)
    scheduleRotation(key, context.now, days)
    noteDue(context.state, [key])
    return {}
  },
})
