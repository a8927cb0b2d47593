import type { Backend, SealedBlob, Slot } from '../backend/backend.js'
import { BackendError, StoreError } from '../errors.js'
import { ask } from './ask.js'
import { describeError, failureLog, type FailureLog } from './failure-log.js'
import type { CopyReceipt } from './receipt.js'
import { damagedCopy, readCopy, type Copy } from './read-copy.js'
import type { StoreParts } from './parts.js'

export interface Replication {
  readonly copies: readonly CopyReceipt[]
  readonly failures: FailureLog
}

/**
 * Create the same bytes at every replica, in parallel, and wait until all have answered. Never rejects: what
 * went wrong, an abort included, is in the copies.
 */
export async function replicate(
  parts: StoreParts,
  slot: Slot,
  blob: SealedBlob,
  closed: ReadonlyMap<Backend, unknown>,
  signal: AbortSignal | undefined,
): Promise<Replication> {
  const failures = failureLog()
  const copies = await Promise.all(
    parts.replicas.map(async (replica): Promise<CopyReceipt> => {
      try {
        if (closed.has(replica)) throw closed.get(replica)
        await createCopy(replica, slot, blob, signal)
        return { location: replica.id, outcome: 'stored' }
      } catch (error) {
        failures.add(replica, 'create', error)
        const unknown = !closed.has(replica) && (signal?.aborted || isOutcomeUnknown(error))
        return { location: replica.id, outcome: unknown ? 'unknown' : 'failed', ...describeError(error) }
      }
    }),
  )
  return { copies, failures }
}

/**
 * Create a blob at a replica; fulfilled when it is there, by this call or before. Fails with COPY_DIFFERS when
 * the slot holds another blob, otherwise with the BackendError. A lost acknowledgement is settled by one `stat`.
 */
export async function createCopy(
  replica: Backend,
  slot: Slot,
  blob: SealedBlob,
  signal: AbortSignal | undefined,
): Promise<'created' | 'exists'> {
  let there: { readonly digest: string }
  try {
    const result = await ask(replica, 'create', signal, () => replica.create(slot, blob, { signal }))
    if (result.outcome === 'created') return 'created'
    there = result
  } catch (error) {
    if (!isOutcomeUnknown(error)) throw error
    const stat = await ask(replica, 'stat', signal, () => replica.stat(slot, { signal })).catch(
      () => undefined,
    )
    if (!stat) throw error
    there = stat
  }
  if (there.digest === blob.digest) return 'exists'
  throw new StoreError(
    'COPY_DIFFERS',
    `"${replica.id}" holds another blob at revision ${slot.revision}: run verify, then repair.`,
    { details: { location: replica.id, ...slot, digest: blob.digest, found: there.digest } },
  )
}

/** The write may or may not have happened. */
export function isOutcomeUnknown(error: unknown): error is BackendError {
  return error instanceof BackendError && error.code === 'OUTCOME_UNKNOWN'
}

/**
 * The bytes of a digest, from the arbiter or, where its copy is absent, damaged or out of reach, from the first
 * replica that has them. `undefined` when no location does; the log says why.
 */
export async function findBytes(
  parts: StoreParts,
  slot: Slot,
  digest: string,
  failures: FailureLog,
  signal: AbortSignal | undefined,
): Promise<Copy | undefined> {
  for (const location of [parts.arbiter, ...parts.replicas]) {
    try {
      const copy = await readCopy(location, slot, signal)
      if (copy?.blob.digest === digest) return copy
      failures.add(location, 'read', wrongCopy(location, slot, copy))
    } catch (error) {
      signal?.throwIfAborted()
      failures.add(location, 'read', error)
    }
  }
  return undefined
}

/** Why a copy can't stand for the digest that was asked for. */
export function wrongCopy(
  location: Backend,
  slot: Slot,
  copy: Pick<Copy, 'intact'> | undefined,
): StoreError | BackendError {
  const where = `${JSON.stringify(slot.name)} revision ${slot.revision}`
  const details = { location: location.id, ...slot }
  if (!copy) return new StoreError('COPY_MISSING', `"${location.id}" does not hold ${where}.`, { details })
  if (!copy.intact) return damagedCopy(location, slot)
  return new StoreError('COPY_DIFFERS', `"${location.id}" holds another blob as ${where}.`, { details })
}
