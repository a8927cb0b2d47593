import { keyArn } from '../state/arn.js'
import type { KeyIdRule } from '../state/resolve-key.js'
import { primaryOf } from '../state/state.js'
import { defineOperation } from './operation.js'
import { requireRotatable } from './require-rotatable.js'

const keyIdRule: KeyIdRule = { aliases: false, crossAccount: true, malformedArn: 'InvalidArnException' }

/** API Reference, GetKeyRotationStatus. On-demand rotations are done when they are answered: none is ever in progress. */
export const getKeyRotationStatus = defineOperation({
  name: 'GetKeyRotationStatus',
  run: ({ KeyId }, context) => {
    const key = context.key(KeyId, keyIdRule)
    requireRotatable(key, { imported: false })
    const primary = primaryOf(context.state, key)
    const pending = key.state === 'PendingDeletion' || key.state === 'PendingReplicaDeletion'
    // "While a KMS key is pending deletion, its key rotation status is false."
    const rotation = pending ? undefined : primary.rotation
    return {
      KeyId: keyArn(key),
      KeyRotationEnabled: rotation !== undefined,
      ...(rotation !== undefined && {
        RotationPeriodInDays: rotation.periodInDays,
        NextRotationDate: new Date(rotation.nextAt),
      }),
    }
  },
})
