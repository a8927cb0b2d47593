import type { Backend, SealedBlob, Slot, SlotStat } from '../backend/backend.js'
import { BackendError, EnvelopeError, StoreError } from '../errors.js'
import { ask } from './ask.js'
import type { Authentic } from './open.js'
import { openSealed } from './open-sealed.js'
import type { StoreParts } from './parts.js'
import { requestForm } from './put-options.js'
import { readCopy } from './read-copy.js'
import { refusesBytes } from './refuses-bytes.js'
import { sameMessage } from './same-message.js'
import { claimsOf, destructionIn, type Epitaph } from './tombstone.js'

/** What the arbiter holds in a slot that shall be destroyed. */
export type Judged =
  /** It is destroyed: this is its tombstone. */
  | { readonly state: 'destroyed'; readonly tombstone: SealedBlob; readonly destroyed: string }
  /** A tombstone exists at a replica: the arbiter's was damaged, or the arbiter rolled back. */
  | {
      readonly state: 'elsewhere'
      readonly versionToken: string
      readonly tombstone: SealedBlob
      readonly destroyed: string
    }
  | {
      readonly state: 'blob'
      readonly versionToken: string
      readonly epitaph: Omit<Epitaph, 'requestId'>
    }

interface Found {
  readonly blob: SealedBlob
  readonly versionToken: string
  readonly opened?: Authentic
  /** The data key can't be had. */
  readonly keyFailure?: unknown
}

/**
 * Look at a slot of the arbiter before it is destroyed: what does the blob follow, and which digest would a later revision
 * have named? A blob that opens says so itself. Of one that doesn't, other copies, the revisions beside it and the arbiter's
 * record say it: what nobody can read must be destroyable too. Fails with the keyring's error where a blob claims to be a
 * tombstone and can't be opened, and with UNREADABLE when nobody can tell what it follows.
 */
export async function judgeSlot(
  parts: StoreParts,
  slot: Slot,
  stat: SlotStat,
  signal: AbortSignal | undefined,
): Promise<Judged> {
  const { arbiter, replicas } = parts
  const own = await look(parts, arbiter, slot, signal)
  const versionToken = own?.versionToken ?? stat.versionToken
  if (own?.opened) {
    const destruction = destructionIn(own.blob.digest, own.opened)
    if (destruction) return { state: 'destroyed', tombstone: own.blob, destroyed: destruction.destroyed }
    return { state: 'blob', versionToken, epitaph: epitaphOf(own.blob.digest, own.opened) }
  }
  const claims = own && (await claimsOf(own.blob))
  if (own?.keyFailure !== undefined && claims?.destroyed !== undefined) throw own.keyFailure

  const away: string[] = []
  const others: Required<Pick<Found, 'blob' | 'opened'>>[] = []
  for (const replica of replicas) {
    const found = await lookIfAble(parts, replica, slot, signal)
    if (found === 'away') {
      away.push(replica.id)
      continue
    }
    if (!found?.opened) continue
    const { blob, opened } = found
    const destruction = destructionIn(blob.digest, opened)
    if (destruction)
      return { state: 'elsewhere', versionToken, tombstone: blob, destroyed: destruction.destroyed }
    if (!others.some((other) => other.blob.digest === blob.digest)) others.push({ blob, opened })
  }
  // Perhaps damage is why the key can't be had: not every keyring can tell the two apart.
  const locked = own?.keyFailure !== undefined
  const named = await namedByNext(parts, slot, signal)
  const twin =
    others.find(({ blob }) => blob.digest === (named ?? stat.digest)) ??
    (named === undefined && others.length === 1 && (!locked || (await sameMessage(own.blob, others[0]!.blob)))
      ? others[0]
      : undefined)
  if (twin) return { state: 'blob', versionToken, epitaph: epitaphOf(twin.blob.digest, twin.opened) }
  // Damage that a service attests changed the recorded digest as well; whoever is away may hold the blob, or its tombstone.
  const recordFails = own !== undefined && !locked && own.blob.digest === stat.digest
  if (recordFails && named === undefined && away.length > 0)
    throw unreadable(slot, `${away.join(', ')} can't be asked`)
  const claimed = claims?.name === slot.name && claims.revision === slot.revision ? claims : undefined
  return {
    state: 'blob',
    versionToken,
    epitaph: {
      destroyed: named ?? stat.digest,
      previous: slot.revision === 1 ? undefined : await before(parts, slot, claimed?.previous, signal),
      // Nobody vouches for it: not of any length may it be sealed.
      destroyedRequest: claimed && requestForm.test(claimed.requestId) ? claimed.requestId : undefined,
    },
  }
}

function epitaphOf(digest: string, { binding }: Authentic): Omit<Epitaph, 'requestId'> {
  return { destroyed: digest, previous: binding.previous, destroyedRequest: binding.requestId }
}

/** A location's bytes, opened if they can be; `undefined` when the location itself calls them damaged, or has none. */
async function look(
  parts: StoreParts,
  location: Backend,
  slot: Slot,
  signal: AbortSignal | undefined,
): Promise<Found | undefined> {
  const copy = await readCopy(location, slot, signal).catch((error: unknown) => {
    if (error instanceof BackendError && error.code === 'BLOB_DAMAGED') return undefined
    throw error
  })
  if (!copy) return undefined
  const { blob } = copy
  const found = { blob, versionToken: copy.stat.versionToken }
  try {
    return { ...found, opened: await openSealed(parts, slot, blob, signal) }
  } catch (error) {
    signal?.throwIfAborted()
    const atFault = error instanceof EnvelopeError || error instanceof StoreError || refusesBytes(error)
    return atFault ? found : { ...found, keyFailure: error }
  }
}

/** The same of a location that need not answer: then `away`. */
async function lookIfAble(
  parts: StoreParts,
  location: Backend,
  slot: Slot,
  signal: AbortSignal | undefined,
): Promise<Found | 'away' | undefined> {
  try {
    return await look(parts, location, slot, signal)
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof BackendError) return 'away'
    throw error
  }
}

/** The digest that the arbiter's next revision, if it opens, names. */
async function namedByNext(
  parts: StoreParts,
  { name, revision }: Slot,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const next = await look(parts, parts.arbiter, { name, revision: revision + 1 }, signal)
  return next?.opened?.binding.previous
}

/** The digest of the revision before, by the first location that has one; only otherwise what the damaged blob claims. */
async function before(
  parts: StoreParts,
  { name, revision }: Slot,
  claimed: string | undefined,
  signal: AbortSignal | undefined,
): Promise<string> {
  const slot = { name, revision: revision - 1 }
  for (const location of [parts.arbiter, ...parts.replicas]) {
    const stat = await ask(location, 'stat', signal, () => location.stat(slot, { signal })).catch(
      (error: unknown) => {
        if (location === parts.arbiter || !(error instanceof BackendError)) throw error
        return undefined
      },
    )
    if (stat) return stat.digest
  }
  if (claimed !== undefined) return claimed
  throw unreadable(slot, 'no location has the one before')
}

function unreadable({ name, revision }: Slot, why: string): StoreError {
  return new StoreError(
    'UNREADABLE',
    `Revision ${revision} of ${JSON.stringify(name)} can't be read, and ${why}: nobody can tell which blob it was and what ` +
      'it follows. Run repair first; nothing was written.',
    { details: { name, revision } },
  )
}
