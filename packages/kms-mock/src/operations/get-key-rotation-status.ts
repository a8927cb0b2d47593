import { keyArn } from '../state/arn.js'
import type { KmsKey } from '../state/key.js'
import { nextRotation } from '../state/rotation.js'
import type { KeyIdRule } from '../state/resolve-key.js'
import { primaryOf } from '../state/state.js'
import { defineOperation } from './operation.js'
import { requireRotatable } from './require-rotatable.js'

const keyIdRule: KeyIdRule = { aliases: false, crossAccount: true, malformedArn: 'InvalidArnException' }

const isPending = ({ state }: KmsKey): boolean =>
  state === 'PendingDeletion' || state === 'PendingReplicaDeletion'

/** API Reference, GetKeyRotationStatus. On-demand rotations are done when they are answered: none is ever in progress. */
export const getKeyRotationStatus = defineOperation({
  name: 'GetKeyRotationStatus',
  run: ({ KeyId }, context) => {
    const key = context.key(KeyId, keyIdRule)
    requireRotatable(key, { imported: false })
    const primary = primaryOf(context.state, key)
    // "While a KMS key is pending deletion, its key rotation status is false": the primary's, whose property it is, too.
    const rotation = [key, primary].some(isPending) ? undefined : primary.rotation
    // A paused key resumes its schedule; a date that passed meanwhile is no next one (the key rotates once it is enabled).
    const isAhead =
      rotation !== undefined && (nextRotation(primary) !== undefined || rotation.nextAt > context.now)
    return {
      KeyId: keyArn(key),
      KeyRotationEnabled: rotation !== undefined,
      ...(rotation !== undefined && {
        RotationPeriodInDays: rotation.periodInDays,
        ...(isAhead && { NextRotationDate: new Date(rotation.nextAt) }),
      }),
    }
  },
})
