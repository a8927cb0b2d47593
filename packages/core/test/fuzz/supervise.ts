import { Worker } from 'node:worker_threads'
import { defaultFuzzLimits } from './fuzz-limits.js'
import { findingText } from './fuzz-report.js'
import { runningStart, type FuzzNews, type FuzzTask } from './fuzz-worker.js'

/** Heap of the thread that runs the cases. */
const maxOldGenerationSizeMb = 256
/** Most of what a case makes is garbage at its end. */
const maxYoungGenerationSizeMb = 32
const progressMilliseconds = 10_000
const longestMessage = 4 * 2 ** 20

/** The case that the thread is in, seen from outside. */
function running(shared: SharedArrayBuffer): { readonly number: number; readonly message: Buffer } {
  const [number = 0, length = 0] = new Float64Array(shared, 0, 2)
  return { number, message: Buffer.from(shared, runningStart, length) }
}

/**
 * Runs cases on a thread of their own, so that one which never leaves the processor, or takes all memory, is noticed.
 * Resolves to the number of findings.
 */
export function supervise(
  task: Omit<FuzzTask, 'running'>,
  say: (line: string) => void,
  // Longer than the run itself waits, which can tell more.
  hangMilliseconds = 2 * defaultFuzzLimits.hangMilliseconds,
): Promise<number> {
  const { seed, first, cases } = task
  const shared = new SharedArrayBuffer(runningStart + longestMessage)
  const worker = new Worker(new URL('fuzz-worker.js', import.meta.url), {
    workerData: { ...task, running: shared } satisfies FuzzTask,
    resourceLimits: { maxOldGenerationSizeMb, maxYoungGenerationSizeMb },
  })
  const began = performance.now()
  let findings = 0
  let seen = { number: -1, since: began }
  let told = began

  return new Promise((resolve) => {
    let ended = false
    const end = () => {
      ended = true
      clearInterval(timer)
      void worker.terminate().then(() => resolve(findings))
    }
    const endWith = (what: string) => {
      if (ended) return
      findings += 1
      say(findingText({ target: 'run', what, seed, base: 'unknown', story: [], ...running(shared) }))
      end()
    }
    const timer = setInterval(() => {
      const now = performance.now()
      const { number } = running(shared)
      if (number !== seen.number) seen = { number, since: now }
      else if (now - seen.since > hangMilliseconds) endWith('it does not end')
      if (now - told < progressMilliseconds) return
      told = now
      const done = number - first
      const speed = Math.round((done / (now - began)) * 1000)
      say(`  ${done} of ${cases} cases, ${speed} a second, ${findings} findings`)
    }, 500)
    worker.on('message', (news: FuzzNews) => {
      findings = news.findings
      say(news.line)
      if (news.done === true) end()
    })
    worker.on('error', (error: Error) => endWith(`the run ended in ${error.stack ?? error.message}`))
  })
}
