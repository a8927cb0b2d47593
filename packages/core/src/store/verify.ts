import type { Backend, Slot } from '../backend/backend.js'
import { highest } from './highest.js'
import { BackendError } from '../errors.js'
import { chainWalk, type ChainWalk } from './chain-walk.js'
import { compareCopy } from './compare-copy.js'
import { describeError, failureLog, type FailureLog } from './failure-log.js'
import { forEachConcurrently } from './for-each-concurrently.js'
import type { StoreParts } from './parts.js'
import type { CopyFinding, CopyState, VerifyReport } from './verify-report.js'
import type { VerifyOptions } from './operation-options.js'
import { examine, namesAnywhere, survey, type Examined, type Holding } from './survey.js'

/** Names that are compared at the same time. */
const concurrency = 8

interface Run {
  readonly parts: StoreParts
  readonly options: VerifyOptions
  readonly failures: FailureLog
  readonly findings: CopyFinding[]
  readonly unopened: VerifyReport['unopened'][number][]
  readonly copies: Record<CopyState, number>
  revisions: number
}

/** See Store.verify. */
export async function verify(parts: StoreParts, options: VerifyOptions = {}): Promise<VerifyReport> {
  const { prefix, signal, onProgress } = options
  const failures = failureLog()
  const copies = { agreed: 0, differs: 0, missing: 0, foreign: 0, unreachable: 0 }
  const run: Run = { parts, options, failures, findings: [], unopened: [], copies, revisions: 0 }
  await parts.manifests.believeArbiter(failures, signal)
  let names = 0
  await forEachConcurrently(
    await namesAnywhere(parts, prefix, failures, signal),
    concurrency,
    async (name) => {
      await verifyName(run, name)
      names += 1
      onProgress?.({ names, revisions: run.revisions })
    },
  )
  const { findings, unopened, revisions } = run
  const clean = findings.length === 0 && unopened.length === 0 && failures.list.length === 0
  return { names, revisions, copies, findings, unopened, failures: failures.list, clean }
}

async function verifyName(run: Run, name: string): Promise<void> {
  const { parts, options, failures } = run
  const holdings = new Map<Backend, Holding>()
  for (const [location, answer] of await survey(parts, name, options.signal))
    if ('error' in answer) failures.add(location, 'revisions', answer.error)
    else holdings.set(location, answer.value)
  const revisions = new Set([...holdings.values()].flatMap((holding) => [...holding.keys()]))
  const tip = highest(holdings.get(parts.arbiter)?.keys() ?? [])
  const walk = options.open ? chainWalk(parts, name, options.signal) : undefined
  for (const revision of [...revisions].toSorted((a, b) => a - b)) {
    run.revisions += 1
    await verifyRevision(run, { name, revision }, { holdings, tip, walk })
  }
}

interface NameState {
  readonly holdings: ReadonlyMap<Backend, Holding>
  readonly tip: number
  readonly walk: ChainWalk | undefined
}

async function verifyRevision(run: Run, slot: Slot, { holdings, tip, walk }: NameState): Promise<void> {
  const { parts, options } = run
  const { arbiter } = parts
  const committed = holdings.get(arbiter)?.get(slot.revision)
  await Promise.all(
    parts.locations.map(async (location) => {
      const isArbiter = location === arbiter
      // Without the arbiter's records there is nothing to compare with, and nothing worth reading.
      if (!isArbiter && !holdings.has(arbiter)) return
      const found = await examineListed(location, holdings.get(location), slot, options, isArbiter)
      const finding = compareCopy(location, slot, found, { committed, tip }, isArbiter)
      if (finding) run.copies[finding.state] += 1
      if (finding && finding.state !== 'agreed') run.findings.push(finding)
      if (!isArbiter || !walk || !committed) return
      const error = await walk.step(committed, found.state === 'present' ? found.copy?.blob : undefined)
      if (error) run.unopened.push({ ...slot, ...describeError(error) })
    }),
  )
  options.signal?.throwIfAborted()
}

async function examineListed(
  location: Backend,
  holding: Holding | undefined,
  { revision }: Slot,
  { signal, open }: VerifyOptions,
  isArbiter: boolean,
): Promise<Examined> {
  if (!holding) return { state: 'unreachable', error: unlisted(location) }
  const stat = holding.get(revision)
  return stat ? examine(location, stat, signal, isArbiter && open === true) : { state: 'missing' }
}

/** The log has the cause already. */
function unlisted(location: Backend): BackendError {
  return new BackendError('UNREACHABLE', `"${location.id}" could not list its revisions.`, {
    backend: location.id,
    operation: 'revisions',
    retryable: true,
  })
}
