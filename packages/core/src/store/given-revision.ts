import type { SlotStat } from '../backend/backend.js'
import { ask, askAll } from './ask.js'
import { destroyedError } from './destroyed-error.js'
import { absent, fail, refuseLost } from './find-latest.js'
import { heedAnyTombstone, heedTombstone } from './heed-tombstone.js'
import { nothingServed } from './not-served.js'
import { refuseContradiction } from './refuse-contradiction.js'
import type { GetOptions } from './operation-options.js'
import { tryRevision, type Reading, type Served } from './reading.js'

/**
 * A revision by its number, from the nearest location that can open its copy; with another freshness than 'nearest',
 * of the blob that the arbiter has there.
 */
export async function givenRevision(
  run: Reading,
  revision: number,
  freshness: NonNullable<GetOptions['freshness']>,
): Promise<Served> {
  const slot = { name: run.name, revision }
  const destruction = run.parts.floors.destructionOf(run.name, revision)
  if (destruction) throw destroyedError(slot, destruction)
  const asked = freshness === 'nearest' ? undefined : await arbiterStat(run, revision)
  if (freshness === 'arbiter' && !asked)
    throw nothingServed(run, 'UNDETERMINED', "the arbiter, whose word was asked for, can't be asked")
  if (freshness === 'all' && !asked?.stat) await heedAnyTombstone(run, revision)
  if (freshness === 'all' && asked?.stat) await heedReplicas(run, asked.stat)
  if (asked?.stat) await refuseContradiction(run, asked.stat, asked.stat.digest)
  if (!asked || asked.stat || freshness === 'all') {
    const served = await tryRevision(run, revision, asked?.stat?.digest)
    if (served) return served
  }
  const said = asked ?? (await arbiterStat(run, revision))
  if (!said) {
    if (run.refused.size > 0 || run.damaged.size > 0) return fail(run, revision)
    throw nothingServed(run, 'UNDETERMINED', "no location holds it and the arbiter can't be asked")
  }
  if (!said.stat) await refuseLost(run, run.floor, revision)
  if (said.stat && !asked) await refuseContradiction(run, said.stat, said.stat.digest)
  return said.stat ? fail(run, revision) : absent(run)
}

async function arbiterStat(run: Reading, revision: number) {
  const { arbiter } = run.parts
  const slot = { name: run.name, revision }
  try {
    return { stat: await ask(arbiter, 'stat', run.signal, () => arbiter.stat(slot, { signal: run.signal })) }
  } catch (error) {
    run.signal?.throwIfAborted()
    run.failures.add(arbiter, 'stat', error)
    return undefined
  }
}

/** Look at every location for a tombstone of what the arbiter has. */
async function heedReplicas(run: Reading, committed: SlotStat): Promise<void> {
  const { parts, signal, failures } = run
  const answers = await askAll(parts.replicas, 'stat', signal, (replica) =>
    replica.stat(committed, { signal }),
  )
  for (const [replica, answer] of answers)
    if ('error' in answer) failures.add(replica, 'stat', answer.error)
    else if (answer.value) await heedTombstone(run, replica, answer.value, committed)
}
