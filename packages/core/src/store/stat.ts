import type { Backend, SlotStat } from '../backend/backend.js'
import { checkName, checkRevision } from '../backend/entry-name.js'
import { BackendError } from '../errors.js'
import { ask, askAll, type Answer } from './ask.js'
import { destroyedError } from './destroyed-error.js'
import { describeError, failureLog, type FailureLog } from './failure-log.js'
import { absent, refuseLost } from './find-latest.js'
import type { Floor } from './floors.js'
import { judgeContradiction } from './judge-contradiction.js'
import { nothingServed } from './not-served.js'
import type { StoreParts } from './parts.js'
import { damagedCopy } from './read-copy.js'
import type { CopyStat, EntryStat } from './entry-stat.js'
import type { StatOptions } from './operation-options.js'

/** See Store.stat. */
export async function stat(parts: StoreParts, name: string, options: StatOptions = {}): Promise<EntryStat> {
  const { revision, signal } = options
  checkName(name)
  if (revision !== undefined) checkRevision(revision)
  const failures = failureLog()
  const { committed, answers } = await (revision === undefined
    ? ofLatest(parts, name, failures, signal)
    : ofRevision(parts, { name, revision }, failures, signal))
  const { digest, size } = committed
  const destroyed = parts.floors.destructionOf(name, committed.revision)?.tombstone === digest
  return {
    name,
    revision: committed.revision,
    digest,
    size,
    ...(destroyed && { destroyed }),
    copies: parts.locations.map((location) => copyStat(location, committed, answers.get(location)!)),
  }
}

interface Found {
  readonly committed: SlotStat
  readonly answers: ReadonlyMap<Backend, Answer<SlotStat | undefined>>
}

async function ofLatest(
  parts: StoreParts,
  name: string,
  failures: FailureLog,
  signal: AbortSignal | undefined,
): Promise<Found> {
  const { arbiter, replicas } = parts
  const floor = parts.floors.of(name)
  const latest = await ask(arbiter, 'latest', signal, () => arbiter.latest(name, { signal })).catch(
    (error: unknown) => undetermined(parts, name, failures, signal, 'latest', error),
  )
  const seen = floor?.revision ?? 0
  if ((latest?.revision ?? 0) < seen)
    throw nothingServed(
      { name, failures },
      'ROLLBACK',
      `revision ${seen} was seen, the arbiter is at ${latest?.revision ?? 0}`,
    )
  if (!latest) return absent({ parts, name, failures, signal })
  await refuseOther(parts, floor, latest, failures, signal)
  const answers = await askAll(replicas, 'stat', signal, (location) => location.stat(latest, { signal }))
  return { committed: latest, answers: answers.set(arbiter, { value: latest }) }
}

async function ofRevision(
  parts: StoreParts,
  slot: { readonly name: string; readonly revision: number },
  failures: FailureLog,
  signal: AbortSignal | undefined,
): Promise<Found> {
  const { arbiter, locations, floors } = parts
  const { name, revision } = slot
  const floor = floors.of(name)
  const answers = await askAll(locations, 'stat', signal, (location) => location.stat(slot, { signal }))
  const own = answers.get(arbiter)!
  if ('error' in own) return undetermined(parts, name, failures, signal, 'stat', own.error)
  if (own.value) {
    await refuseOther(parts, floor, own.value, failures, signal)
    return { committed: own.value, answers }
  }
  await refuseLost({ parts, name, failures, signal }, floor, revision)
  return absent({ parts, name, failures, signal })
}

/** Refuse what the arbiter has in place of the blob that was seen there. Reads and opens only in this case. */
async function refuseOther(
  parts: StoreParts,
  floor: Floor | undefined,
  committed: SlotStat,
  failures: FailureLog,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { name, revision, digest } = committed
  if (floor?.revision !== revision || floor.digest === digest) return
  const known = parts.floors.destructionOf(name, revision)
  if (known?.destroyed === digest) throw destroyedError(committed, known, failures)
  const contradiction = await judgeContradiction(parts, { name, revision }, floor.digest, signal).catch(
    (error: unknown) => {
      if (!(error instanceof BackendError)) throw error
      return undetermined(parts, name, failures, signal, error.operation, error)
    },
  )
  if (contradiction === 'damaged') throw damagedCopy(parts.arbiter, { name, revision })
  if (contradiction === 'another')
    throw nothingServed(
      { name, failures },
      'TAMPERED',
      `the arbiter has another blob as revision ${revision} than the one seen`,
    )
}

function undetermined(
  { arbiter }: StoreParts,
  name: string,
  failures: FailureLog,
  signal: AbortSignal | undefined,
  operation: string,
  error: unknown,
): never {
  signal?.throwIfAborted()
  failures.add(arbiter, operation, error)
  throw nothingServed({ name, failures }, 'UNDETERMINED', "the arbiter can't be asked")
}

function copyStat(location: Backend, { digest }: SlotStat, answer: Answer<SlotStat | undefined>): CopyStat {
  const { id } = location
  if ('error' in answer) return { location: id, state: 'unreachable', ...describeError(answer.error) }
  const { value } = answer
  if (!value) return { location: id, state: 'missing' }
  return {
    location: id,
    state: value.digest === digest ? 'agreed' : 'differs',
    digest: value.digest,
    size: value.size,
    attested: value.attested,
  }
}
