import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Caller } from './location.js'

/** How often a transfer may be held up in a row: some 15 seconds. */
const patience = 12

/** The waits of one transfer that the service holds up: growing, with full jitter. */
export interface Pace {
  /** Something got through: the next wait is short again. */
  progressed(): void
  /** False, at once, when patience is at its end. Rejects with the signal's reason. */
  wait(caller: Caller): Promise<boolean>
}

export function pace(): Pace {
  let waits = 0
  return {
    progressed: () => void (waits = 0),
    async wait({ signal }) {
      if (waits >= patience) return false
      const ceiling = Math.min(5000, 50 * 2 ** waits)
      waits += 1
      try {
        await sleep(randomInt(ceiling), undefined, { ...(signal && { signal }) })
      } catch (error) {
        signal?.throwIfAborted()
        throw error
      }
      return true
    },
  }
}
