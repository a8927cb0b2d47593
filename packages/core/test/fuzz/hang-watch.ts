/**
 * Runs something that makes progress, or calls `onHang` when it makes none for so long, and goes on without it. Only
 * what waits is noticed: a loop that doesn't leave the processor must be seen from another thread.
 */
export function unlessItHangs(
  run: () => Promise<void>,
  progress: () => number,
  milliseconds: number,
  onHang: () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = { progress: progress(), since: performance.now() }
    const timer = setInterval(() => {
      const now = performance.now()
      if (progress() !== seen.progress) seen = { progress: progress(), since: now }
      else if (now - seen.since > milliseconds) {
        clearInterval(timer)
        onHang()
        resolve()
      }
    }, milliseconds / 10)
    run()
      .finally(() => clearInterval(timer))
      .then(resolve, reject)
  })
}
