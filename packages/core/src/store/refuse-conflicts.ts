import type { Backend, Slot } from '../backend/backend.js'
import { StoreError } from '../errors.js'
import { failureLog } from './failure-log.js'
import type { StoreParts } from './parts.js'
import type { RepairReport } from './repair-report.js'
import type { StandingManifests } from './standing-manifests.js'
import { namesAnywhere, survey } from './survey.js'

/**
 * Before an arbiter is appointed: repair would take its word against that of those that manifests name. Fails with
 * ARBITER_MISMATCH where one of them holds another blob in the same slot, UNDETERMINED where names can't be listed.
 */
export async function refuseConflicts(
  parts: StoreParts,
  rivals: readonly Backend[],
  manifests: StandingManifests,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (rivals.length === 0) return
  const { arbiter } = parts
  const failures = failureLog()
  const names = await namesAnywhere(parts, undefined, failures, signal)
  if (failures.list.length > 0)
    throw new StoreError(
      'UNDETERMINED',
      `Not every location could list its names: ${failures.list.map(({ location }) => location).join(', ')}. Appoint ` +
        `"${arbiter.id}" again when they can; nothing was written.`,
      { cause: failures.cause(), details: { failures: failures.list } },
    )
  for (const name of names) {
    const holdings = await survey(parts, name, signal)
    for (const answer of holdings.values()) if ('error' in answer) throw answer.error
    const own = holdings.get(arbiter)
    for (const rival of rivals) {
      const theirs = holdings.get(rival)
      if (!own || 'error' in own || !theirs || 'error' in theirs) continue
      for (const { revision, digest } of theirs.value.values()) {
        const found = own.value.get(revision)?.digest
        if (found !== undefined && found !== digest)
          throw anotherBlob(arbiter, rival, { name, revision }, manifests)
      }
    }
  }
}

function anotherBlob(
  { id }: Backend,
  rival: Backend,
  { name, revision }: Slot,
  manifests: StandingManifests,
): StoreError {
  // Only then does the old arbiter's repair not fail itself.
  const agreed = [...manifests.values()].every((manifest) => manifest?.arbiter === rival.id)
  return new StoreError(
    'ARBITER_MISMATCH',
    `"${rival.id}", which manifests name as arbiter, holds another blob than "${id}" as ${JSON.stringify(name)} revision ` +
      `${revision}: ${agreed ? `run repair under "${rival.id}" first, or ` : ''}${overruling}. The manifests are unchanged.`,
    { details: { arbiter: id, rival: rival.id, name, revision } },
  )
}

const overruling = 'overrule it (the other blobs are kept as forks, what does not open is copied nowhere)'

/** What the new arbiter holds and nobody vouches for. */
export function unfitBlob({ id }: Backend, { name, revision }: Slot, repair: RepairReport): StoreError {
  const said = repair.left.find(
    (each) => each.location === id && each.name === name && each.revision === revision,
  )
  return new StoreError(
    'ARBITER_MISMATCH',
    `"${id}" has a blob as ${JSON.stringify(name)} revision ${revision} that nobody vouches for` +
      `${said ? ` (${said.reason})` : ''}: appoint another location, or ${overruling}. The manifests are unchanged.`,
    { details: { arbiter: id, name, revision, repair } },
  )
}

/** What another location holds and the new arbiter can't be given. */
export function unbrought(
  { id }: Backend,
  { location, name, revision, reason }: RepairReport['left'][number],
  repair: RepairReport,
): StoreError {
  return new StoreError(
    'ARBITER_MISMATCH',
    `"${id}" can't be given ${JSON.stringify(name)} revision ${revision}, left at "${location}": ${reason}. Appoint another ` +
      'location, or overrule it: then it is left where it is. The manifests are unchanged.',
    { details: { arbiter: id, ...(location === id ? {} : { rival: location }), name, revision, repair } },
  )
}
