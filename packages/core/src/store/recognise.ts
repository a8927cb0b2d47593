import { collect } from '../backend/collect.js'
import type { Backend, SealedBlob, Slot, SlotStat } from '../backend/backend.js'
import { EnvelopeError, StoreError } from '../errors.js'
import { defaultLimits, inspectHeader } from '../envelope/index.js'
import { ask } from './ask.js'
import { readBinding, type Binding } from './binding.js'
import { findBytes } from './copies.js'
import { destroyedError } from './destroyed-error.js'
import { failureLog } from './failure-log.js'
import type { Floor } from './floors.js'
import type { Authentic } from './open.js'
import { openSealed, wholeUpTo } from './open-sealed.js'
import type { StoreParts } from './parts.js'
import { plaintextHash, type PlaintextSource } from './plaintext-source.js'
import type { PutRequest } from './put-options.js'
import type { Sealed } from './seal.js'
import { startOf } from './start-of.js'
import { destructionIn } from './tombstone.js'

/** How many revisions below the latest one are searched for a request that was sent before. */
export const recognitionWindow = 16

/**
 * The revision that the same request wrote before, searched from the latest revision downward. The context in the header,
 * readable without a key, is the filter where the chain vouches for the blob: it has the digest that the arbiter answered, or
 * that the revision above names. Opening the blob is the proof. Fails with CONFLICT when the
 * request was used for another plaintext or context, DESTROYED when its revision was destroyed since, UNREADABLE when a revision that could be the one can't be
 * read anywhere, and with the keyring's error when the proof can't be had: then nothing may be written either.
 */
export async function recognise(
  parts: StoreParts,
  name: string,
  { tip, above }: { readonly tip: Floor; readonly above: number },
  source: PlaintextSource,
  request: PutRequest,
): Promise<{ slot: Slot; sealed: Sealed } | undefined> {
  const last = Math.max(above, tip.revision - recognitionWindow)
  let expected: string | undefined = tip.digest
  for (let revision = tip.revision; revision > last; revision--) {
    const slot = { name, revision }
    const found = await lookAt(parts, slot, expected, request)
    expected = found?.previous
    if (!found?.own) continue
    const { blob, opened, plaintext } = found.own
    const same =
      samePairs(request.context, opened.context) && (await plaintext.isThatOf(source, request.signal))
    if (!same)
      throw new StoreError(
        'CONFLICT',
        `Request "${request.requestId}" wrote other content as revision ${revision} of ${JSON.stringify(name)}: ` +
          'use a new requestId for new content. Nothing was written.',
        { details: { ...slot, requestId: request.requestId } },
      )
    return { slot, sealed: { blob, release: () => Promise.resolve() } }
  }
  return undefined
}

interface Looked {
  /** The digest that it names of the revision before. */
  readonly previous: string | undefined
  /** Set when the request wrote it. */
  readonly own?: Own
}

interface Own {
  readonly blob: SealedBlob
  readonly opened: Authentic
  readonly plaintext: ReturnType<typeof plaintextHash>
}

/** A revision of the arbiter; `undefined` when it has none there. */
async function lookAt(
  parts: StoreParts,
  slot: Slot,
  expected: string | undefined,
  request: PutRequest,
): Promise<Looked | undefined> {
  const { arbiter } = parts
  const { requestId, signal } = request
  const stat = await ask(arbiter, 'stat', signal, () => arbiter.stat(slot, { signal }))
  if (!stat) return undefined
  // Damage that a service attests changes the recorded digest as well, and may have changed the request in the header.
  const isOfAnother = (claims: Binding): boolean =>
    expected !== undefined &&
    [stat.digest, claims.destroyed].includes(expected) &&
    writerOf(claims) !== requestId
  const large = await claimsOfLarge(arbiter, stat, signal)
  if (large && isOfAnother(large)) return { previous: large.previous }
  const failures = failureLog()
  const copy = await findBytes(parts, slot, stat.digest, failures, signal)
  if (!copy) throw undecidable(slot, failures.cause())
  return openUnless(isOfAnother, parts, slot, copy.blob, request)
}

/**
 * What the header of a large blob, read alone, claims. Only where the service attests what it holds: elsewhere the header
 * proves nothing before the whole blob was compared with its digest.
 */
async function claimsOfLarge(
  arbiter: Backend,
  stat: SlotStat,
  signal: AbortSignal | undefined,
): Promise<Binding | undefined> {
  if (!stat.attested || !arbiter.capabilities.range || stat.size <= wholeUpTo) return undefined
  const { name, revision } = stat
  const range = { start: 0, end: defaultLimits.maxHeaderLength }
  const bytes = await ask(arbiter, 'read', signal, async () => {
    const stored = await arbiter.read({ name, revision }, { signal, range })
    return stored && collect(stored.body)
  })
  if (!bytes) return undefined
  try {
    return readBinding(inspectHeader(bytes).encryptionContext)
  } catch {
    // Whether it is damaged, the whole blob must say.
    return undefined
  }
}

/** The request that wrote a revision, also when a tombstone stands in its place. */
function writerOf({ destroyed, destroyedRequest, requestId }: Binding): string | undefined {
  return destroyed === undefined ? requestId : destroyedRequest
}

/** A revision, opened unless its header already shows that another request wrote it; with what its plaintext is. */
async function openUnless(
  isOfAnother: (claims: Binding) => boolean,
  parts: StoreParts,
  slot: Slot,
  blob: SealedBlob,
  { requestId, signal }: PutRequest,
): Promise<Looked> {
  try {
    const claims = readBinding(
      inspectHeader(await startOf(blob, defaultLimits.maxHeaderLength)).encryptionContext,
    )
    if (claims && isOfAnother(claims)) return { previous: claims.previous }
    const plaintext = plaintextHash()
    const opened = await openSealed(parts, slot, blob, signal, (piece) => plaintext.update(piece))
    const { binding } = opened
    if (writerOf(binding) !== requestId) return { previous: binding.previous }
    const destruction = destructionIn(blob.digest, opened)
    if (destruction) throw destroyedError(slot, destruction)
    return { previous: binding.previous, own: { blob, opened, plaintext } }
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof StoreError && error.code === 'DESTROYED') throw error
    if (error instanceof EnvelopeError || error instanceof StoreError) throw undecidable(slot, error)
    throw error
  }
}

function undecidable(slot: Slot, cause: unknown): StoreError {
  const details = { name: slot.name, revision: slot.revision }
  return new StoreError(
    'UNREADABLE',
    `Revision ${slot.revision} of ${JSON.stringify(slot.name)} can't be read, so that nobody can tell whether this ` +
      'request wrote it. Repair it, or put without a requestId. Nothing was written.',
    { cause, details },
  )
}

function samePairs(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const pairs = Object.entries(one)
  return pairs.length === Object.keys(other).length && pairs.every(([key, value]) => other[key] === value)
}
