import type { Backend, SlotStat } from '../backend/backend.js'
import { BackendError, StoreError } from '../errors.js'
import { ask } from './ask.js'
import type { Floor } from './floors.js'
import { heedAnyTombstone, heedTombstone } from './heed-tombstone.js'
import { nothingServed } from './not-served.js'
import { refuseContradiction } from './refuse-contradiction.js'
import { askLatest, nearest, tryCopy, tryRevision, type Reading, type Served } from './reading.js'

/** What the locations that answered hold as their latest revision. */
type Tips = Map<Backend, SlotStat | undefined>

/**
 * The latest revision of the nearest location. A copy that fails is looked for elsewhere at the same revision or a
 * newer one, never replaced by an older one.
 */
export async function nearestLatest(run: Reading): Promise<Served> {
  const tips: Tips = new Map()
  let claimed = run.floor?.revision ?? 0
  const served = await nearest(run, async (location, signal) => {
    const answer = await askLatest(run, location, signal)
    if (!answer) return undefined
    const { tip } = answer
    tips.set(location, tip)
    if (!tip || tip.revision < claimed) {
      run.failures.add(location, 'latest', lagging(run, location, tip, claimed))
      return undefined
    }
    claimed = tip.revision
    return tryCopy(run, location, tip.revision, { signal })
  })
  return served ?? settle(run, tips)
}

/** The arbiter's latest revision, from the nearest location that holds it. */
export async function latestByArbiter(run: Reading): Promise<Served> {
  const answer = await askLatest(run, run.parts.arbiter)
  if (answer) return settle(run, new Map([[run.parts.arbiter, answer.tip]]))
  throw nothingServed(run, 'UNDETERMINED', "the arbiter, whose word was asked for, can't be asked")
}

/** The highest revision that any location holds and that opens. */
export async function latestOfAll(run: Reading): Promise<Served> {
  const { locations, arbiter } = run.parts
  const answers = await Promise.all(
    locations.map(async (location) => ({ location, answer: await askLatest(run, location) })),
  )
  const tips: Tips = new Map()
  for (const { location, answer } of answers) if (answer) tips.set(location, answer.tip)
  for (const { location, answer } of answers)
    if (answer?.tip) await heedTombstone(run, location, answer.tip, tips.get(arbiter))
  if (!tips.has(arbiter)) {
    await heedRivals(run, tips, Math.max(0, ...[...tips.values()].map((tip) => tip?.revision ?? 0)))
    return settle(run, tips)
  }
  const committed = Math.max(tips.get(arbiter)?.revision ?? 0, run.floor?.revision ?? 0)
  const above = new Set(
    [...tips.values()].map((tip) => tip?.revision ?? 0).filter((each) => each > committed),
  )
  for (const revision of [...above].toSorted((a, b) => b - a)) {
    await heedRivals(run, tips, revision)
    const served = await tryRevision(run, revision)
    if (served) return served
  }
  return settle(run, tips)
}

/** Where no arbiter says which of several blobs is right, a tombstone is. */
async function heedRivals(run: Reading, tips: Tips, revision: number): Promise<void> {
  const there = [...tips.values()].filter((tip) => tip?.revision === revision)
  if (new Set(there.map((tip) => tip?.digest)).size > 1) await heedAnyTombstone(run, revision)
}

/**
 * What to serve when no location's latest revision could be served as it was found. With the arbiter's word:
 * its revision from wherever it opens; what others hold above it and does not open is nobody's. Without: the
 * highest revision that anyone holds, or nothing.
 */
async function settle(run: Reading, tips: Tips): Promise<Served> {
  const { arbiter } = run.parts
  const seen = run.floor?.revision ?? 0
  if (!tips.has(arbiter)) {
    const claimed = Math.max(0, ...[...tips.values()].map((tip) => tip?.revision ?? 0))
    if (claimed === 0 && seen === 0)
      throw nothingServed(run, 'UNDETERMINED', "no location holds it and the arbiter can't be asked")
    if (claimed < seen)
      throw nothingServed(run, 'STALE', `revision ${seen} was seen, and the arbiter can't be asked`)
    return (await tryRevision(run, claimed)) ?? fail(run, claimed)
  }
  const tip = tips.get(arbiter)
  if ((tip?.revision ?? 0) < seen)
    throw nothingServed(run, 'ROLLBACK', `revision ${seen} was seen, the arbiter is at ${tip?.revision ?? 0}`)
  if (!tip) return absent(run)
  await refuseContradiction(run, tip, tip.digest)
  return (await tryRevision(run, tip.revision, tip.digest)) ?? fail(run, tip.revision)
}

/** The arbiter says that the name has no revision. */
export async function absent(run: Pick<Reading, 'parts' | 'name' | 'failures' | 'signal'>): Promise<never> {
  if (await run.parts.manifests.believeArbiter(run.failures, run.signal))
    throw nothingServed(run, 'NOT_FOUND', 'the arbiter does not have it')
  throw nothingServed(
    run,
    'UNDETERMINED',
    'the arbiter has lost its manifest: it may have lost entries as well',
  )
}

/**
 * A revision that the arbiter lacked: numbers are given without gaps, so that below one that it has, or that was seen, it is
 * ROLLBACK, unless it was put in the meantime.
 */
export async function refuseLost(
  { parts, name, failures, signal }: Pick<Reading, 'parts' | 'name' | 'failures' | 'signal'>,
  floor: Floor | undefined,
  revision: number,
): Promise<void> {
  const lost = (highest: number) =>
    nothingServed(
      { name, failures },
      'ROLLBACK',
      `there was a revision ${highest}, and the arbiter no longer has revision ${revision}`,
    )
  if (floor && floor.revision >= revision) throw lost(floor.revision)
  const { arbiter } = parts
  try {
    const latest = await ask(arbiter, 'latest', signal, () => arbiter.latest(name, { signal }))
    if (!latest || latest.revision < revision) return
    const again = await ask(arbiter, 'stat', signal, () => arbiter.stat({ name, revision }, { signal }))
    if (!again) throw lost(latest.revision)
  } catch (error) {
    signal?.throwIfAborted()
    if (!(error instanceof BackendError)) throw error
    failures.add(arbiter, error.operation, error)
    throw nothingServed({ name, failures }, 'UNDETERMINED', "the arbiter can't be asked")
  }
}

/** Copies exist, none opened. */
export function fail(run: Reading, revision: number): never {
  if (run.keyFailure) throw run.keyFailure.error
  throw nothingServed(run, 'UNREADABLE', `no copy of revision ${revision} opens`)
}

function lagging(run: Reading, location: Backend, tip: SlotStat | undefined, claimed: number): StoreError {
  const details = { location: location.id, name: run.name, latest: tip?.revision ?? 0, wanted: claimed }
  return tip
    ? new StoreError(
        'COPY_STALE',
        `"${location.id}" is at revision ${tip.revision}, at least ${claimed} is wanted.`,
        { details },
      )
    : new StoreError('COPY_MISSING', `"${location.id}" does not hold ${JSON.stringify(run.name)}.`, {
        details,
      })
}
