import type { Backend, SlotStat } from '../backend/backend.js'
import { askAll, type Answer } from './ask.js'
import type { FailureLog } from './failure-log.js'
import { entryNames } from './names.js'
import { allItems } from './pages.js'
import type { StoreParts } from './parts.js'
import { wholeUpTo } from './open-sealed.js'
import { blobAt, readCopy, type Copy } from './read-copy.js'
import { BackendError } from '../errors.js'

/** What a location's own records say that it holds of a name. */
export type Holding = ReadonlyMap<number, SlotStat>

/**
 * Every name that a location lists. The replicas' failures go into the log; without the arbiter's names nothing
 * can be compared, so its failure rejects. The names are held in memory.
 */
export async function namesAnywhere(
  parts: StoreParts,
  prefix: string | undefined,
  failures: FailureLog,
  signal: AbortSignal | undefined,
): Promise<Set<string>> {
  const listNames = async (location: Backend) => {
    const names: string[] = []
    for await (const name of entryNames(location, prefix, signal)) names.push(name)
    return names
  }
  const [committed, others] = await Promise.all([
    listNames(parts.arbiter),
    askAll(parts.replicas, 'names', signal, listNames),
  ])
  const union = new Set(committed)
  for (const [location, answer] of others)
    if ('error' in answer) failures.add(location, 'names', answer.error)
    else for (const name of answer.value) union.add(name)
  return union
}

/**
 * The revisions of a name at each location. The replicas are asked before the arbiter: what was committed while
 * we were asking is then seen at the arbiter at least, and never looks foreign.
 */
export async function survey(
  parts: StoreParts,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Map<Backend, Answer<Holding>>> {
  const holdingAt = async (location: Backend): Promise<Holding> => {
    const stats = new Map<number, SlotStat>()
    const page = (cursor: string | undefined) => location.revisions(name, { cursor, signal })
    for await (const stat of allItems(location, 'revisions', signal, page)) stats.set(stat.revision, stat)
    return stats
  }
  const held = await askAll(parts.replicas, 'revisions', signal, holdingAt)
  for (const [location, answer] of await askAll([parts.arbiter], 'revisions', signal, holdingAt))
    held.set(location, answer)
  return held
}

/** What was found in a slot that a location lists. */
export type Examined =
  /** `bytes` is absent where the service vouches for the digest, so that nothing had to be read. */
  | {
      readonly state: 'present'
      readonly digest: string
      readonly versionToken: string
      readonly copy?: Copy
    }
  /** The location itself calls its copy damaged. */
  | { readonly state: 'damaged'; readonly versionToken: string; readonly error: BackendError }
  | { readonly state: 'missing' }
  | { readonly state: 'unreachable'; readonly error: unknown }

/** The digest of the bytes that a location holds now: its own word only where the service attests it. */
export async function examine(
  location: Backend,
  stat: SlotStat,
  signal: AbortSignal | undefined,
  needBytes = false,
): Promise<Examined> {
  const { versionToken } = stat
  if (stat.attested && !needBytes) return { state: 'present', digest: stat.digest, versionToken }
  // Hashed whenever it is read.
  if (stat.attested && stat.size > wholeUpTo) {
    const copy = { location, stat, blob: blobAt(location, stat, stat, signal), intact: true }
    return { state: 'present', digest: stat.digest, versionToken, copy }
  }
  try {
    const copy = await readCopy(location, stat, signal)
    if (!copy) return { state: 'missing' }
    return { state: 'present', digest: copy.blob.digest, versionToken: copy.stat.versionToken, copy }
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof BackendError && error.code === 'BLOB_DAMAGED')
      return { state: 'damaged', versionToken, error }
    return { state: 'unreachable', error }
  }
}

/** Whether the slot was given another blob after it was listed: what is known of the old one says nothing of it. */
export function changedSince(found: Examined, { digest }: SlotStat): boolean {
  return found.state === 'present' && found.copy !== undefined && found.copy.stat.digest !== digest
}
