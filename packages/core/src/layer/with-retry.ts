import { randomInt } from 'node:crypto'
import type { Backend } from '../backend/backend.js'
import { BackendError } from '../errors.js'
import { checkWhole, maxTimer } from './check-whole.js'
import { layer, type BackendOperation } from './layer.js'
import { retryBudget, type RetryBudgetOptions } from './retry-budget.js'
import { sleep } from './sleep.js'

export interface RetryOptions {
  /** How often a call is made at most, the first time included. Default 3. */
  attempts?: number
  /** Milliseconds: the first pause is a random one up to this, each further one up to twice as long. Default 100. */
  baseMilliseconds?: number
  /** Milliseconds that no pause exceeds. Default 5000. */
  maxMilliseconds?: number
  /** What all calls of this backend object share, so that a location that is down isn't called over and over. */
  budget?: RetryBudgetOptions
}

/** What a retry needs of the world. */
export interface RetrySurroundings {
  /** Rejects with the signal's reason. */
  readonly sleep: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>
  /** An integer from 0, below `bound`. */
  readonly random: (bound: number) => number
}

/**
 * Whether a call is repeated whose first attempt may have been carried out. A second `create` of the same bytes
 * says so (`exists`, with the digest); a second `replace` would be told `changed` by the first, and the
 * `exists` of a second `createSidecar` doesn't tell whose document is there.
 */
const repeatsUnknown: Readonly<Record<BackendOperation, boolean>> = {
  create: true,
  read: true,
  stat: true,
  latest: true,
  revisions: true,
  names: true,
  replace: false,
  purge: true,
  createSidecar: false,
  readSidecar: true,
  listSidecars: true,
  deleteSidecar: true,
}

/**
 * Repeats calls that fail with a `retryable` BackendError, after a random pause (exponential backoff, full jitter),
 * while attempts and budget last; then fails with the last error. A caller's signal ends a pause with its reason.
 *
 * OUTCOME_UNKNOWN: `create` is repeated where `capabilities.conditionalCreate` says that this can't harm. If the lost
 * attempt had been carried out, the answer is `exists` with the blob's own digest, as if somebody else had created
 * the same bytes: success, for a store. Once an attempt's outcome is unknown, no later failure hides it: the call
 * fails with OUTCOME_UNKNOWN. `replace` and `createSidecar` are not repeated then: whoever called must look.
 *
 * Of `read` the call is repeated. A body that fails while it is consumed is not read again.
 *
 * Throws INVALID_ARGUMENT for options out of range.
 */
export function withRetry(backend: Backend, options?: RetryOptions): Backend {
  return retryLayer(backend, options, { sleep, random: (bound) => randomInt(bound) })
}

/** `withRetry` with pauses and chance in the caller's hand. */
export function retryLayer(
  backend: Backend,
  options: RetryOptions | undefined,
  { sleep, random }: RetrySurroundings,
): Backend {
  const attempts = checkWhole('attempts', options?.attempts ?? 3, 1, 100)
  const longest = checkWhole('maxMilliseconds', options?.maxMilliseconds ?? 5000, 0, maxTimer)
  const base = checkWhole('baseMilliseconds', options?.baseMilliseconds ?? 100, 0, maxTimer)
  const budget = retryBudget(options?.budget)

  function isWorthRepeating(error: unknown, operation: BackendOperation): boolean {
    if (!(error instanceof BackendError) || !error.retryable) return false
    if (error.code !== 'OUTCOME_UNKNOWN') return true
    return repeatsUnknown[operation] && (operation !== 'create' || backend.capabilities.conditionalCreate)
  }

  return layer(backend, async ({ operation }, signal, attempt) => {
    let unknown: BackendError | undefined
    for (let made = 1; ; made++) {
      try {
        const answer = await attempt(signal)
        budget.earn()
        return answer
      } catch (error) {
        signal?.throwIfAborted()
        const lost = error instanceof BackendError && error.code === 'OUTCOME_UNKNOWN'
        if (made === attempts || !isWorthRepeating(error, operation) || !budget.spend())
          throw lost || !unknown ? error : stillUnknown(unknown, error)
        if (lost) unknown = error
      }
      await sleep(random(Math.min(base * 2 ** (made - 1), longest) + 1), signal)
    }
  })
}

/** An earlier attempt may have been carried out, whatever the last one failed with. */
function stillUnknown(unknown: BackendError, last: unknown): BackendError {
  const { code, message, backend, operation, retryable } = unknown
  const cause = new AggregateError([unknown, last], 'Several attempts failed.')
  return new BackendError(code, message, { backend, operation, retryable, cause })
}
