import type { Backend, SlotStat } from '../backend/backend.js'
import { checkName, checkRevision } from '../backend/entry-name.js'
import { ask, askAll, type Answer } from './ask.js'
import { describeError, failureLog, type FailureLog } from './failure-log.js'
import { absent } from './find-latest.js'
import { nothingServed } from './not-served.js'
import type { StoreParts } from './parts.js'
import type { CopyStat, EntryStat, StatOptions } from './store.js'

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
  const latest = await ask(arbiter, 'latest', signal, () => arbiter.latest(name, { signal })).catch(
    (error: unknown) => undetermined(parts, name, failures, signal, 'latest', error),
  )
  const seen = parts.floors.of(name)?.revision ?? 0
  if ((latest?.revision ?? 0) < seen)
    throw nothingServed(
      { name, failures },
      'ROLLBACK',
      `revision ${seen} was seen, the arbiter is at ${latest?.revision ?? 0}`,
    )
  if (!latest) return absent({ parts, name, failures, signal })
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
  const answers = await askAll(locations, 'stat', signal, (location) => location.stat(slot, { signal }))
  const own = answers.get(arbiter)!
  if ('error' in own) return undetermined(parts, name, failures, signal, 'stat', own.error)
  if (own.value) return { committed: own.value, answers }
  if (floors.of(name)?.revision === revision)
    throw nothingServed(
      { name, failures },
      'ROLLBACK',
      `revision ${revision} was seen, the arbiter no longer has it`,
    )
  return absent({ parts, name, failures, signal })
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
