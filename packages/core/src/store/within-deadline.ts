import { InputError, StoreError } from '../errors.js'
import type { AbortOptions } from './operation-options.js'

/** Of setTimeout: beyond it, Node doesn't wait at all. */
const longestTimer = 2 ** 31 - 1
/** Milliseconds in which an operation that was ended may still say what it knows, before it is left behind. */
const lastWords = 250

type Ending = AbortOptions | undefined

/**
 * An operation that ends when its `timeout` is over: by its signal, with what it then knows (a put that may have written
 * ends with its receipt), and otherwise with DEADLINE_EXCEEDED, whatever a keyring or location still does. Of a result that
 * `goesOn`, as a stream does, the time is over with its beginning, and the caller's signal still ends it until it is `over`.
 */
export async function withinDeadline<Options extends Ending, Result>(
  operation: string,
  options: Options,
  work: (options: Options, over: () => void) => Promise<Result>,
  { goesOn = false }: { goesOn?: boolean } = {},
): Promise<Result> {
  if (options?.timeout === undefined) return work(options, () => undefined)
  const limit = deadlineSignal(operation, options)
  let leave: NodeJS.Timeout | undefined
  let reject: (reason: unknown) => void
  const left = new Promise<never>((_resolve, leaveBehind) => {
    reject = leaveBehind
  })
  const wait = () => {
    leave = setTimeout(() => reject(limit.signal.reason), lastWords)
  }
  try {
    if (limit.signal.aborted) wait()
    else limit.signal.addEventListener('abort', wait, { once: true })
    const limited = { ...options, signal: limit.signal }
    const result = await Promise.race([work(limited, () => limit.release()), left])
    if (goesOn) limit.stopClock()
    else limit.release()
    return result
  } catch (error) {
    limit.release()
    throw error
  } finally {
    limit.signal.removeEventListener('abort', wait)
    clearTimeout(leave)
  }
}

/** The signal of an operation with a `timeout`; `release` it when the operation is over. */
export function deadlineSignal(
  operation: string,
  { signal, timeout }: AbortOptions,
): { readonly signal: AbortSignal; stopClock(): void; release(): void } {
  const milliseconds = checkTimeout(timeout)
  // Not AbortSignal.any: under a signal that lives long, some versions of Node never free what hangs on it.
  const controller = new AbortController()
  const pass = () => controller.abort(signal?.reason)
  if (signal?.aborted === true) pass()
  else signal?.addEventListener('abort', pass, { once: true })
  const timer = setTimeout(() => controller.abort(deadlineExceeded(operation, milliseconds)), milliseconds)
  return {
    signal: controller.signal,
    stopClock: () => clearTimeout(timer),
    release() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', pass)
    },
  }
}

function checkTimeout(timeout: unknown): number {
  if (typeof timeout === 'number' && timeout > 0 && timeout <= longestTimer) return timeout
  throw new InputError('INVALID_ARGUMENT', `timeout is a number of milliseconds up to ${longestTimer}.`)
}

function deadlineExceeded(operation: string, timeout: number): StoreError {
  return new StoreError('DEADLINE_EXCEEDED', `${operation} was not done in ${timeout} ms.`, {
    cause: new DOMException('The operation timed out.', 'TimeoutError'),
    details: { operation, timeout },
  })
}
