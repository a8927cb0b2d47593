import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'

/**
 * What comes of what has happened has come: a while for timers and threads, and so many turns of the event loop as no
 * chain of events needs, however late the machine is.
 */
export async function afterwards(): Promise<void> {
  await sleep(40)
  for (let n = 0; n < 50; n += 1) await turn()
}
