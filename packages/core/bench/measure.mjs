/**
 * Calls per second of each run: in turn, in short rounds, so that they share whatever else the machine does; the best
 * round counts. `callers` calls are under way at once.
 */
export async function measure(runs, { seconds, callers = 1, rounds = 5 }) {
  const best = runs.map(() => 0)
  for (const run of runs) for (let n = 0; n < 3; n += 1) await run()
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, run] of runs.entries()) {
      const start = process.hrtime.bigint()
      const end = start + BigInt(Math.round((seconds * 1e9) / rounds))
      let calls = 0
      const caller = async () => {
        do {
          await run()
          calls += 1
        } while (process.hrtime.bigint() < end)
      }
      await Promise.all(Array.from({ length: callers }, caller))
      best[index] = Math.max(best[index], (calls * 1e9) / Number(process.hrtime.bigint() - start))
    }
  }
  return best
}

/** A line of right-aligned cells behind a left-aligned one. */
export function row(first, ...cells) {
  console.log(first.padEnd(52) + cells.map((cell) => String(cell).padStart(13)).join(''))
}

/** A figure with about three digits. */
export function figure(value) {
  if (value === undefined) return '–'
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
