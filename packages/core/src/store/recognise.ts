import { collect } from '../backend/collect.js'
import type { Backend, SealedBlob, Slot, SlotStat } from '../backend/backend.js'
import { EnvelopeError, StoreError } from '../errors.js'
import { defaultLimits, inspectHeader } from '../envelope/index.js'
import { ask } from './ask.js'
import { readBinding, type Binding } from './binding.js'
import { findBytes } from './copies.js'
import { destroyedError } from './destroyed-error.js'
import { failureLog } from './failure-log.js'
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
 * The revision that the same request wrote before, searched from the latest revision downward. The context in
 * the header, readable without a key, is the filter; opening the blob is the proof. Fails with CONFLICT when the
 * request was used for another plaintext or context, DESTROYED when its revision was destroyed since, UNREADABLE when a revision that could be the one can't be
 * read anywhere, and with the keyring's error when the proof can't be had: then nothing may be written either.
 */
export async function recognise(
  parts: StoreParts,
  name: string,
  range: { readonly from: number; readonly above: number },
  source: PlaintextSource,
  request: PutRequest,
): Promise<{ slot: Slot; sealed: Sealed } | undefined> {
  const last = Math.max(range.above, range.from - recognitionWindow)
  for (let revision = range.from; revision > last; revision--) {
    const slot = { name, revision }
    const blob = await committedBlob(parts, slot, request.requestId, request.signal)
    if (!blob) continue
    const own = await openOwn(parts, slot, blob, request)
    if (!own) continue
    const same =
      samePairs(request.context, own.opened.context) && (await own.plaintext.isThatOf(source, request.signal))
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

async function committedBlob(
  parts: StoreParts,
  slot: Slot,
  requestId: string,
  signal: AbortSignal | undefined,
): Promise<SealedBlob | undefined> {
  const { arbiter } = parts
  const stat = await ask(arbiter, 'stat', signal, () => arbiter.stat(slot, { signal }))
  if (!stat) return undefined
  if (await isOfAnother(arbiter, stat, requestId, signal)) return undefined
  const failures = failureLog()
  const copy = await findBytes(parts, slot, stat.digest, failures, signal)
  if (copy) return copy.blob
  throw undecidable(slot, failures.cause())
}

/**
 * Whether the header of a large blob, read alone, shows that another request wrote it. Only where the service attests what
 * it holds: elsewhere the header proves nothing before the whole blob was compared with its digest.
 */
async function isOfAnother(
  arbiter: Backend,
  stat: SlotStat,
  requestId: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (!stat.attested || !arbiter.capabilities.range || stat.size <= wholeUpTo) return false
  const { name, revision } = stat
  const range = { start: 0, end: defaultLimits.maxHeaderLength }
  const bytes = await ask(arbiter, 'read', signal, async () => {
    const stored = await arbiter.read({ name, revision }, { signal, range })
    return stored && collect(stored.body)
  })
  if (!bytes) return false
  try {
    const binding = readBinding(inspectHeader(bytes).encryptionContext)
    return binding !== undefined && writerOf(binding) !== requestId
  } catch {
    // Whether it is damaged, the whole blob must say.
    return false
  }
}

/** The request that wrote a revision, also when a tombstone stands in its place. */
function writerOf({ destroyed, destroyedRequest, requestId }: Binding): string | undefined {
  return destroyed === undefined ? requestId : destroyedRequest
}

/** The revision, opened, when its context names the request; with what its plaintext is. */
async function openOwn(parts: StoreParts, slot: Slot, blob: SealedBlob, { requestId, signal }: PutRequest) {
  try {
    const { encryptionContext } = inspectHeader(await startOf(blob, defaultLimits.maxHeaderLength))
    const claims = readBinding(encryptionContext)
    if (!claims || writerOf(claims) !== requestId) return undefined
    const plaintext = plaintextHash()
    const opened = await openSealed(parts, slot, blob, signal, (piece) => plaintext.update(piece))
    const destruction = destructionIn(blob.digest, opened)
    if (destruction) throw destroyedError(slot, destruction)
    return { opened, plaintext }
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
