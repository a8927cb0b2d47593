import { randomUUID } from 'node:crypto'
import type { Backend, SealedBlob, Slot } from '../backend/backend.js'
import { checkName, checkRevision } from '../backend/entry-name.js'
import { InputError, StoreError } from '../errors.js'
import { destroyAtArbiter } from './destroy-at-arbiter.js'
import { destroyCopy } from './destroy-copy.js'
import {
  destroyIncomplete,
  isDone,
  type DestroyedCopy,
  type DestroyedRevision,
  type DestroyReceipt,
} from './destroy-receipt.js'
import { describeError, failureLog, type FailureLog } from './failure-log.js'
import { allItems } from './pages.js'
import type { StoreParts } from './parts.js'
import { requestForm } from './put-options.js'
import { removeLeftovers } from './remove-leftovers.js'
import type { DestroyOptions } from './store.js'

interface Run {
  readonly parts: StoreParts
  readonly requestId: string
  readonly signal: AbortSignal | undefined
  readonly closed: ReadonlyMap<Backend, unknown>
  readonly failures: FailureLog
}

/** See Store.destroy. */
export async function destroy(
  parts: StoreParts,
  name: string,
  options: DestroyOptions,
): Promise<DestroyReceipt> {
  checkName(name)
  const { signal, requestId = randomUUID() } = options
  const revision = checkWhich(options)
  if (typeof requestId !== 'string' || !requestForm.test(requestId))
    refuse('requestId must have 1 to 128 visible ASCII characters.')
  const closed = await parts.manifests.openForWriting(signal)
  const run: Run = { parts, requestId, signal, closed, failures: failureLog() }
  const wanted = revision === undefined ? await revisionsOf(run, name) : [revision]
  const revisions: DestroyedRevision[] = []
  const receipt = { store: parts.id, name, requestId, arbiter: parts.arbiter.id, revisions }
  for (const each of wanted) {
    const slot = { name, revision: each }
    try {
      signal?.throwIfAborted()
      revisions.push(await destroyRevision(run, slot))
    } catch (error) {
      // Nothing was written by this call: the error says it all.
      if (revisions.length === 0) throw error
      run.failures.add(parts.arbiter, 'destroy', error)
      revisions.push(...wanted.slice(revisions.length).map((one) => notDestroyed(parts, one, error)))
      break
    }
  }
  if (revisions.every(isDone)) return receipt
  throw destroyIncomplete(receipt, run.failures.cause())
}

function checkWhich(options: DestroyOptions): number | undefined {
  const { revision, all } = options
  if (all === true && revision === undefined) return undefined
  if (all !== undefined || revision === undefined)
    refuse('Say what to destroy: { revision } for one revision, or { all: true }.')
  checkRevision(revision)
  return revision
}

function refuse(message: string): never {
  throw new InputError('INVALID_ARGUMENT', message)
}

async function revisionsOf({ parts, signal }: Run, name: string): Promise<number[]> {
  const { arbiter } = parts
  const seen = parts.floors.of(name)
  const revisions: number[] = []
  const page = (cursor: string | undefined) => arbiter.revisions(name, { cursor, signal })
  for await (const { revision } of allItems(arbiter, 'revisions', signal, page)) revisions.push(revision)
  const highest = revisions.at(-1) ?? 0
  if (seen && highest < seen.revision)
    throw new StoreError(
      'ROLLBACK',
      `Revision ${seen.revision} of ${JSON.stringify(name)} was seen, the arbiter is at ${highest}. Run verify and ` +
        'repair; nothing was written.',
      { details: { name, revision: seen.revision } },
    )
  if (highest > 0) return revisions
  throw new StoreError('NOT_FOUND', `The arbiter has no revision of ${JSON.stringify(name)}.`, {
    details: { name },
  })
}

async function destroyRevision(run: Run, slot: Slot): Promise<DestroyedRevision> {
  const { parts, requestId, signal, failures } = run
  const { arbiter } = parts
  const { revision } = slot
  const done = await destroyAtArbiter(parts, slot, requestId, signal)
  const { tombstone, destroyed, committed } = done
  const result = { revision, destroyed, tombstone: tombstone.digest, committed }
  if (committed === 'unknown') {
    failures.add(arbiter, 'replace', done.error)
    const copies = parts.locations.map((location) =>
      location === arbiter ? copyOf(location, 'unknown', done.error) : notTried(location),
    )
    return { ...result, copies }
  }
  parts.floors.destroyed(slot.name, revision, { tombstone: tombstone.digest, destroyed })
  const copies = await Promise.all(
    parts.locations.map((location) => destroyAt(run, location, slot, tombstone, destroyed)),
  )
  return { ...result, copies }
}

/** Never rejects: what went wrong, an abort included, is in the copy. */
async function destroyAt(
  { parts, closed, signal, failures }: Run,
  location: Backend,
  slot: Slot,
  tombstone: SealedBlob,
  destroyed: string,
): Promise<DestroyedCopy> {
  try {
    if (closed.has(location)) throw closed.get(location)
    if (location !== parts.arbiter) {
      const result = await destroyCopy(parts, location, slot, tombstone, destroyed, signal)
      if (result.outcome === 'unknown') {
        failures.add(location, 'replace', result.error)
        return copyOf(location, 'unknown', result.error)
      }
    }
  } catch (error) {
    failures.add(location, 'replace', error)
    return copyOf(location, 'failed', error)
  }
  try {
    const grave = { tombstone, destroyed }
    const { retained, forks } = await removeLeftovers({ parts, signal }, location, slot, grave)
    return { location: location.id, outcome: 'destroyed', retained, forks }
  } catch (error) {
    failures.add(location, 'purge', error)
    return copyOf(location, 'unpurged', error)
  }
}

function copyOf(location: Backend, outcome: DestroyedCopy['outcome'], error: unknown): DestroyedCopy {
  return { location: location.id, outcome, ...describeError(error), retained: [], forks: [] }
}

function notTried(location: Backend): DestroyedCopy {
  return {
    location: location.id,
    outcome: 'failed',
    code: 'COPY_DIFFERS',
    message: 'Not tried: the arbiter did not confirm the tombstone.',
    retained: [],
    forks: [],
  }
}

function notDestroyed(parts: StoreParts, revision: number, error: unknown): DestroyedRevision {
  const copies = parts.locations.map((location) =>
    location === parts.arbiter ? copyOf(location, 'failed', error) : notTried(location),
  )
  return { revision, committed: false, copies }
}
