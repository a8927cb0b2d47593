import type { Backend } from '../backend/backend.js'
import { BackendError } from '../errors.js'
import { bytesFrom, type Sought, type Source } from './blob-bytes.js'
import type { FailureLog } from './failure-log.js'

/** The locations that can still give the bytes of one blob. */
export interface BlobSupply {
  /** The one that gives them now. */
  readonly current: Backend
  /** The nearest one that is left, and its bytes from `offset`. Rejects with `lastError` when none is. */
  another(offset: number, lastError: unknown): Promise<Source>
  /** Don't ask a location again, and log why. */
  giveUp(location: Backend, error: unknown): void
}

export function blobSupply(
  locations: readonly Backend[],
  sought: Sought,
  { first, failures, signal }: { first: Backend; failures: FailureLog; signal: AbortSignal },
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
    async another(offset, lastError) {
      for (const location of locations) {
        if (gone.has(location)) continue
        try {
          const source = await bytesFrom(location, sought, offset, signal)
          current = location
          return source
        } catch (error) {
          signal.throwIfAborted()
          giveUp(location, error)
        }
      }
      throw lastError
    },
  }
}
