import type { Backend, Slot } from '../backend/backend.js'
import { adoptForeign } from './adopt.js'
import { destroyedBy } from './destroyed-by.js'
import { committedBlob } from './committed.js'
import { failureLog } from './failure-log.js'
import { forEachConcurrently } from './for-each-concurrently.js'
import type { StoreParts } from './parts.js'
import { repairCopy } from './repair-copy.js'
import { removeLeftovers } from './remove-leftovers.js'
import type { Committed, NameRepair, RepairRun } from './repair-run.js'
import { reportFailure } from './report-failure.js'
import { restoreAtArbiter } from './restore-at-arbiter.js'
import type { RepairOptions, RepairReport } from './store.js'
import { namesAnywhere, survey, type Holding } from './survey.js'

/** Names that are repaired at the same time. */
const concurrency = 4

/** See Store.repair. */
export async function repair(parts: StoreParts, options: RepairOptions = {}): Promise<RepairReport> {
  const { prefix, signal, onProgress } = options
  const failures = failureLog()
  const writes: RepairReport['writes'][number][] = []
  const left: RepairReport['left'][number][] = []
  const closed = await parts.manifests.openForWriting(signal)
  for (const [location, error] of closed) failures.add(location, 'readSidecar', error)
  const run: RepairRun = {
    parts,
    signal,
    failures,
    closed,
    wrote: ({ name, revision }, location, action) =>
      writes.push({ name, revision, location: location.id, action }),
    leave: ({ name, revision }, location, state, reason) =>
      left.push({ name, revision, location: location.id, state, reason }),
  }
  const progress = { names: 0, revisions: 0 }
  await forEachConcurrently(
    await namesAnywhere(parts, prefix, failures, signal),
    concurrency,
    async (name) => {
      const revisions = await repairName(run, name)
      progress.revisions += revisions
      progress.names += 1
      onProgress?.({ ...progress, writes: writes.length })
    },
  )
  return { writes, left, failures: failures.list }
}

async function repairName(run: RepairRun, name: string): Promise<number> {
  const { parts, failures, signal } = run
  const holdings = new Map<Backend, Holding>()
  for (const [location, answer] of await survey(parts, name, signal))
    if ('error' in answer) failures.add(location, 'revisions', answer.error)
    else holdings.set(location, answer.value)
  const own = holdings.get(parts.arbiter)
  if (!own) return 0
  const digests = new Map([...own].map(([revision, { digest }]) => [revision, digest]))
  const state: NameRepair = { run, name, holdings, digests }

  for (const stat of own.values()) {
    const slot = { name, revision: stat.revision }
    const committed = await reportFailure(run, slot, parts.arbiter, () => restoreAtArbiter(state, stat))
    if (committed) await outward(state, slot, committed)
  }
  const known = new Set(digests.keys())
  await adoptForeign(state)
  for (const [revision, digest] of digests) {
    const slot = { name, revision }
    if (!known.has(revision)) await outward(state, slot, committedBlob(run, slot, digest))
  }
  return digests.size
}

/** From the arbiter to every replica whose revisions could be listed. What a tombstone left over is removed everywhere. */
async function outward(state: NameRepair, slot: Slot, committed: Committed): Promise<void> {
  const { run, holdings } = state
  const { arbiter } = run.parts
  const destroyed = await reportFailure(run, slot, arbiter, () => destroyedBy(state, slot, committed))
  if (destroyed !== undefined)
    await reportFailure(run, slot, arbiter, () => removeLeftovers(arbiter, slot, destroyed, run.signal))
  const mend = async (replica: Backend): Promise<void> => {
    const holding = holdings.get(replica)
    const work = () => repairCopy(run, replica, slot, holding?.get(slot.revision), { committed, destroyed })
    if (holding) await reportFailure(run, slot, replica, work)
    else run.leave(slot, replica, 'unreachable', 'its revisions could not be listed')
  }
  await Promise.all(run.parts.replicas.map(mend))
}
