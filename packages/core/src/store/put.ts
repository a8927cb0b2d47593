import { checkName, checkRevision } from '../backend/entry-name.js'
import type { Backend, Slot } from '../backend/backend.js'
import { StoreError } from '../errors.js'
import { ask } from './ask.js'
import { commitAtArbiter } from './commit-at-arbiter.js'
import { replicate } from './copies.js'
import { undestroyed } from './destroyed-error.js'
import { doubtTip } from './doubt-tip.js'
import { describeError } from './failure-log.js'
import type { Floor } from './floors.js'
import { judgeContradiction } from './judge-contradiction.js'
import type { StoreParts } from './parts.js'
import { plaintextSource, type PlaintextSource } from './plaintext-source.js'
import { checkPutOptions, type PutRequest } from './put-options.js'
import { damagedCopy } from './read-copy.js'
import { incomplete, receiptOf, type Receipt } from './receipt.js'
import { recognise } from './recognise.js'
import { seal, type Sealed } from './seal.js'
import type { Plaintext, PutOptions } from './store.js'

/** See Store.put. */
export async function put(
  parts: StoreParts,
  name: string,
  plaintext: Plaintext,
  options: PutOptions = {},
): Promise<Receipt> {
  checkName(name)
  const request = checkPutOptions(options, parts.locations.length)
  const source = plaintextSource(plaintext)
  const closed = await parts.manifests.openForWriting(request.signal)
  const { slot, sealed } = await commit(parts, name, source, request)
  try {
    return await spread(parts, slot, sealed, closed, request)
  } finally {
    await sealed.release()
  }
}

/** From the arbiter to the other locations. */
async function spread(
  parts: StoreParts,
  slot: Slot,
  { blob, missingKeys }: Sealed,
  closed: ReadonlyMap<Backend, unknown>,
  request: PutRequest,
): Promise<Receipt> {
  parts.floors.raise(slot.name, { revision: slot.revision, digest: blob.digest })
  const { copies, failures } = await replicate(parts, slot, blob, closed, request.signal)
  const stored = 1 + copies.filter(({ outcome }) => outcome === 'stored').length
  const arbiterCopy = { location: parts.arbiter.id, outcome: 'stored' } as const
  const receipt = receiptOf(parts, slot, blob, request.requestId, true, [arbiterCopy, ...copies], missingKeys)
  if (stored >= request.copies) return receipt
  throw incomplete(receipt, `${stored} of ${request.copies} copies are confirmed`, failures.cause())
}

/** A revision of ours at the arbiter: made now, or recognised. */
async function commit(
  parts: StoreParts,
  name: string,
  plaintext: PlaintextSource,
  request: PutRequest,
): Promise<{ slot: Slot; sealed: Sealed }> {
  const { signal } = request
  let lost: Floor | undefined
  let searched = 0
  let search = request.recognise
  for (let attempt = 1; attempt <= parts.maxAttempts; attempt++) {
    const tip = await latestAtArbiter(parts, name, lost, signal)
    if (search) {
      const own = await recognise(parts, name, { tip, above: searched }, plaintext, request)
      if (own) return own
      searched = tip.revision
    }
    checkIfRevision(request, name, tip)
    const slot = { name, revision: tip.revision + 1 }
    checkRevision(slot.revision)
    const previous = tip.revision === 0 ? undefined : tip.digest
    const binding = { ...slot, previous, requestId: request.requestId }
    const sealed = await seal(parts, plaintext, request.context, binding, signal)
    const other = await committed(parts, slot, sealed, request)
    if (other === undefined) return { slot, sealed }
    lost = { revision: slot.revision, digest: other.digest }
    if (other.doubtful && !search) {
      search = true
      // What this put has written is no older than its first attempt.
      searched = Math.max(searched, slot.revision - 1)
    }
    if (plaintext.kind === 'once') throw spent(name, lost)
    // What another writer made is the latest now: with `ifRevision` the next check says CONFLICT.
  }
  throw new StoreError(
    'CONFLICT',
    `Other writers of ${JSON.stringify(name)} were faster ${parts.maxAttempts} times: put it again later.`,
    { details: { name, latest: lost } },
  )
}

/** Create what was sealed; `undefined`, or the blob that was faster. What isn't needed is released. */
async function committed(
  parts: StoreParts,
  slot: Slot,
  sealed: Sealed,
  request: PutRequest,
): Promise<{ readonly digest: string; readonly doubtful?: true } | undefined> {
  const { blob } = sealed
  let ours = false
  try {
    const result = await commitAtArbiter(parts, slot, blob, request.signal)
    if (result.outcome === 'unknown') throw unknown(parts, slot, sealed, request, result.error)
    ours = result.outcome === 'committed'
    return result.outcome === 'lost' ? result : undefined
  } finally {
    if (!ours) await sealed.release()
  }
}

function spent(name: string, latest: Floor): StoreError {
  return new StoreError(
    'CONFLICT',
    `Another writer of ${JSON.stringify(name)} was faster, and the stream can't be read again to be sealed anew: put a ` +
      'new one, or pass a function that returns a stream. Nothing was written.',
    { details: { name, latest } },
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
  // What this store object learns while it waits for the answer contradicts no answer.
  const floor = parts.floors.of(name)
  const stat = await ask(arbiter, 'latest', signal, () => arbiter.latest(name, { signal }))
  if (!lost && !floor) await doubtTip(parts, name, stat, signal)
  const tip = { revision: stat?.revision ?? 0, digest: stat?.digest ?? '' }
  if (floor) await checkFloor(parts, name, floor, tip, signal)
  return lost && lost.revision > tip.revision ? lost : tip
}

async function checkFloor(
  parts: StoreParts,
  name: string,
  floor: Floor,
  tip: Floor,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (tip.revision > floor.revision) return
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
  const contradiction = await judgeContradiction(parts, { name, revision }, floor.digest, signal)
  if (contradiction === 'damaged') throw damagedCopy(parts.arbiter, { name, revision })
  if (contradiction === 'another')
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
  { blob, missingKeys }: Sealed,
  request: PutRequest,
  cause: unknown,
): StoreError {
  const copy = { location: parts.arbiter.id, outcome: 'unknown', ...describeError(cause) } as const
  const receipt = receiptOf(parts, slot, blob, request.requestId, 'unknown', [copy], missingKeys)
  return incomplete(receipt, 'the arbiter did not confirm the revision', cause)
}
