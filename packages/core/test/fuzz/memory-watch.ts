import { collectGarbage } from '../envelope/collect-garbage.js'
import { memoryFaults, type FuzzLimits } from './fuzz-limits.js'

export interface Memory {
  readonly rss: number
  readonly heapUsed: number
  /** ArrayBuffers included. */
  readonly external: number
}

/** Collects all garbage: what remains is held by somebody. */
export function memoryHeld(): Memory {
  collectGarbage()
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rss, heapUsed, external }
}

/** Looks at what is held every so many cases, and compares with the first look. */
export function memoryWatch(limits: FuzzLimits) {
  let start = memoryHeld()
  return {
    start: () => start,
    /** What grew too much, `done` cases after the start. */
    look(done: number): string[] {
      if (done === 0 || done % limits.memoryInterval > 0) return []
      const now = memoryHeld()
      if (done > limits.memoryInterval) return memoryFaults(limits, start, now)
      start = now
      return []
    },
  }
}
