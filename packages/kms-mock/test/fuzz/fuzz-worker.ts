import { parentPort, workerData } from 'node:worker_threads'
import { brokenOptions, brokenServer } from './broken-servers.js'
import { caseText, findingText, summaryText } from './fuzz-report.js'
import { runFuzz } from './run-fuzz.js'

/** What a thread is to run. */
export interface FuzzTask {
  readonly seed: number
  readonly first: number
  readonly cases: number
  /** Whether the last case is to be told in full. */
  readonly showLast?: boolean
  /** One of the broken servers, to see it found. Default: ours. */
  readonly broken?: string | undefined
  /** The number of the case that is running. */
  readonly running: SharedArrayBuffer
}

/** What the thread says. */
export interface FuzzNews {
  readonly line: string
  readonly findings: number
  /** It was the last. */
  readonly done?: boolean
}

const work = async (task: FuzzTask, tell: (news: FuzzNews) => void): Promise<void> => {
  const { seed, first, cases, broken, showLast = false } = task
  const running = new Float64Array(task.running)
  let findings = 0
  const report = await runFuzz({
    seed,
    first,
    cases,
    ...(broken === undefined ? {} : brokenOptions(brokenServer(broken))),
    onCase: (fuzzCase) => {
      running[0] = fuzzCase.number
      if (showLast && fuzzCase.number === first + cases - 1) tell({ line: caseText(fuzzCase), findings })
    },
    onFinding: (finding) => {
      findings += 1
      tell({ line: findingText(finding, seed), findings })
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
