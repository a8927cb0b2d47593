import { setTimeout as sleep } from 'node:timers/promises'

/** What was thrown where nobody could catch it, and the event that told of it. */
export interface Uncaught {
  readonly event: 'uncaughtException' | 'unhandledRejection'
  readonly error: unknown
}

/**
 * What is thrown into the void while `run` runs. mocha's own listeners, which would fail the test, are set aside.
 * `expected`: wait a while for the first.
 */
export async function uncaughtDuring(run: () => Promise<void>, expected: boolean): Promise<Uncaught[]> {
  const exceptions = process.listeners('uncaughtException')
  const rejections = process.listeners('unhandledRejection')
  const caught: Uncaught[] = []
  const forget = () =>
    process.removeAllListeners('uncaughtException').removeAllListeners('unhandledRejection')
  forget()
  for (const event of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(event, (error: unknown) => caught.push({ event, error }))
  try {
    await run()
    const tries = expected ? 1000 : 0
    for (let n = 0; n < tries && caught.length === 0; n += 1) await sleep(10)
    // Unhandled rejections are reported after the microtasks.
    await new Promise((resolve) => setImmediate(resolve))
    return caught
  } finally {
    forget()
    for (const listener of exceptions) process.on('uncaughtException', listener)
    for (const listener of rejections) process.on('unhandledRejection', listener)
  }
}
