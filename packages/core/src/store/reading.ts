import type { Backend, Slot, SlotStat } from '../backend/backend.js'
import { BackendError, EnvelopeError, StoreError } from '../errors.js'
import { ask } from './ask.js'
import type { Binding } from './binding.js'
import { wrongCopy } from './copies.js'
import { failureLog, type FailureLog } from './failure-log.js'
import type { Floor } from './floors.js'
import { hedged } from './hedged.js'
import { heedAnyTombstone } from './heed-tombstone.js'
import { destroyedError } from './destroyed-error.js'
import type { MessageStream } from './message-stream.js'
import type { Opened } from './open.js'
import type { StoreParts } from './parts.js'
import { readWhole } from './read-whole.js'
import { destructionIn } from './tombstone.js'
import { refusesBytes } from './refuses-bytes.js'

/** A copy that opened: authentic, and bound to the name and revision that were asked for. */
export interface Served extends Opened {
  readonly location: Backend
  readonly revision: number
  readonly digest: string
}

/** A copy that was found and may be opened. */
export interface FoundCopy {
  readonly blob: { readonly digest: string }
  /** False when the bytes are known to be others than its record speaks of. */
  readonly intact: boolean
  /** Copies with one identity open alike. */
  readonly identity: string
  open(): Promise<Opened>
  /** What its header claims, before it is opened; `undefined` too where it is too large for a tombstone. */
  claims(): Promise<Binding | undefined>
  /** Instead of `open`. */
  drop?(): void
}

/** Finds a location's copy; `undefined` when the slot is empty. */
export type CopyReader = (
  run: Reading,
  location: Backend,
  slot: Slot,
  signal: AbortSignal | undefined,
) => Promise<FoundCopy | undefined>

/** What one `get` has learnt so far. */
export interface Reading {
  readonly parts: StoreParts
  readonly name: string
  readonly floor: Floor | undefined
  readonly signal: AbortSignal | undefined
  readonly failures: FailureLog
  readonly read: CopyReader
  /** Why blobs did not open, by identity: the same bytes from elsewhere would not open either. */
  readonly refused: Map<string, unknown>
  /** Copies that were tried (`keyOf`) … */
  readonly tried: Set<string>
  /** … and those among them whose bytes turned out to be damaged or not authentic. */
  readonly damaged: Set<string>
  /** First failure to get a data key for intact bytes: no copy's fault. */
  keyFailure: { readonly error: unknown } | undefined
}

export function reading(
  parts: StoreParts,
  name: string,
  signal: AbortSignal | undefined,
  read = readWhole,
): Reading {
  return {
    parts,
    name,
    floor: parts.floors.of(name),
    signal,
    failures: failureLog(),
    read,
    refused: new Map(),
    tried: new Set(),
    damaged: new Set(),
    keyFailure: undefined,
  }
}

/** A location's latest revision; `undefined` (and a failure in the log) when it can't be asked. */
export async function askLatest(
  run: Reading,
  location: Backend,
  signal = run.signal,
): Promise<{ readonly tip: SlotStat | undefined } | undefined> {
  try {
    return { tip: await ask(location, 'latest', signal, () => location.latest(run.name, { signal })) }
  } catch (error) {
    signal?.throwIfAborted()
    run.failures.add(location, 'latest', error)
    return undefined
  }
}

/** The first answer of the nearest location that has one; a slow one is not waited for alone. */
export function nearest(
  run: Reading,
  call: (location: Backend, signal: AbortSignal) => Promise<Served | undefined>,
): Promise<Served | undefined> {
  const { locations, hedgeAfter: after } = run.parts
  const onSlow = (location: Backend): void => run.failures.add(location, 'get', slowCopy(run, location))
  const onLate = ({ message }: Served): void => message?.close()
  return hedged(locations, { after, signal: run.signal, onSlow, onLate }, call)
}

function slowCopy({ name, parts }: Reading, location: Backend): StoreError {
  return new StoreError(
    'COPY_SLOW',
    `"${location.id}" had not answered for ${JSON.stringify(name)} when another location did.`,
    { details: { location: location.id, name, hedgeAfter: parts.hedgeAfter } },
  )
}

/**
 * Open one location's copy of a revision. `undefined`, and a failure in the log, when it can't be served from
 * here; each copy is tried at most once. With `digest`, a copy of another blob is passed over, and may be tried
 * again later without it. Rejects with DESTROYED as soon as a tombstone of the revision opens, or has opened before: what
 * other locations may still hold is not looked for.
 */
export async function tryCopy(
  run: Reading,
  location: Backend,
  revision: number,
  { digest, signal = run.signal }: { digest?: string | undefined; signal?: AbortSignal | undefined } = {},
): Promise<Served | undefined> {
  const key = keyOf(location, revision)
  const known = run.parts.floors.destructionOf(run.name, revision)
  if (known) throw destroyedError({ name: run.name, revision }, known, run.failures)
  if (run.tried.has(key)) return undefined
  try {
    const copy = await run.read(run, location, { name: run.name, revision }, signal)
    const another = copy?.intact && digest !== undefined && copy.blob.digest !== digest
    if (another && !(await mayDestroy(copy, digest))) {
      copy.drop?.()
      run.failures.add(location, 'read', wrongCopy(location, { name: run.name, revision }, copy))
      return undefined
    }
    run.tried.add(key)
    return await openCopy(run, location, revision, copy, signal)
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof StoreError && error.code === 'DESTROYED') throw error
    run.tried.add(key)
    if (isDamage(error)) run.damaged.add(key)
    run.failures.add(location, error instanceof BackendError ? error.operation : 'open', error)
    return undefined
  }
}

async function openCopy(
  run: Reading,
  location: Backend,
  revision: number,
  copy: FoundCopy | undefined,
  signal: AbortSignal | undefined,
): Promise<Served> {
  const slot = { name: run.name, revision }
  if (!copy?.intact) {
    copy?.drop?.()
    throw wrongCopy(location, slot, copy)
  }
  const { digest } = copy.blob
  const identity = `${revision} ${copy.identity}`
  try {
    const unseen = floorDigestError(run, location, revision, digest)
    if (unseen && !(await mayDestroy(copy, run.floor?.digest))) throw unseen
    const known = run.refused.get(identity)
    if (known) throw known
  } catch (error) {
    copy.drop?.()
    throw error
  }
  try {
    const opened = await copy.open()
    const claimed = destructionIn(digest, opened)
    if (claimed) {
      const destruction = { ...claimed, tombstone: await confirmed(digest, opened.message) }
      run.parts.floors.destroyed(run.name, revision, destruction)
      throw destroyedError(slot, destruction, run.failures)
    }
    return { ...opened, location, revision, digest }
  } catch (error) {
    if (error instanceof StoreError && error.code === 'DESTROYED') throw error
    // An abort says nothing about the bytes or the keyring.
    signal?.throwIfAborted()
    run.refused.set(identity, error)
    // Whether bytes can be read, and are authentic, doesn't depend on the keyring; everything else is the keyring's word.
    const ofTheCopy = [EnvelopeError, StoreError, BackendError].some((kind) => error instanceof kind)
    if (!ofTheCopy) run.keyFailure ??= { error }
    throw error
  }
}

/** The digest of a tombstone whose header was opened, once all of it has proved authentic, as it is remembered for good. */
async function confirmed(digest: string, message: MessageStream | undefined): Promise<string> {
  if (!message) return digest
  const pieces = message.message.plaintext[Symbol.asyncIterator]()
  try {
    // Of content, which a tombstone has none of, nothing is wanted.
    while ((await pieces.next()).done !== true);
  } finally {
    message.close()
  }
  return message.source.digest
}

/** Whether a copy claims to be a tombstone of the blob: worth opening it. */
async function mayDestroy(copy: FoundCopy, digest: string | undefined): Promise<boolean> {
  return digest !== undefined && (await copy.claims())?.destroyed === digest
}

function floorDigestError(
  run: Reading,
  location: Backend,
  revision: number,
  digest: string,
): StoreError | undefined {
  if (revision !== run.floor?.revision || digest === run.floor.digest) return undefined
  return new StoreError(
    'TAMPERED',
    `"${location.id}" holds another blob as revision ${revision} of ${JSON.stringify(run.name)} than the one seen.`,
    { details: { location: location.id, name: run.name, revision, digest, seen: run.floor.digest } },
  )
}

/**
 * Open a revision from the nearest location that can. With `digest`, the arbiter's word, a copy of another blob is
 * served only after the arbiter's own copy turned out to be damaged: then its record proves nothing. Nor does it say any
 * more whether the revision was destroyed, so that a tombstone anywhere is looked for first.
 */
export async function tryRevision(
  run: Reading,
  revision: number,
  digest?: string,
): Promise<Served | undefined> {
  const served = await nearest(run, (location, signal) =>
    tryCopy(run, location, revision, { digest, signal }),
  )
  if (served) return served
  if (digest === undefined || !run.damaged.has(keyOf(run.parts.arbiter, revision))) return undefined
  await heedAnyTombstone(run, revision)
  return tryRevision(run, revision)
}

function isDamage(error: unknown): boolean {
  if (error instanceof BackendError) return error.code === 'BLOB_DAMAGED'
  if (refusesBytes(error)) return true
  if (error instanceof EnvelopeError) return error.code !== 'MESSAGE_TOO_LARGE'
  return error instanceof StoreError && error.code === 'BINDING_MISMATCH'
}

/** Of a copy in `tried` and `damaged`. */
export function keyOf(location: Backend, revision: number): string {
  return `${revision} ${location.id}`
}
