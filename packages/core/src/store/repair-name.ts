import type { Backend, Slot, SlotStat } from '../backend/backend.js'
import { adoptForeign } from './adopt.js'
import { ask, askAll } from './ask.js'
import { wasDestroyed } from './candidates.js'
import { committedBlob } from './committed.js'
import { destroyedBy } from './destroyed-by.js'
import { removeLeftovers } from './remove-leftovers.js'
import { repairCopy } from './repair-copy.js'
import { refuseClosed, type Committed, type NameRepair, type RepairRun } from './repair-run.js'
import { reportFailure } from './report-failure.js'
import { restoreAtArbiter } from './restore-at-arbiter.js'
import { survey, type Holding } from './survey.js'

/**
 * Repair every revision of a name; the number of those that the arbiter then holds. Again, while the arbiter was mended: damage
 * to one revision takes the proof from those beside it.
 */
export async function repairName(run: RepairRun, name: string): Promise<number> {
  for (let most: number | undefined; ;) {
    let mended = false
    const reports: (() => void)[] = []
    const pass = {
      ...run,
      wrote(...what: Parameters<RepairRun['wrote']>) {
        mended ||= what[1] === run.parts.arbiter
        run.wrote(...what)
      },
      // Only of the last one: what it finds is what is left.
      leave: (...what: Parameters<RepairRun['leave']>) => void reports.push(() => run.leave(...what)),
      retains: (...what: Parameters<RepairRun['retains']>) => void reports.push(() => run.retains(...what)),
    }
    const revisions = await onePass(pass, name)
    most ??= revisions + 2
    if (!mended || most-- === 0) {
      for (const report of reports) report()
      return revisions
    }
  }
}

async function onePass(run: RepairRun, name: string): Promise<number> {
  const { parts, failures, signal } = run
  const holdings = new Map<Backend, Holding>()
  for (const [location, answer] of await survey(parts, name, signal))
    if ('error' in answer) failures.add(location, 'revisions', answer.error)
    else holdings.set(location, answer.value)
  const own = holdings.get(parts.arbiter)
  if (!own) return 0
  const state = stateOf(run, name, holdings, own)
  // From above downward: what the next revision names is proven, whatever the one before is.
  for (const [, stat] of [...own].toSorted(([a], [b]) => b - a)) await mendCommitted(state, stat)
  const known = new Set(state.digests.keys())
  await adoptForeign(state)
  for (const [revision, digest] of state.digests)
    if (!known.has(revision)) await mendAdopted(state, { name, revision }, digest)
  return state.digests.size
}

/** Repair one revision by the same rules; those beside it, and the latest, are only looked at, for the chain. */
export async function repairRevision(run: RepairRun, { name, revision }: Slot): Promise<void> {
  const { parts, failures, signal } = run
  const beside = [revision - 1, revision, revision + 1].filter((each) => each > 0)
  const holdingAt = async (location: Backend): Promise<Holding> => {
    const stats = await Promise.all(beside.map((each) => location.stat({ name, revision: each }, { signal })))
    const held = stats.filter((stat): stat is SlotStat => stat !== undefined)
    return new Map(held.map((stat) => [stat.revision, stat]))
  }
  const holdings = new Map<Backend, Holding>()
  // The arbiter last, as in a survey.
  for (const locations of [parts.replicas, [parts.arbiter]])
    for (const [location, answer] of await askAll(locations, 'stat', signal, holdingAt))
      if ('error' in answer) failures.add(location, 'stat', answer.error)
      else holdings.set(location, answer.value)
  const own = holdings.get(parts.arbiter)
  if (!own) return
  const latest = await ask(parts.arbiter, 'latest', signal, () => parts.arbiter.latest(name, { signal }))
  const state = stateOf(run, name, holdings, own)
  if (latest) state.digests.set(latest.revision, latest.digest)
  const stat = own.get(revision)
  if (stat) return mendCommitted(state, stat)
  await adoptForeign(state, revision)
  const digest = state.digests.get(revision)
  if (digest !== undefined) await mendAdopted(state, { name, revision }, digest)
}

function stateOf(
  run: RepairRun,
  name: string,
  holdings: ReadonlyMap<Backend, Holding>,
  own: Holding,
): NameRepair {
  return {
    run,
    name,
    holdings,
    digests: new Map([...own].map(([revision, { digest }]) => [revision, digest])),
    mended: new Map(),
  }
}

async function mendCommitted(state: NameRepair, stat: SlotStat): Promise<void> {
  const { run, name } = state
  const slot = { name, revision: stat.revision }
  const committed = await reportFailure(run, slot, run.parts.arbiter, () => restoreAtArbiter(state, stat))
  if (run.admits && !(await run.admits(state, stat, committed))) return
  if (committed) await outward(state, slot, committed)
}

function mendAdopted(state: NameRepair, slot: Slot, digest: string): Promise<void> {
  return outward(state, slot, committedBlob(state.run, slot, digest))
}

/**
 * From the arbiter to every replica that could be asked. What a tombstone left over is removed everywhere. What this store
 * object knows to be destroyed, and the arbiter has again, goes nowhere.
 */
async function outward(state: NameRepair, slot: Slot, committed: Committed): Promise<void> {
  const { run, holdings } = state
  const { arbiter, floors } = run.parts
  if (floors.destructionOf(slot.name, slot.revision)?.destroyed === committed.digest)
    return run.leave(slot, arbiter, 'differs', wasDestroyed)
  const destroyed = await reportFailure(run, slot, arbiter, () => destroyedBy(state, slot, committed))
  if (destroyed !== undefined)
    await reportFailure(run, slot, arbiter, async () => {
      refuseClosed(run, arbiter)
      const grave = { tombstone: await committed.blob(), destroyed }
      run.retains(slot, arbiter, (await removeLeftovers(run, arbiter, slot, grave)).retained)
    })
  const mend = async (replica: Backend): Promise<void> => {
    const holding = holdings.get(replica)
    const work = () => repairCopy(run, replica, slot, holding?.get(slot.revision), { committed, destroyed })
    if (holding) await reportFailure(run, slot, replica, work)
    else run.leave(slot, replica, 'unreachable', 'it could not be asked what it holds')
  }
  await Promise.all(run.parts.replicas.map(mend))
}
