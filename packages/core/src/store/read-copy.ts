import type { Backend, SealedBlob, Slot, SlotStat, StoredBlob } from '../backend/backend.js'
import { createHash } from 'node:crypto'
import { collect } from '../backend/collect.js'
import { sealedBlob } from '../backend/sealed-blob.js'
import { BackendError } from '../errors.js'
import { wholeUpTo } from './open-sealed.js'
import { readStored, takeIn } from './read-stored.js'

/** One location's copy of a revision with what the location's own record says about it. */
export interface Copy {
  readonly location: Backend
  readonly stat: SlotStat
  /**
   * `digest` is computed over the bytes that were read. A large blob is not held: whenever its bytes are wanted, the location
   * is read anew, and must still have them (BLOB_DAMAGED).
   */
  readonly blob: SealedBlob
  /** The bytes are those that the record speaks of. */
  readonly intact: boolean
}

/**
 * Read a copy to its end and hash it, a large one in constant memory; `undefined` when the slot is empty. Rejects as
 * `ask` does.
 */
export async function readCopy(
  location: Backend,
  slot: Slot,
  signal: AbortSignal | undefined,
): Promise<Copy | undefined> {
  const stored = await readStored(location, slot, { signal })
  if (!stored) return undefined
  const { body: _body, ...stat } = stored
  return takeIn(location, stored, signal, async () => {
    const held = stored.size <= wholeUpTo
    const blob = held
      ? sealedBlob(await collectUpTo(location, stored))
      : blobAt(location, stat, await hashUpTo(location, stored), signal)
    return { location, stat, blob, intact: blob.digest === stat.digest }
  })
}

/** A blob that stays where it is, and is read there whenever its bytes are wanted: BLOB_DAMAGED where it has changed. */
export function blobAt(
  location: Backend,
  { name, revision }: Slot,
  { digest, size }: Pick<SealedBlob, 'digest' | 'size'>,
  signal: AbortSignal | undefined,
): SealedBlob {
  const slot = { name, revision }
  async function* stream(): AsyncGenerator<Uint8Array> {
    const stored = await readStored(location, slot, { signal })
    if (!stored) throw damagedCopy(location, slot)
    const hash = createHash('sha256')
    for await (const piece of upTo(location, { ...stored, size })) {
      hash.update(piece)
      yield piece
    }
    if (hash.digest('hex') !== digest) throw damagedCopy(location, slot)
  }
  return { digest, size, stream, bytes: () => collect(stream()) }
}

/** Fails with BLOB_DAMAGED as soon as there are more bytes than the record says: a body need not end. */
export async function* upTo(location: Backend, stored: StoredBlob): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const piece of stored.body) {
    size += piece.byteLength
    if (size > stored.size) throw damagedCopy(location, stored)
    yield piece
  }
}

export function collectUpTo(location: Backend, stored: StoredBlob): Promise<Uint8Array> {
  return collect(upTo(location, stored))
}

async function hashUpTo(location: Backend, stored: StoredBlob): Promise<{ digest: string; size: number }> {
  const hash = createHash('sha256')
  let size = 0
  for await (const piece of upTo(location, stored)) {
    hash.update(piece)
    size += piece.byteLength
  }
  return { digest: hash.digest('hex'), size }
}

/** The error of a copy whose bytes are not those of its record. */
export function damagedCopy(location: Backend, { name, revision }: Slot): BackendError {
  return new BackendError(
    'BLOB_DAMAGED',
    `The copy of ${JSON.stringify(name)} revision ${revision} at "${location.id}" is damaged: run repair.`,
    { backend: location.id, operation: 'read' },
  )
}
