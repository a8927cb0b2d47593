import { dayInMilliseconds } from '../clock.js'
import type { KmsKey } from './key.js'
import { aliasesOf, isPrimary, relatedKeys, removeAlias, removeKey } from './state.js'
import type { KmsState } from './state.js'

/** Begins the waiting period of a key. */
export const beginDeletion = (key: KmsKey, from: number, days: number): void => {
  key.state = 'PendingDeletion'
  key.deletionAt = from + days * dayInMilliseconds
  delete key.pendingWindowInDays
  delete key.resumes
}

const destroyKey = (state: KmsState, key: KmsKey): void => {
  // ScheduleKeyDeletion: KMS deletes the key and everything associated with it, its aliases too.
  for (const alias of aliasesOf(state, key)) removeAlias(state, alias)
  removeKey(state, key)
  for (const { bytes } of key.materials) bytes?.fill(0)
}

/** Deletes a key whose time has come. When the last replica goes, the primary's own waiting period begins. */
export const endWaitingPeriod = (state: KmsState, key: KmsKey, at: number): void => {
  destroyKey(state, key)
  if (key.primaryRegion === undefined) return
  const [primary, ...others] = relatedKeys(state, key)
  if (others.length === 0 && primary?.state === 'PendingReplicaDeletion' && isPrimary(primary)) {
    beginDeletion(primary, at, primary.pendingWindowInDays ?? 30)
  }
}
