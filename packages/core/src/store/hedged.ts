import type { Backend } from '../backend/backend.js'

export interface HedgeOptions<Answer> {
  /** Milliseconds after which the next location is asked too; 0: at once, false: never. */
  readonly after: number | false
  readonly signal: AbortSignal | undefined
  /** Told of each location that had not answered when another one did. */
  readonly onSlow: (location: Backend) => void
  /** Told of an answer that came too late. */
  readonly onLate?: (answer: Answer) => void
}

/**
 * The first answer of locations that are asked in turn: the next one as soon as one has none (`undefined`), and
 * besides when one is slow. The calls that are then still under way are aborted. `undefined` when none has one;
 * rejects when a call does, as it should only for an aborted signal.
 */
export function hedged<Answer>(
  locations: readonly Backend[],
  { after, signal, onSlow, onLate }: HedgeOptions<Answer>,
  call: (location: Backend, signal: AbortSignal) => Promise<Answer | undefined>,
): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    const calls = new AbortController()
    const waitedFor = new Set<Backend>()
    let next = 0
    let timer: NodeJS.Timeout | undefined
    let settled = false

    const abort = (): void => calls.abort(signal?.reason)
    const settle = (): void => {
      settled = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
    const answered = (location: Backend, answer: Answer | undefined): void => {
      waitedFor.delete(location)
      if (settled) {
        if (answer !== undefined) onLate?.(answer)
        return
      }
      if (answer === undefined && next < locations.length) {
        askNext()
      } else if (answer !== undefined || waitedFor.size === 0) {
        settle()
        for (const slow of waitedFor) onSlow(slow)
        if (waitedFor.size > 0) calls.abort()
        resolve(answer)
      }
    }
    const failed = (error: unknown): void => {
      if (settled) return
      settle()
      calls.abort(error)
      // Whatever a call rejected with, unchanged.
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors
      reject(error)
    }
    const askNext = (): void => {
      clearTimeout(timer)
      const location = locations[next++]!
      waitedFor.add(location)
      call(location, calls.signal).then((answer) => answered(location, answer), failed)
      if (after === false || next === locations.length) return
      if (after === 0) askNext()
      else timer = setTimeout(askNext, after)
    }

    if (signal?.aborted === true) abort()
    else signal?.addEventListener('abort', abort)
    askNext()
  })
}
