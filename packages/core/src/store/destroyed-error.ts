import type { Slot } from '../backend/backend.js'
import { StoreError } from '../errors.js'
import type { Destruction } from './floors.js'
import type { FailureLog } from './failure-log.js'
import type { StoreParts } from './parts.js'

/** The error of whatever needs the content of a destroyed revision. `digest` in the details is the tombstone's. */
export function destroyedError(
  { name, revision }: Slot,
  { tombstone, destroyed }: Destruction,
  failures?: FailureLog,
): StoreError {
  const details = {
    name,
    revision,
    digest: tombstone,
    destroyed,
    ...(failures && { failures: [...failures.list] }),
  }
  return new StoreError('DESTROYED', `Revision ${revision} of ${JSON.stringify(name)} was destroyed.`, {
    details,
    ...(failures?.cause() !== undefined && { cause: failures?.cause() }),
  })
}

/** The error of a writer who finds that the arbiter still, or again, has a blob that was destroyed. */
export function undestroyed({ arbiter }: StoreParts, { name, revision }: Slot, digest: string): StoreError {
  return new StoreError(
    'ARBITER_BEHIND',
    `The arbiter "${arbiter.id}" has revision ${revision} of ${JSON.stringify(name)}, which was destroyed: it was rolled ` +
      'back or restored. Run verify and repair; nothing was written.',
    { details: { name, arbiter: arbiter.id, revision, digest } },
  )
}

/** The revision that an error of this kind is about; `undefined` of every other error. */
export function destroyedRevision(error: unknown): number | undefined {
  if (!(error instanceof StoreError) || error.code !== 'DESTROYED') return undefined
  const { details } = error
  const told = typeof details === 'object' && details !== null && 'revision' in details
  return told && typeof details.revision === 'number' ? details.revision : undefined
}
