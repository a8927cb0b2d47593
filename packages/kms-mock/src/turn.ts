/** Lets one piece of work run alone: calls under way end before it, later ones begin after it. */
export interface Turn {
  /** Whether the turn is taken: calls wait. */
  isTaken(): boolean
  /** Begins a call once the turn is free. */
  wait<T>(call: () => T | Promise<T>): Promise<T>
  /** Notes a call that has begun. */
  note<T>(work: T | Promise<T>): T | Promise<T>
  /** Runs `work` alone. */
  take(work: () => Promise<void>): Promise<void>
}

/** Makes a turn that is free. */
export const createTurn = (): Turn => {
  const underWay = new Set<Promise<unknown>>()
  let taken: Promise<unknown> | undefined

  const note = <T>(work: T | Promise<T>): T | Promise<T> => {
    if (work instanceof Promise) {
      underWay.add(work)
      const forget = (): void => void underWay.delete(work)
      // How it ends belongs to its caller.
      work.then(forget, forget)
    }
    return work
  }

  const wait = async <T>(call: () => T | Promise<T>): Promise<T> => {
    await taken
    // Whoever waited before may have taken it again.
    return taken === undefined ? note(call()) : wait(call)
  }

  return {
    isTaken: () => taken !== undefined,
    wait,
    note,
    take: (work) => {
      const before = taken
      const alone = async (): Promise<void> => {
        await before
        await Promise.allSettled(underWay)
        await work()
      }
      const done = alone()
      // A failure is for whoever took the turn; the calls after it go on.
      const giveBack = (): void => {
        if (taken === over) taken = undefined
      }
      const over: Promise<void> = done.then(giveBack, giveBack)
      taken = over
      return done
    },
  }
}
