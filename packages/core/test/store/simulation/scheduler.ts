import { setImmediate as turn } from 'node:timers/promises'
import type { Random } from './random.js'
import { virtualTimers } from './virtual-timers.js'

/** Lets one waiting step go at a time, in an order that the seed alone decides. Time is virtual. */
export interface Scheduler {
  /** Resolves when it is this step's turn. */
  step(): Promise<void>
  /** Something that happens at some later turn, or at the end. */
  later(work: () => Promise<unknown>): void
  /** Run tasks until all have ended. Rejects when they wait for something that never comes. */
  run(tasks: readonly (() => Promise<void>)[]): Promise<void>
  /** Let everything happen that was put off. */
  flush(): Promise<void>
}

export interface SchedulerOptions {
  readonly random: Random
  readonly jumps: number
  readonly onJump: () => void
}

/** Turns in which nothing can happen any more, before that is called a hang. */
const patience = 200

export function scheduler({ random, jumps, onJump }: SchedulerOptions): Scheduler {
  const waiting: (() => void)[] = []
  const postponed: (() => Promise<unknown>)[] = []
  const timers = virtualTimers()
  let free = true

  const take = <Item>(items: Item[]): Item => items.splice(random.index(items.length), 1)[0]!

  const passTime = (): void => {
    if (random.chance(jumps)) {
      onJump()
      timers.advance(3_600_000)
    } else timers.advance(random.index(20))
  }

  /** False when there was nothing to let go. */
  const release = async (): Promise<boolean> => {
    passTime()
    if (postponed.length > 0 && random.chance(0.1)) await take(postponed)()
    else if (waiting.length > 0) take(waiting)()
    else if (postponed.length > 0) await take(postponed)()
    else return timers.next()
    return true
  }

  return {
    step: () => (free ? Promise.resolve() : new Promise((resolve) => void waiting.push(resolve))),
    later: (work) => void postponed.push(work),
    async run(tasks) {
      free = false
      const uninstall = timers.install()
      try {
        const progress = { ended: false }
        const all = Promise.allSettled(tasks.map((task) => task())).then((results) => {
          progress.ended = true
          return results
        })
        let idle = 0
        while (!progress.ended) {
          // Everything that can go on without us has done so when the event loop comes round.
          await turn()
          idle = (await release()) ? 0 : idle + 1
          if (idle > patience) throw new Error('A client waits for something that never comes.')
        }
        for (const result of await all) if (result.status === 'rejected') throw result.reason
      } finally {
        free = true
        uninstall()
      }
    },
    async flush() {
      while (postponed.length > 0) await take(postponed)()
    },
  }
}
