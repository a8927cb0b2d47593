import { parentPort, workerData } from 'node:worker_threads'
import { brokenEngine } from './broken-engines.js'
import { caseText, findingText, summaryText } from './fuzz-report.js'
import { runFuzz } from './run-fuzz.js'

/** What a thread is to run. */
export interface FuzzTask {
  readonly seed: number
  readonly first: number
  readonly cases: number
  /** Ends the run, whatever `cases` says. */
  readonly seconds: number
  /** One of the broken engines, to see it found. Default: ours. */
  readonly broken?: string | undefined
  /** The case that is running: its number, bytes of its message, then the message. */
  readonly running: SharedArrayBuffer
}

/** What the thread says. */
export interface FuzzNews {
  readonly line: string
  readonly findings: number
  /** It was the last. */
  readonly done?: boolean
}

/** Bytes in front of the message in `running`. */
export const runningStart = 16

async function work(task: FuzzTask, tell: (news: FuzzNews) => void): Promise<void> {
  const { broken, running, ...options } = task
  const numbers = new Float64Array(running, 0, 2)
  const bytes = new Uint8Array(running, runningStart)
  let findings = 0
  const say = (line: string) => tell({ line, findings })
  const report = await runFuzz({
    ...options,
    ...(broken === undefined ? {} : brokenEngine(broken)),
    onTargets({ present, absent }) {
      say(`targets: ${present.join('; ')}`)
      if (absent.length > 0) say(`absent: ${absent.join('; ')}`)
    },
    onCase(fuzzCase) {
      const { number, message } = fuzzCase
      const shown = message.subarray(0, bytes.length)
      numbers[0] = number
      numbers[1] = shown.length
      bytes.set(shown)
      if (options.cases === 1) say(caseText(fuzzCase))
    },
    onFinding(finding) {
      findings += 1
      say(findingText(finding))
    },
  })
  tell({ line: summaryText(report), findings, done: true })
}

// The one module that works at import: a thread has no other way to begin.
if (parentPort !== null) {
  const port = parentPort
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the supervisor gives
  await work(workerData as FuzzTask, (news) => port.postMessage(news))
}
