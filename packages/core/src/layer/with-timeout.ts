import type { Backend } from '../backend/backend.js'
import { BackendError, type BackendErrorCode } from '../errors.js'
import { checkWhole, maxTimer } from './check-whole.js'
import { deadline, type Deadline } from './deadline.js'
import { layer, type BackendAnswers, type BackendOperation } from './layer.js'
import { dropBody } from '../backend/give-up.js'
import { timedBody } from './timed-body.js'

export interface TimeoutOptions {
  /** For the answer to a call, and again for each piece of a body. From 1. */
  milliseconds: number
}

/** What a call without an answer is: of a write nobody knows whether it was, or will be, carried out. */
const codes: Readonly<Record<BackendOperation, BackendErrorCode>> = {
  create: 'OUTCOME_UNKNOWN',
  read: 'UNREACHABLE',
  stat: 'UNREACHABLE',
  latest: 'UNREACHABLE',
  revisions: 'UNREACHABLE',
  names: 'UNREACHABLE',
  replace: 'OUTCOME_UNKNOWN',
  createSidecar: 'OUTCOME_UNKNOWN',
  readSidecar: 'UNREACHABLE',
  listSidecars: 'UNREACHABLE',
  // Done or not, they can be repeated.
  purge: 'UNREACHABLE',
  deleteSidecar: 'UNREACHABLE',
}

/** What is done with an answer on its way to the caller, who may be gone. Only one holds anything open. */
const passOn: {
  readonly [O in BackendOperation]?: {
    readonly inTime: (answer: BackendAnswers[O], limit: Deadline) => BackendAnswers[O]
    readonly late: (answer: BackendAnswers[O]) => void
  }
} = {
  read: {
    inTime: (stored, limit) => {
      if (!stored) limit.release()
      return stored && { ...stored, body: timedBody(stored.body, limit) }
    },
    late: dropBody,
  },
}

/**
 * Ends a call that has no answer after `milliseconds`, whether the backend heeds its signal or not: UNREACHABLE, or
 * OUTCOME_UNKNOWN of `create`, `replace` and `createSidecar`; both `retryable`. The backend's own call is aborted. A
 * caller's abort keeps its reason.
 *
 * The whole of a `create` or `replace` has to be done in this time, its upload included. Of a `read` the answer has,
 * and after it each piece of the body, while somebody waits for it: a large blob may take as long as it
 * likes, a connection that stands still may not (UNREACHABLE).
 *
 * Throws INVALID_ARGUMENT for options out of range.
 */
export function withTimeout(backend: Backend, options: TimeoutOptions): Backend {
  const milliseconds = checkWhole('milliseconds', options.milliseconds, 1, maxTimer)
  return layer(backend, async ({ location, operation }, signal, attempt) => {
    const expired = () =>
      new BackendError(codes[operation], `Location "${location}": no answer in ${milliseconds} ms.`, {
        backend: location,
        operation,
        retryable: true,
      })
    const limit = deadline(milliseconds, signal, expired)
    const how = passOn[operation]
    try {
      const answer = await limit.within(() => attempt(limit.signal), how?.late)
      if (how) return how.inTime(answer, limit)
      limit.release()
      return answer
    } catch (error) {
      limit.release()
      throw error
    }
  })
}
