import { keyIdentity } from './key.js'
import type { KmsKey } from './key.js'
import { accountRegion, aliasesOf, allKeys, isPrimary, relatedKeys } from './state.js'
import type { KmsState } from './state.js'

const dayInMilliseconds = 86_400_000

/** Recomputes when the next deletion falls due; to be called after each change of a deletion date. */
export const noteDeletions = (state: KmsState): void => {
  let next = Infinity
  for (const { deletionAt } of allKeys(state)) next = Math.min(next, deletionAt ?? Infinity)
  state.nextDeletionAt = next
}

/** Begins the waiting period of a key. */
export const beginDeletion = (key: KmsKey, from: number, days: number): void => {
  key.state = 'PendingDeletion'
  key.deletionAt = from + days * dayInMilliseconds
  delete key.pendingWindowInDays
}

const removeKey = (state: KmsState, key: KmsKey): void => {
  const { keys, aliases } = accountRegion(state, key)
  // ScheduleKeyDeletion: KMS deletes the key and everything associated with it, its aliases too.
  for (const { aliasName } of aliasesOf(state, key)) aliases.delete(aliasName)
  keys.delete(key.keyId)
  state.keysByIdentity.delete(`${key.region}/${keyIdentity(key)}`)
  for (const material of key.materials) material.bytes.fill(0)
}

/** Deletes every key whose time has come. When the last replica goes, the primary's own waiting period begins. */
export const deleteDueKeys = (state: KmsState, now: number): void => {
  while (state.nextDeletionAt <= now) {
    const due = [...allKeys(state)].find(({ deletionAt }) => deletionAt === state.nextDeletionAt)
    if (due !== undefined) {
      const at = state.nextDeletionAt
      removeKey(state, due)
      const left = due.primaryRegion === undefined ? [] : relatedKeys(state, due)
      const [primary] = left
      if (left.length === 1 && primary?.state === 'PendingReplicaDeletion' && isPrimary(primary)) {
        beginDeletion(primary, at, primary.pendingWindowInDays ?? 30)
      }
    }
    noteDeletions(state)
  }
}
