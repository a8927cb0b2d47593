/** A span of time; the parts add up. */
export interface Duration {
  days?: number
  hours?: number
  minutes?: number
  seconds?: number
  milliseconds?: number
}

/** The time that a KMS lives by. Nothing waits for it: advance it, and deletions are due. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Moves the clock; negative spans are refused with a RangeError. */
  advance(duration: Duration): void
}

/** Options of {@link createClock}. */
export interface ClockOptions {
  /** Where the clock stands at first; the present by default. */
  start?: Date | number
  /** `true`: it moves by `advance` alone. Default `false`: it also runs with real time. */
  frozen?: boolean
}

const millisecondsIn = [
  ['days', 86_400_000],
  ['hours', 3_600_000],
  ['minutes', 60_000],
  ['seconds', 1_000],
  ['milliseconds', 1],
] as const

/** Makes a virtual clock. */
export const createClock = (options: ClockOptions = {}): Clock => {
  const began = Date.now()
  const start = options.start === undefined ? began : Number(options.start)
  let advanced = 0
  return {
    now: () => start + advanced + (options.frozen === true ? 0 : Date.now() - began),
    advance: (duration) => {
      let span = 0
      for (const [unit, length] of millisecondsIn) span += (duration[unit] ?? 0) * length
      if (!(span >= 0)) throw new RangeError('a clock only advances')
      advanced += span
    },
  }
}
