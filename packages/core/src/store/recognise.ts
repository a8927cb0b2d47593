import { timingSafeEqual } from 'node:crypto'
import { sealedBlob } from '../backend/sealed-blob.js'
import type { SealedBlob, Slot } from '../backend/backend.js'
import { EnvelopeError, StoreError } from '../errors.js'
import { inspect } from '../envelope/index.js'
import { ask } from './ask.js'
import { readBinding } from './binding.js'
import { findBytes } from './copies.js'
import { destroyedError } from './destroyed-error.js'
import { failureLog } from './failure-log.js'
import { open, type Opened } from './open.js'
import type { StoreParts } from './parts.js'
import type { PutRequest } from './put-options.js'
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
  plaintext: Uint8Array,
  request: PutRequest,
): Promise<{ slot: Slot; blob: SealedBlob } | undefined> {
  const last = Math.max(range.above, range.from - recognitionWindow)
  for (let revision = range.from; revision > last; revision--) {
    const slot = { name, revision }
    const bytes = await committedBytes(parts, slot, request.signal)
    if (!bytes) continue
    const opened = await openOwn(parts, slot, bytes, request.requestId)
    if (!opened) continue
    if (!sameContent(opened, plaintext, request.context))
      throw new StoreError(
        'CONFLICT',
        `Request "${request.requestId}" wrote other content as revision ${revision} of ${JSON.stringify(name)}: ` +
          'use a new requestId for new content. Nothing was written.',
        { details: { ...slot, requestId: request.requestId } },
      )
    return { slot, blob: sealedBlob(bytes) }
  }
  return undefined
}

async function committedBytes(
  parts: StoreParts,
  slot: Slot,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | undefined> {
  const { arbiter } = parts
  const stat = await ask(arbiter, 'stat', signal, () => arbiter.stat(slot, { signal }))
  if (!stat) return undefined
  const failures = failureLog()
  const copy = await findBytes(parts, slot, stat.digest, failures, signal)
  if (copy) return copy.bytes
  throw undecidable(slot, failures.cause())
}

/** The revision, opened, when its context names the request. */
async function openOwn(
  parts: StoreParts,
  slot: Slot,
  bytes: Uint8Array,
  requestId: string,
): Promise<Opened | undefined> {
  try {
    const claims = readBinding(inspect(bytes).encryptionContext)
    const writtenBy = claims?.destroyed === undefined ? claims?.requestId : claims.destroyedRequest
    if (writtenBy !== requestId) return undefined
    const opened = await open(parts, slot, bytes)
    const destruction = destructionIn(sealedBlob(bytes).digest, opened)
    if (destruction) throw destroyedError(slot, destruction)
    return opened
  } catch (error) {
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

function sameContent(
  opened: Opened,
  plaintext: Uint8Array,
  context: Readonly<Record<string, string>>,
): boolean {
  const pairs = Object.entries(context)
  return (
    opened.plaintext.byteLength === plaintext.byteLength &&
    timingSafeEqual(opened.plaintext, plaintext) &&
    pairs.length === Object.keys(opened.context).length &&
    pairs.every(([key, value]) => opened.context[key] === value)
  )
}
