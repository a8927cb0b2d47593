import type { Backend } from '../backend/backend.js'
import { checkName } from '../backend/entry-name.js'
import { StoreError } from '../errors.js'
import { failureLog, type LocationFailure } from './failure-log.js'
import { allItems } from './pages.js'
import type { StoreParts } from './parts.js'
import type { AbortOptions } from './operation-options.js'

export interface History {
  readonly name: string
  readonly revisions: readonly HistoryRevision[]
  /** Whose word this is; not the arbiter's only when the arbiter could not be asked. */
  readonly servedBy: string
  readonly failures: readonly LocationFailure[]
}

export interface HistoryRevision {
  readonly revision: number
  readonly digest: string
  readonly size: number
  /** This store object has made or opened this tombstone. Absent says nothing: telling needs the key. */
  readonly destroyed?: true
}

/** See Store.history. */
export async function history(
  parts: StoreParts,
  name: string,
  { signal }: AbortOptions = {},
): Promise<History> {
  checkName(name)
  const failures = failureLog()
  for (const location of [parts.arbiter, ...parts.replicas]) {
    try {
      const revisions = await revisionsAt(parts, location, name, signal)
      if (revisions.length > 0)
        return { name, revisions, servedBy: location.id, failures: [...failures.list] }
    } catch (error) {
      signal?.throwIfAborted()
      failures.add(location, 'revisions', error)
      continue
    }
    if (location === parts.arbiter && (await parts.manifests.believeArbiter(failures, signal)))
      throw new StoreError('NOT_FOUND', `The arbiter has no revision of ${JSON.stringify(name)}.`, {
        cause: failures.cause(),
        details: { name, failures: failures.list },
      })
  }
  throw new StoreError(
    'UNDETERMINED',
    `No location that could be asked has ${JSON.stringify(name)}: try again when the arbiter can be reached.`,
    { cause: failures.cause(), details: { name, failures: failures.list } },
  )
}

async function revisionsAt(
  { floors }: StoreParts,
  location: Backend,
  name: string,
  signal: AbortSignal | undefined,
) {
  const revisions: History['revisions'][number][] = []
  const page = (cursor: string | undefined) => location.revisions(name, { cursor, signal })
  for await (const { revision, digest, size } of allItems(location, 'revisions', signal, page)) {
    const destroyed = floors.destructionOf(name, revision)?.tombstone === digest
    revisions.push({ revision, digest, size, ...(destroyed && { destroyed }) })
  }
  return revisions
}
