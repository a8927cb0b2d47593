import { cpuUsage } from 'node:process'
import { setImmediate } from 'node:timers/promises'
import { checkCase, type Fault } from './check-case.js'
import { makeCorpus } from './corpus.js'
import { costMeter, type Cost } from './cost-meter.js'
import { engine as ours, type FuzzedEngine } from './engine.js'
import { findingList, tally, type Counts, type Finding, type FindingOptions } from './findings.js'
import { costFaults, defaultFuzzLimits, type FuzzLimits } from './fuzz-limits.js'
import { unlessItHangs } from './hang-watch.js'
import { makeBench } from './make-bench.js'
import { makeCase, type FuzzCase } from './make-case.js'
import { memoryHeld, memoryWatch, type Memory } from './memory-watch.js'
import { weighted } from './random.js'
import { findTargets, type TargetNames } from './targets.js'

export interface FuzzReport {
  readonly cases: number
  readonly seconds: number
  /** Of the processor, all threads together. */
  readonly cpuSeconds: number
  readonly findings: readonly Finding[]
  readonly counts: Counts
  readonly slowest: Cost & { readonly number: number }
  readonly memoryAtStart: Memory
  readonly memoryAtEnd: Memory
}

export interface FuzzOptions extends FindingOptions {
  /** Number of the first case. Default 0. */
  readonly first?: number
  readonly cases: number
  /** Ends the run, whatever `cases` says. Default: no bound. */
  readonly seconds?: number
  /** Default: ours. */
  readonly engine?: FuzzedEngine
  readonly limits?: Partial<FuzzLimits>
  /** Told before the first case. */
  readonly onTargets?: (targets: TargetNames) => void
  /** Told before each case. */
  readonly onCase?: (fuzzCase: FuzzCase) => void
}

/** Cases after which timers and messages get their turn. */
const turnInterval = 256

/** Milliseconds of the processor, the shortest of three runs: what else happens on the machine doesn't count. */
async function cpuMilliseconds(run: () => Promise<void>): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < 3; n += 1) {
    const before = cpuUsage()
    await run()
    const { user, system } = cpuUsage(before)
    times.push((user + system) / 1000)
  }
  return Math.min(...times)
}

/** Runs cases one after the other. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzReport> {
  const { seed, first = 0, cases, seconds = Infinity, engine = ours } = options
  const limits = { ...defaultFuzzLimits, ...options.limits }
  const { counts, count } = tally()
  const corpus = makeCorpus()
  const pickEntry = weighted(corpus)
  const bench = makeBench(engine, corpus, count)
  const targets = findTargets(bench)
  options.onTargets?.(targets.names)

  const findings = findingList(options)
  const memory = memoryWatch(limits)
  const meter = costMeter()
  let slowest = { number: first, milliseconds: 0, heap: 0, external: 0, largestBuffer: 0 }
  const check = (fuzzCase: FuzzCase, onFault: (fault: Fault) => void) =>
    checkCase(bench, targets.present, fuzzCase, onFault)

  async function runCase(fuzzCase: FuzzCase): Promise<void> {
    const { number, message } = fuzzCase
    meter.start()
    await check(fuzzCase, (fault) => findings.report(fuzzCase, fault))
    const cost = meter.stop()
    const faults = costFaults(limits, cost, message.length)
    if (cost.milliseconds > limits.caseMilliseconds) {
      const time = await cpuMilliseconds(() => check(makeCase(pickEntry, seed, number), () => undefined))
      if (time > limits.caseMilliseconds) faults.push(`${Math.round(time)} ms of processor time`)
    }
    for (const what of faults) findings.report(fuzzCase, { target: 'cost', what })
    if (cost.milliseconds > slowest.milliseconds) slowest = { ...cost, number }
  }

  let current: FuzzCase | undefined
  let done = 0
  const until = performance.now() + seconds * 1000
  async function runAll(): Promise<void> {
    for (; done < cases && !findings.isEnough() && performance.now() < until; done += 1) {
      const fuzzCase = makeCase(pickEntry, seed, first + done)
      current = fuzzCase
      options.onCase?.(fuzzCase)
      await runCase(fuzzCase)
      if (done % turnInterval === 0) await setImmediate()
      for (const what of memory.look(done)) findings.report(fuzzCase, { target: 'memory', what })
    }
  }

  const { stackTraceLimit } = Error
  // Nearly every case ends in errors, and their stacks take a fifth of the time. A replay shows them.
  if (cases > 1) Error.stackTraceLimit = 0
  const began = performance.now()
  const beganCpu = cpuUsage()
  const progress = () => done
  try {
    await unlessItHangs(runAll, progress, limits.hangMilliseconds, () => {
      if (current !== undefined) findings.report(current, { target: 'hang', what: 'it does not end' })
    })
  } finally {
    meter.restore()
    Error.stackTraceLimit = stackTraceLimit
  }
  const { user, system } = cpuUsage(beganCpu)
  return {
    cases: done,
    seconds: (performance.now() - began) / 1000,
    cpuSeconds: (user + system) / 1e6,
    findings: findings.list,
    counts,
    slowest,
    memoryAtStart: memory.start(),
    memoryAtEnd: memoryHeld(),
  }
}
