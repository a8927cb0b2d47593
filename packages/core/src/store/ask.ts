import type { Backend } from '../backend/backend.js'
import { unlessAborted } from '../envelope/unless-aborted.js'
import { asBackendError } from './failure-log.js'

/**
 * One call of one location. Rejects with the signal's reason once it is aborted, otherwise always with a
 * BackendError, whatever the backend threw. `late` is given an answer that comes after the abort, to let go of what it holds.
 */
export async function ask<Answer>(
  location: Backend,
  operation: string,
  signal: AbortSignal | undefined,
  call: (location: Backend) => Promise<Answer>,
  late?: (answer: Answer) => void,
): Promise<Answer> {
  signal?.throwIfAborted()
  try {
    // A location need not heed the signal.
    return await unlessAborted(call(location), signal, late)
  } catch (error) {
    signal?.throwIfAborted()
    throw asBackendError(location, operation, error)
  }
}

export type Answer<Value> = { readonly value: Value } | { readonly error: unknown }

/** The same question to several locations at once: every answer, none of them rejected except by the signal. */
export async function askAll<Value>(
  locations: readonly Backend[],
  operation: string,
  signal: AbortSignal | undefined,
  call: (location: Backend) => Promise<Value>,
): Promise<Map<Backend, Answer<Value>>> {
  const answers = await Promise.all(
    locations.map(async (location): Promise<[Backend, Answer<Value>]> => {
      try {
        return [location, { value: await ask(location, operation, signal, call) }]
      } catch (error) {
        return [location, { error }]
      }
    }),
  )
  signal?.throwIfAborted()
  return new Map(answers)
}
