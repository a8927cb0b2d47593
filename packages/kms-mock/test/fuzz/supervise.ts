import { Worker } from 'node:worker_threads'
import type { FuzzNews, FuzzTask } from './fuzz-worker.js'

const progressMilliseconds = 10_000
/** Longer than the run itself waits for an answer, which can tell more. */
const patience = 120_000

/**
 * Runs cases on a thread of their own, so that one which never leaves the processor, or ends the thread, is noticed.
 * Resolves to the number of findings.
 */
export const supervise = (
  task: Omit<FuzzTask, 'running'>,
  say: (line: string) => void,
  hangMilliseconds = patience,
): Promise<number> => {
  const { seed, first, cases } = task
  const running = new SharedArrayBuffer(8)
  const number = (): number => new Float64Array(running)[0]!
  const worker = new Worker(new URL('fuzz-worker.js', import.meta.url), {
    workerData: { ...task, running } satisfies FuzzTask,
  })
  const began = performance.now()
  let findings = 0
  let seen = { number: -1, since: began }
  let told = began

  return new Promise((resolve) => {
    let isOver = false
    const end = (): void => {
      if (isOver) return
      isOver = true
      clearInterval(timer)
      void worker.terminate().then(() => resolve(findings))
    }
    const endWith = (what: string): void => {
      if (isOver) return
      findings += 1
      say(
        `FINDING: ${what}\n  replay: npm run fuzz -w packages/kms-mock -- --seed ${seed} --until ${number()}`,
      )
      end()
    }
    const timer = setInterval(() => {
      const now = performance.now()
      if (number() !== seen.number) seen = { number: number(), since: now }
      else if (now - seen.since > hangMilliseconds) endWith('it does not end')
      if (now - told < progressMilliseconds) return
      told = now
      const done = number() - first
      say(
        `  ${done} of ${cases} cases, ${Math.round((done / (now - began)) * 1000)} a second, ${findings} findings`,
      )
    }, 500)
    worker.on('message', (news: FuzzNews) => {
      findings = news.findings
      say(news.line)
      if (news.done === true) end()
    })
    worker.on('error', (error: Error) => endWith(`the run ended in ${error.stack ?? error.message}`))
    worker.on('exit', () => endWith('the thread ended'))
  })
}
