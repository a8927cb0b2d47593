/** `setTimeout` in the hand of the simulation: nothing fires before it lets time pass. */
export interface VirtualTimers {
  /** Take the place of the global timers; returns a function that gives it back. */
  install(): () => void
  advance(milliseconds: number): void
  /** Go to the next timer and fire it; false when there is none. */
  next(): boolean
}

export function virtualTimers(): VirtualTimers {
  const timers = new Map<object, { readonly at: number; readonly fire: () => void }>()
  let now = 0

  const fireUntil = (time: number): void => {
    now = Math.max(now, time)
    const due = [...timers].filter(([, { at }]) => at <= now).toSorted(([, a], [, b]) => a.at - b.at)
    for (const [handle, { fire }] of due) if (timers.delete(handle)) fire()
  }

  return {
    install() {
      const { setTimeout: realSet, clearTimeout: realClear } = globalThis
      const set = (fire: () => void, delay = 0): object => {
        const handle = { unref: () => handle, ref: () => handle }
        timers.set(handle, { at: now + delay, fire })
        return handle
      }
      Object.assign(globalThis, { setTimeout: set, clearTimeout: (handle: object) => timers.delete(handle) })
      return () => void Object.assign(globalThis, { setTimeout: realSet, clearTimeout: realClear })
    },
    advance: (milliseconds) => fireUntil(now + milliseconds),
    next() {
      if (timers.size === 0) return false
      fireUntil(Math.min(...[...timers.values()].map(({ at }) => at)))
      return true
    },
  }
}
