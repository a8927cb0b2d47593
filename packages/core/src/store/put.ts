import { checkName, checkRevision } from '../backend/entry-name.js'
import type { SealedBlob, Slot } from '../backend/backend.js'
import { StoreError } from '../errors.js'
import { acceptDestruction } from './accept-destruction.js'
import { ask } from './ask.js'
import { commitAtArbiter } from './commit-at-arbiter.js'
import { replicate } from './copies.js'
import { undestroyed } from './destroyed-error.js'
import { doubtTip } from './doubt-tip.js'
import { describeError } from './failure-log.js'
import type { Floor } from './floors.js'
import type { StoreParts } from './parts.js'
import { checkPutOptions, plaintextBytes, type PutRequest } from './put-options.js'
import { incomplete, receiptOf, type Receipt } from './receipt.js'
import { recognise } from './recognise.js'
import { seal } from './seal.js'
import type { PutOptions } from './store.js'

/** See Store.put. */
export async function put(
  parts: StoreParts,
  name: string,
  plaintext: Uint8Array | string,
  options: PutOptions = {},
): Promise<Receipt> {
  checkName(name)
  const request = checkPutOptions(options, parts.locations.length)
  const bytes = plaintextBytes(plaintext)
  const closed = await parts.manifests.openForWriting(request.signal)
  const { slot, blob } = await commit(parts, name, bytes, request)
  parts.floors.raise(name, { revision: slot.revision, digest: blob.digest })
  const { copies, failures } = await replicate(parts, slot, blob, closed, request.signal)
  const stored = 1 + copies.filter(({ outcome }) => outcome === 'stored').length
  const arbiterCopy = { location: parts.arbiter.id, outcome: 'stored' } as const
  const receipt = receiptOf(parts, slot, blob, request.requestId, true, [arbiterCopy, ...copies])
  if (stored >= request.copies) return receipt
  throw incomplete(receipt, `${stored} of ${request.copies} copies are confirmed`, failures.cause())
}

/** A revision of ours at the arbiter: made now, or recognised. */
async function commit(
  parts: StoreParts,
  name: string,
  plaintext: Uint8Array,
  request: PutRequest,
): Promise<{ slot: Slot; blob: SealedBlob }> {
  const { signal } = request
  let lost: Floor | undefined
  let searched = 0
  for (let attempt = 1; attempt <= parts.maxAttempts; attempt++) {
    const tip = await latestAtArbiter(parts, name, lost, signal)
    if (request.recognise) {
      const own = await recognise(parts, name, { from: tip.revision, above: searched }, plaintext, request)
      if (own) return own
      searched = tip.revision
    }
    checkIfRevision(request, name, tip)
    const slot = { name, revision: tip.revision + 1 }
    checkRevision(slot.revision)
    const previous = tip.revision === 0 ? undefined : tip.digest
    const blob = await seal(parts, plaintext, request.context, {
      ...slot,
      previous,
      requestId: request.requestId,
    })
    const result = await commitAtArbiter(parts, slot, blob, signal)
    if (result.outcome === 'committed') return { slot, blob }
    if (result.outcome === 'unknown') throw unknown(parts, slot, blob, request, result.error)
    lost = { revision: slot.revision, digest: result.digest }
    // What another writer made is the latest now: with `ifRevision` the next check says CONFLICT.
  }
  throw new StoreError(
    'CONFLICT',
    `Other writers of ${JSON.stringify(name)} were faster ${parts.maxAttempts} times: put it again later.`,
    { details: { name, latest: lost } },
  )
}

/** The latest revision at the arbiter; revision 0 when there is none. */
async function latestAtArbiter(
  parts: StoreParts,
  name: string,
  lost: Floor | undefined,
  signal: AbortSignal | undefined,
): Promise<Floor> {
  const { arbiter } = parts
  const stat = await ask(arbiter, 'latest', signal, () => arbiter.latest(name, { signal }))
  if (!lost && !parts.floors.of(name)) await doubtTip(parts, name, stat, signal)
  const tip = { revision: stat?.revision ?? 0, digest: stat?.digest ?? '' }
  await checkFloor(parts, name, tip, signal)
  return lost && lost.revision > tip.revision ? lost : tip
}

async function checkFloor(
  parts: StoreParts,
  name: string,
  tip: Floor,
  signal: AbortSignal | undefined,
): Promise<void> {
  const floor = parts.floors.of(name)
  if (!floor || tip.revision > floor.revision) return
  const details = { name, arbiter: parts.arbiter.id, latest: tip, seen: floor }
  if (tip.revision < floor.revision)
    throw new StoreError(
      'ARBITER_BEHIND',
      `The arbiter "${details.arbiter}" is at revision ${tip.revision} of ${JSON.stringify(name)}, but revision ` +
        `${floor.revision} was seen: it was rolled back or restored. Run verify and repair; nothing was written.`,
      { details },
    )
  if (tip.digest === floor.digest) return
  const { revision } = tip
  if (parts.floors.destructionOf(name, revision)?.destroyed === tip.digest)
    throw undestroyed(parts, { name, revision }, tip.digest)
  if (!(await acceptDestruction(parts, { name, revision }, floor.digest, signal)))
    throw new StoreError(
      'TAMPERED',
      `The arbiter "${details.arbiter}" now has another blob as revision ${tip.revision} of ` +
        `${JSON.stringify(name)} than the one that was seen. Nothing was written.`,
      { details },
    )
}

function checkIfRevision({ ifRevision }: PutRequest, name: string, tip: Floor): void {
  if (!ifRevision) return
  if (ifRevision.revision === tip.revision && (tip.revision === 0 || ifRevision.digest === tip.digest)) return
  throw new StoreError(
    'CONFLICT',
    `${JSON.stringify(name)} is at revision ${tip.revision}, not at ${ifRevision.revision} as ifRevision says: ` +
      'read it again and decide anew. Nothing was written.',
    { details: { name, latest: tip } },
  )
}

function unknown(
  parts: StoreParts,
  slot: Slot,
  blob: SealedBlob,
  request: PutRequest,
  cause: unknown,
): StoreError {
  const copy = { location: parts.arbiter.id, outcome: 'unknown', ...describeError(cause) } as const
  const receipt = receiptOf(parts, slot, blob, request.requestId, 'unknown', [copy])
  return incomplete(receipt, 'the arbiter did not confirm the revision', cause)
}
