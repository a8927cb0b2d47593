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
  /** Moves the clock; negative spans, and those that lead beyond the year 9998, are refused with a RangeError. */
  advance(duration: Duration): void
  /** How far it was advanced since it began, in milliseconds. Clocks of `createClock` have it. */
  advanced?(): number
  /** Back to where it began: a clock that runs from the present shows the present again. */
  reset(): void
}

/** Options of {@link createClock}. */
export interface ClockOptions {
  /** Where the clock stands at first; the present by default. */
  start?: Date | number
  /** `true`: it moves by `advance` alone. Default `false`: it also runs with real time. */
  frozen?: boolean
}

/** A day, as AWS counts waiting periods and rotations: 24 hours. */
export const dayInMilliseconds = 86_400_000

const millisecondsIn = [
  ['days', dayInMilliseconds],
  ['hours', 3_600_000],
  ['minutes', 60_000],
  ['seconds', 1_000],
  ['milliseconds', 1],
] as const

// Later ones have no form in ISO 8601 that everybody reads; and what time does to keys is done for each day of it.
const latestDate = Date.UTC(9999, 0, 1)

/** The parts of a duration. */
export const durationUnits: readonly string[] = millisecondsIn.map(([unit]) => unit)

/**
 * Makes a virtual clock.
 * @throws RangeError if `start` is no date, or one after the year 9998
 */
export const createClock = (options: ClockOptions = {}): Clock => {
  let began = Date.now()
  const isFrozen = options.frozen === true
  let start = options.start === undefined ? began : Number(options.start)
  if (!(Math.abs(start) <= latestDate)) throw new RangeError('start is no date')
  let advanced = 0
  const now = (): number => start + advanced + (isFrozen ? 0 : Date.now() - began)
  return {
    now,
    advance: (duration) => {
      let span = 0
      for (const [unit, length] of millisecondsIn) span += (duration[unit] ?? 0) * length
      if (!(span >= 0)) throw new RangeError('a clock only advances')
      if (now() + span > latestDate) throw new RangeError('no date is that late')
      advanced += span
    },
    advanced: () => advanced,
    reset: () => {
      advanced = 0
      began = Date.now()
      if (options.start === undefined && !isFrozen) start = began
    },
  }
}
