import type { SealedBlob, Slot } from '../backend/backend.js'
import { openBlob } from './committed.js'
import type { Authentic } from './open.js'
import { readCopy } from './read-copy.js'
import type { NameRepair } from './repair-run.js'

/** Why the arbiter was not written to. */
export const needsKey = {
  reason: 'the arbiter is written to only with the key, which could not be had',
  needsKey: true,
} as const
/** Why a blob is spread no further: its tombstone was made or opened by this store object, and is gone. */
export const wasDestroyed = 'it was destroyed: destroy it again'

/** A blob at a replica that opens, and so names its slot, and what it follows. */
export interface Candidate {
  readonly digest: string
  readonly blob: SealedBlob
  readonly opened: Authentic
}

export interface Candidates {
  /** Distinct blobs that open, without those that a tombstone has destroyed which is among them, or was seen before. */
  readonly opening: readonly Candidate[]
  /** Some blob was not judged, because its data key could not be had. */
  readonly keyMissing: boolean
  /** Some blob opens, and is known to be destroyed. */
  readonly destroyed: boolean
  /** Some replica that has one could not be read. */
  readonly unread: boolean
}

/** The blobs that replicas hold in a slot, and perhaps one that the arbiter does, opened. */
export async function candidatesFor(
  { run, holdings }: NameRepair,
  slot: Slot,
  own?: SealedBlob,
): Promise<Candidates> {
  const opening: Candidate[] = []
  const judged = new Set<string>()
  let keyMissing = false
  let unread = false
  const judge = async (blob: SealedBlob): Promise<void> => {
    if (judged.has(blob.digest)) return
    judged.add(blob.digest)
    const opened = await openBlob(run, slot, blob)
    if ('failed' in opened) keyMissing ||= opened.failed === 'no key'
    else opening.push({ digest: blob.digest, blob, opened })
  }
  if (own) await judge(own)
  for (const replica of run.parts.replicas) {
    if (!holdings.get(replica)?.has(slot.revision)) continue
    try {
      const copy = await readCopy(replica, slot, run.signal)
      if (copy) await judge(copy.blob)
    } catch (error) {
      run.signal?.throwIfAborted()
      unread = true
      run.failures.add(replica, 'read', error)
    }
  }
  const seen = run.parts.floors.destructionOf(slot.name, slot.revision)?.destroyed
  const gone = new Set([seen, ...opening.map(({ opened }) => opened.binding.destroyed)])
  const left = opening.filter(({ digest }) => !gone.has(digest))
  return { opening: left, keyMissing, destroyed: left.length < opening.length, unread }
}
