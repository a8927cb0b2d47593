/**
 * What `work` comes to, or the signal's reason as soon as it is aborted: whoever works may not know of the signal.
 * `late` is called with what came afterwards.
 */
export function unlessAborted<Value>(
  work: Promise<Value>,
  signal: AbortSignal | undefined,
  late?: (value: Value) => void,
): Promise<Value> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    let aborted = false
    function abort(): void {
      aborted = true
      reject(signal?.reason)
    }
    async function wait(): Promise<void> {
      try {
        const value = await work
        if (aborted) late?.(value)
        else resolve(value)
      } catch (error) {
        reject(error)
      } finally {
        signal?.removeEventListener('abort', abort)
      }
    }
    signal.addEventListener('abort', abort, { once: true })
    // It may have been aborted before anybody listened.
    if (signal.aborted) abort()
    void wait()
  })
}
