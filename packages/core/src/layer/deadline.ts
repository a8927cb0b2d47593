/** The time that one call has, again and again: for its answer, then for each piece of a body. */
export interface Deadline {
  /** For whoever works: aborted when the time has run out, or with the caller's own signal. */
  readonly signal: AbortSignal
  /**
   * What `work` comes to, unless the time runs out first: then the error of `expired`, or the caller's reason when
   * the caller had aborted and `work` didn't heed it. `late` is called with what comes afterwards.
   */
  within<Value>(work: () => Promise<Value>, late?: (value: Value) => void): Promise<Value>
  /** The call is over: forget the caller's signal. */
  release(): void
}

export function deadline(
  milliseconds: number,
  caller: AbortSignal | undefined,
  expired: () => Error,
): Deadline {
  // Not AbortSignal.any: under a signal that lives long, some versions of Node never free what hangs on it.
  const controller = new AbortController()
  const pass = () => controller.abort(caller?.reason)
  if (caller?.aborted) pass()
  else caller?.addEventListener('abort', pass, { once: true })
  return {
    signal: controller.signal,

    within: (work, late) =>
      new Promise((resolve, reject) => {
        let over = false
        const timer = setTimeout(() => {
          over = true
          const reason: unknown = caller?.aborted ? caller.reason : expired()
          reject(reason)
          controller.abort(reason)
        }, milliseconds)
        async function wait(): Promise<void> {
          try {
            const value = await work()
            if (over) late?.(value)
            else resolve(value)
          } catch (error) {
            reject(error)
          } finally {
            clearTimeout(timer)
          }
        }
        void wait()
      }),

    release: () => caller?.removeEventListener('abort', pass),
  }
}
