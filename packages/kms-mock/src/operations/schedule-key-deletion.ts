import { validationError } from '../errors.js'
import { keyArn } from '../state/arn.js'
import { beginDeletion } from '../state/deletion.js'
import { noteDue } from '../state/due.js'
import { requireKeyState } from '../state/key-state.js'
import { managedKeyId } from '../state/resolve-key.js'
import { isPrimary, relatedKeys } from '../state/state.js'
import { defineOperation } from './operation.js'

const shortest = 7
const longest = 30

/** API Reference, ScheduleKeyDeletion. */
export const scheduleKeyDeletion = defineOperation({
  name: 'ScheduleKeyDeletion',
  changesState: true,
  run: ({ KeyId, PendingWindowInDays: days = longest }, context) => {
    const { state, now } = context
    // The model says 1 to 365; the API Reference says 7 to 30.
    if (days < shortest || days > longest) {
      throw validationError(`PendingWindowInDays must be between ${shortest} and ${longest}, inclusive.`)
    }
    const key = context.key(KeyId, managedKeyId)
    requireKeyState(key, 'deletion')
    if (key.primaryRegion !== undefined && isPrimary(key) && relatedKeys(state, key).length > 1) {
      key.state = 'PendingReplicaDeletion'
      key.pendingWindowInDays = days
    } else {
      beginDeletion(key, now, days)
    }
    noteDue(state, [key])
    return {
      KeyId: keyArn(key),
      ...(key.deletionAt !== undefined && { DeletionDate: new Date(key.deletionAt) }),
      KeyState: key.state,
      PendingWindowInDays: days,
    }
  },
})
