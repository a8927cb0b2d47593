/**
 * Do something with each item, at most `width` at once. Rejects with the first failure, when everything that was
 * under way has ended; nothing is begun after it.
 */
export async function inParallel<T>(
  source: AsyncGenerator<T, void, undefined>,
  width: number,
  run: (item: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = []
  const work = async () => {
    try {
      while (failures.length === 0) {
        const next = await source.next()
        if (next.done || failures.length > 0) return
        await run(next.value)
      }
    } catch (failure) {
      failures.push(failure)
    }
  }
  await Promise.all(Array.from({ length: width }, work))
  await source.return()
  if (failures.length > 0) throw failures[0]
}
