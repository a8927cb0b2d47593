/**
 * What is thrown into the void while `run` runs. mocha's own listeners, which would fail the test, are set aside.
 */
export async function uncaughtDuring(run: () => Promise<void>): Promise<unknown[]> {
  const events = ['uncaughtException', 'unhandledRejection'] as const
  const before = events.map((event) => process.listeners(event as 'exit'))
  const caught: unknown[] = []
  const listener = (error: unknown) => void caught.push(error)
  for (const event of events) {
    process.removeAllListeners(event)
    process.on(event as 'exit', listener)
  }
  try {
    await run()
    // Unhandled rejections are reported after the microtasks.
    await new Promise((resolve) => setImmediate(resolve))
    return caught
  } finally {
    for (const [n, event] of events.entries()) {
      process.removeAllListeners(event)
      for (const other of before[n]!) process.on(event as 'exit', other)
    }
  }
}
