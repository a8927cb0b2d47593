import type { KeySource } from '../key-source.js'
import { endWaitingPeriod } from './deletion.js'
import { expireMaterial, nextExpiry } from './imported-material.js'
import type { KmsKey } from './key.js'
import { endConnectionChanges, nextConnectionAt } from './key-store-connection.js'
import { endPassingState } from './passing-state.js'
import { nextRotation, rotateAutomatically } from './rotation.js'
import { allKeys, hasKey } from './state.js'
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
  readonly key: KmsKey
  readonly event: KeyEvent
  readonly at: number
}

const nextOf = (key: KmsKey): Due | undefined => {
  let next: Due | undefined
  for (const event of events) {
    const at = event.at(key)
    if (at !== undefined && at < (next?.at ?? Infinity)) next = { key, event, at }
  }
  return next
}

/** Recomputes when the next event falls due; to be called after each change of a date. */
export const noteDue = (state: KmsState): void => {
  let next = nextConnectionAt(state)
  for (const key of allKeys(state)) next = Math.min(next, nextOf(key)?.at ?? Infinity)
  state.nextDueAt = next
}

/** Puts an event behind those that are not later than it. */
const insert = (queue: Due[], next: Due): void => {
  let low = 0
  let high = queue.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (queue[middle]!.at <= next.at) low = middle + 1
    else high = middle
  }
  queue.splice(low, 0, next)
}

/** Lets everything happen whose time has come, the earliest first. */
export const runDue = (state: KmsState, now: number, keySource: KeySource): void => {
  // What one key's event means for another key, as a replica's end for its primary, is found by the next round.
  while (state.nextDueAt <= now) {
    endConnectionChanges(state, now)
    const queue = [...allKeys(state)]
      .map(nextOf)
      .filter((next): next is Due => next !== undefined && next.at <= now)
      .toSorted((a, b) => a.at - b.at)
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { key, event, at } = next
      event.run(state, key, at, keySource)
      const following = hasKey(state, key) ? nextOf(key) : undefined
      if (following !== undefined && following.at <= now) insert(queue, following)
    }
    noteDue(state)
  }
}
