import type { Backend, Slot } from '../backend/backend.js'
import { BackendError } from '../errors.js'
import { bytesFrom, type Source, type Wanted } from './blob-bytes.js'
import type { FailureLog } from './failure-log.js'

/** The locations that can still give the bytes of one slot. */
export interface BlobSupply {
  /** What gives them now. */
  readonly current: Source
  /** The bytes of the nearest location that is left. Rejects with `lastError` when none is. */
  another(wanted: Wanted, lastError: unknown): Promise<Source>
  /** Don't ask a location again, and log why. */
  giveUp(location: Backend, error: unknown): void
}

export function blobSupply(
  locations: readonly Backend[],
  slot: Slot,
  { first, failures, signal }: { first: Source; failures: FailureLog; signal: AbortSignal },
): BlobSupply {
  const gone = new Set<Backend>()
  let current = first

  function giveUp(location: Backend, error: unknown): void {
    if (gone.has(location)) return
    gone.add(location)
    failures.add(location, error instanceof BackendError ? error.operation : 'open', error)
  }

  return {
    get current() {
      return current
    },
    giveUp,
    async another(wanted, lastError) {
      for (const location of locations) {
        if (gone.has(location)) continue
        try {
          current = await bytesFrom(location, slot, wanted, signal)
          return current
        } catch (error) {
          signal.throwIfAborted()
          giveUp(location, error)
        }
      }
      throw lastError
    },
  }
}
