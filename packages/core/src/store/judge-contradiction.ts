import type { Slot } from '../backend/backend.js'
import { BackendError, EnvelopeError, StoreError } from '../errors.js'
import type { StoreParts } from './parts.js'
import { openSealed } from './open-sealed.js'
import { readCopy, type Copy } from './read-copy.js'
import { refusesBytes } from './refuses-bytes.js'
import { sameMessage } from './same-message.js'
import { claimsOf, destructionIn } from './tombstone.js'

/**
 * What it means that the arbiter has other bytes in a slot than were seen there. `destroyed`: an authentic tombstone for what
 * was seen (or another tombstone for what was seen destroyed), which is remembered. `damaged`: nobody can open it, or could
 * when the arbiter was asked before: a repair has restored it since. `another`: a blob that nobody should have put there.
 */
export type Contradiction = 'destroyed' | 'damaged' | 'another'

/** Fails with the arbiter's BackendError, or where it may be a tombstone with the keyring's error: nobody can tell then. */
export async function judgeContradiction(
  parts: StoreParts,
  slot: Slot,
  seen: string,
  signal: AbortSignal | undefined,
): Promise<Contradiction> {
  const { arbiter, floors } = parts
  const copy = await readCopy(arbiter, slot, signal).catch((error: unknown) => {
    if (error instanceof BackendError && error.code === 'BLOB_DAMAGED') return 'damaged' as const
    throw error
  })
  if (copy === 'damaged') return copy
  if (!copy?.intact || copy.blob.digest === seen) return 'damaged'
  try {
    const found = destructionIn(copy.blob.digest, await openSealed(parts, slot, copy.blob, signal))
    const known = floors.destructionOf(slot.name, slot.revision)
    if (!found || ![seen, known?.destroyed].includes(found.destroyed)) return 'another'
    floors.destroyed(slot.name, slot.revision, found)
    return 'destroyed'
  } catch (error) {
    signal?.throwIfAborted()
    // The blob of another slot was put there by somebody.
    if (error instanceof StoreError || isUnsigned(error)) return 'another'
    if (error instanceof EnvelopeError || refusesBytes(error)) return 'damaged'
    if (error instanceof BackendError) throw error
    if (await wasSeen(parts, slot, seen, copy, signal)) return 'damaged'
    if ((await claimsOf(copy.blob))?.destroyed !== undefined) throw error
    return 'another'
  }
}

/** Every reader could have made it. */
function isUnsigned(error: unknown): boolean {
  return error instanceof EnvelopeError && error.code === 'SUITE_NOT_ALLOWED'
}

/** Whether a replica has the message that was seen, of which this is another state: not every keyring tells damage from a lock. */
async function wasSeen(
  { replicas }: StoreParts,
  slot: Slot,
  seen: string,
  { blob }: Copy,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  for (const replica of replicas) {
    try {
      const copy = await readCopy(replica, slot, signal)
      if (copy?.blob.digest === seen) return await sameMessage(blob, copy.blob)
    } catch {
      signal?.throwIfAborted()
    }
  }
  return false
}
