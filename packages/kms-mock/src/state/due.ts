import type { KeySource } from '../key-source.js'
import { endWaitingPeriod } from './deletion.js'
import { expireMaterial, nextExpiry } from './imported-material.js'
import type { KmsKey } from './key.js'
import { endConnectionChanges, nextConnectionAt } from './key-store-connection.js'
import { endPassingState } from './passing-state.js'
import { nextRotation, rotateAutomatically } from './rotation.js'
import { putDue, takeDue } from './due-queue.js'
import { hasKey, relatedKeys } from './state.js'
import type { KmsState } from './state.js'

/** Something that happens to a key when its time has come. */
export interface KeyEvent {
  /** When it falls due for this key, in milliseconds since the epoch; nothing if it doesn't. */
  readonly at: (key: KmsKey) => number | undefined
  /** Makes it happen; afterwards it must not be due at the same time again. */
  readonly run: (state: KmsState, key: KmsKey, at: number, keySource: KeySource) => void
}

/** All that time alone does. */
const events: readonly KeyEvent[] = [
  { at: ({ deletionAt }) => deletionAt, run: endWaitingPeriod },
  { at: ({ resumes }) => resumes?.at, run: (_state, key) => endPassingState(key) },
  { at: nextExpiry, run: expireMaterial },
  { at: nextRotation, run: rotateAutomatically },
]

interface Due {
  readonly event: KeyEvent
  readonly at: number
}

const nextOf = (key: KmsKey): Due | undefined => {
  let next: Due | undefined
  for (const event of events) {
    const at = event.at(key)
    if (at !== undefined && at < (next?.at ?? Infinity)) next = { event, at }
  }
  return next
}

/** Notes when the next event of these keys, or of a connection, falls due; to be called after each change of a date. */
export const noteDue = (state: KmsState, keys: Iterable<KmsKey>): void => {
  for (const key of keys) {
    const next = nextOf(key)
    if (next !== undefined) putDue(state.dueKeys, { key, at: next.at })
  }
  state.nextDueAt = Math.min(state.dueKeys.heap[0]?.at ?? Infinity, nextConnectionAt(state))
}

/** Lets everything happen whose time has come, the earliest first. */
export const runDue = (state: KmsState, now: number, keySource: KeySource): void => {
  if (state.nextDueAt > now) return
  endConnectionChanges(state, now)
  for (let due = takeDue(state.dueKeys, now); due !== undefined; due = takeDue(state.dueKeys, now)) {
    const { key, at } = due
    if (!hasKey(state, key)) continue
    const next = nextOf(key)
    // Otherwise the date has changed since it was noted.
    if (next?.at === at) next.event.run(state, key, at, keySource)
    // What happens to one key may mean something for others, as a replica's end does for its primary.
    noteDue(
      state,
      relatedKeys(state, key).filter((related) => hasKey(state, related)),
    )
  }
  noteDue(state, [])
}
