import type { Backend, SealedBlob, Slot, SlotStat } from '../backend/backend.js'
import { EnvelopeError, StoreError } from '../errors.js'
import { ask, askAll } from './ask.js'
import type { Binding } from './binding.js'
import { undestroyed } from './destroyed-error.js'
import type { Destruction } from './floors.js'
import { openSealed } from './open-sealed.js'
import type { StoreParts } from './parts.js'
import { damagedCopy, readCopy } from './read-copy.js'
import { refusesBytes } from './refuses-bytes.js'
import { sameMessage } from './same-message.js'
import { findTombstone } from './tombstone.js'

/**
 * What a process that has seen nothing of a name asks before it builds on the arbiter's latest revision: whether
 * the replicas contradict it. A replica above it that opens, and follows it, means that the arbiter was rolled back
 * (ARBITER_BEHIND), and so does a tombstone for what the arbiter still has; another blob in the same slot, that one of the two is damaged: the arbiter's, if it does not open
 * (BLOB_DAMAGED), since a revision that named damaged bytes could never be repaired. What can't be asked or
 * opened contradicts nothing.
 */
export async function doubtTip(
  parts: StoreParts,
  name: string,
  tip: SlotStat | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { arbiter, replicas } = parts
  const at = tip?.revision ?? 0
  const answers = await askAll(replicas, 'latest', signal, (replica) => replica.latest(name, { signal }))
  for (const [replica, answer] of answers) {
    const theirs = 'value' in answer ? answer.value : undefined
    if (!theirs) continue
    if (theirs.revision > at) {
      const opened = await tryOpening(parts, replica, theirs, signal)
      if (opened.state !== 'opened') continue
      if (theirs.revision === at + 1 && !(await follows(parts, opened.binding, tip, signal))) continue
      // Perhaps another writer came between the two questions.
      const now = await ask(arbiter, 'latest', signal, () => arbiter.latest(name, { signal }))
      if ((now?.revision ?? 0) < theirs.revision) throw behind(parts, name, at, replica, theirs)
    } else if (tip && theirs.revision === at && theirs.digest !== tip.digest) {
      if ((await findTombstoneAt(parts, replica, theirs, signal))?.destroyed === tip.digest) {
        // Perhaps it was destroyed between the two questions.
        const now = await ask(arbiter, 'stat', signal, () => arbiter.stat(tip, { signal }))
        if (now?.digest === tip.digest) throw undestroyed(parts, tip, tip.digest)
      } else if (await isDamaged(parts, tip, replica, theirs, signal)) throw damagedCopy(arbiter, tip)
    }
  }
}

/** Whether a blob follows the arbiter's latest revision, or what the arbiter's tombstone there has destroyed. */
async function follows(
  parts: StoreParts,
  { previous }: Binding,
  tip: SlotStat | undefined,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (!tip || previous === tip.digest) return previous === tip?.digest
  return (await findTombstoneAt(parts, parts.arbiter, tip, signal))?.destroyed === previous
}

/** A tombstone that can't be read or opened now contradicts nothing. */
async function findTombstoneAt(
  parts: StoreParts,
  location: Backend,
  slot: Slot,
  signal: AbortSignal | undefined,
): Promise<Destruction | undefined> {
  try {
    return await findTombstone(parts, location, slot, signal)
  } catch {
    signal?.throwIfAborted()
    return undefined
  }
}

/** Whether the arbiter's copy is: it does not open, for its own fault or, being the same message, where theirs does. */
async function isDamaged(
  parts: StoreParts,
  tip: SlotStat,
  replica: Backend,
  theirs: SlotStat,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const ours = await tryOpening(parts, parts.arbiter, tip, signal)
  if (ours.state !== 'unknown') return ours.state === 'damaged'
  const other = await tryOpening(parts, replica, theirs, signal)
  return other.state === 'opened' && ours.blob !== undefined && (await sameMessage(ours.blob, other.blob))
}

type Opening =
  | { readonly state: 'opened'; readonly blob: SealedBlob; readonly binding: Binding }
  | { readonly state: 'damaged' }
  /** The copy can't be read, or its data key can't be had. */
  | { readonly state: 'unknown'; readonly blob?: SealedBlob }

async function tryOpening(
  parts: StoreParts,
  location: Backend,
  stat: SlotStat,
  signal: AbortSignal | undefined,
): Promise<Opening> {
  let blob: SealedBlob | undefined
  try {
    const copy = await readCopy(location, stat, signal)
    if (!copy) return { state: 'unknown' }
    if (!copy.intact) return { state: 'damaged' }
    blob = copy.blob
    return { state: 'opened', blob, binding: (await openSealed(parts, stat, blob, signal)).binding }
  } catch (error) {
    signal?.throwIfAborted()
    const atFault = error instanceof EnvelopeError || error instanceof StoreError || refusesBytes(error)
    return atFault ? { state: 'damaged' } : { state: 'unknown', ...(blob && { blob }) }
  }
}

function behind(
  parts: StoreParts,
  name: string,
  at: number,
  replica: Backend,
  { revision, digest }: SlotStat,
): StoreError {
  const details = { name, arbiter: parts.arbiter.id, latest: at, location: replica.id, revision, digest }
  return new StoreError(
    'ARBITER_BEHIND',
    `The arbiter "${parts.arbiter.id}" is at revision ${at} of ${JSON.stringify(name)}, "${replica.id}" has revision ` +
      `${revision}, which opens: the arbiter was rolled back or restored. Run verify and repair; nothing was written.`,
    { details },
  )
}
