import { setImmediate as turn } from 'node:timers/promises'
import type { Random } from './random.js'

/** Lets one waiting step go at a time, in an order that the seed alone decides. */
export interface Scheduler {
  /** Resolves when it is this step's turn. */
  step(): Promise<void>
  /** Something that happens at some later turn, or at the end. */
  later(work: () => Promise<unknown>): void
  /** Run tasks until all have ended. */
  run(tasks: readonly Promise<void>[]): Promise<void>
  /** Let everything happen that was put off. */
  flush(): Promise<void>
}

export function scheduler(random: Random): Scheduler {
  const waiting: (() => void)[] = []
  const postponed: (() => Promise<unknown>)[] = []
  let free = true

  const release = async (): Promise<void> => {
    if (postponed.length > 0 && random.chance(0.1)) await take(postponed)()
    else if (waiting.length > 0) take(waiting)()
  }
  const take = <Item>(items: Item[]): Item => items.splice(random.index(items.length), 1)[0]!

  return {
    step: () => (free ? Promise.resolve() : new Promise((resolve) => void waiting.push(resolve))),
    later: (work) => void postponed.push(work),
    async run(tasks) {
      free = false
      const progress = { ended: false }
      const all = Promise.allSettled(tasks).then((results) => {
        progress.ended = true
        return results
      })
      while (!progress.ended) {
        // Everything that can go on without us has done so when the event loop comes round.
        await turn()
        await release()
      }
      free = true
      for (const result of await all) if (result.status === 'rejected') throw result.reason
    },
    async flush() {
      while (postponed.length > 0) await take(postponed)()
    },
  }
}
