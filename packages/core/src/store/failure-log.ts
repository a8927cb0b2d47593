import type { Backend } from '../backend/backend.js'
import { BackendError, InputError, SealringError } from '../errors.js'

/** One location's failure; safe to log. */
export interface LocationFailure {
  readonly location: string
  readonly operation: string
  readonly code: string
  readonly message: string
}

/** What went wrong on the way, in order, with the errors themselves kept for `cause`. */
export interface FailureLog {
  readonly list: readonly LocationFailure[]
  add(location: Backend, operation: string, error: unknown): void
  /** All errors so far as one cause; `undefined` when there was none. */
  cause(): unknown
}

export function failureLog(): FailureLog {
  const list: LocationFailure[] = []
  const errors: unknown[] = []
  return {
    list,
    add(location, operation, error) {
      list.push({ location: location.id, operation, ...describeError(error) })
      errors.push(error)
    },
    cause: () => (errors.length > 1 ? new AggregateError(errors, 'Several locations failed.') : errors[0]),
  }
}

/**
 * Code and message of an error. Only messages of our own errors are passed on: nobody knows what the message
 * of another one holds.
 */
export function describeError(error: unknown): { code: string; message: string } {
  if (error instanceof SealringError) return { code: error.code, message: error.message }
  return {
    code: 'BACKEND_FAILED',
    message: `Failed with ${error instanceof Error ? error.name : typeof error}.`,
  }
}

const writes = new Set(['create', 'replace', 'createSidecar'])

/**
 * Any rejection of a backend as the BackendError that the contract promises. Of a write that failed in a way
 * which the contract does not know, nothing can be said.
 */
export function asBackendError(location: Backend, operation: string, error: unknown): BackendError {
  if (error instanceof BackendError) return error
  const refused = error instanceof InputError
  const { message } = describeError(error)
  return new BackendError(
    writes.has(operation) && !refused ? 'OUTCOME_UNKNOWN' : 'BACKEND_FAILED',
    `Location "${location.id}", ${operation}: ${message}`,
    { backend: location.id, operation, cause: error },
  )
}
