import type { Backend, Slot, SlotStat, StoredBlob } from '../backend/backend.js'
import { sealedBlob } from '../backend/sealed-blob.js'
import { BackendError } from '../errors.js'
import type { SealedBlob } from '../backend/backend.js'
import { ask } from './ask.js'

/** One location's bytes of a revision with what the location's own record says about them. */
export interface Copy {
  readonly location: Backend
  readonly stat: SlotStat
  /** `blob.digest` is computed over the bytes that were read. */
  readonly blob: SealedBlob
  readonly bytes: Uint8Array
  /** The bytes are those that the record speaks of. */
  readonly intact: boolean
}

/** Read a copy whole and hash it; `undefined` when the slot is empty. Rejects as `ask` does. */
export async function readCopy(
  location: Backend,
  { name, revision }: Slot,
  signal: AbortSignal | undefined,
): Promise<Copy | undefined> {
  return ask(location, 'read', signal, async () => {
    const stored = await location.read({ name, revision }, { signal })
    if (!stored) return undefined
    checkSize(location, stored)
    const bytes = await collectUpTo(location, stored)
    const blob = sealedBlob(bytes)
    const { body: _body, ...stat } = stored
    return { location, stat, blob, bytes, intact: blob.digest === stat.digest }
  })
}

/** Whoever can write to a location could otherwise have a reader fill its memory. */
function checkSize(location: Backend, { name, revision, size }: StoredBlob): void {
  const { maxBlobBytes } = location.capabilities
  if (size <= maxBlobBytes) return
  throw new BackendError(
    'BLOB_TOO_LARGE',
    `${JSON.stringify(name)} revision ${revision} at "${location.id}" has ${size} bytes, the location holds up to ${maxBlobBytes}.`,
    { backend: location.id, operation: 'read' },
  )
}

/** Fails with BLOB_DAMAGED as soon as there are more bytes than the record says: a body need not end. */
async function collectUpTo(location: Backend, stored: StoredBlob): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of stored.body) {
    size += piece.byteLength
    if (size > stored.size) throw damagedCopy(location, stored)
    pieces.push(piece)
  }
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, size)
}

/** The error of a copy whose bytes are not those of its record. */
export function damagedCopy(location: Backend, { name, revision }: Slot): BackendError {
  return new BackendError(
    'BLOB_DAMAGED',
    `The copy of ${JSON.stringify(name)} revision ${revision} at "${location.id}" is damaged: run repair.`,
    { backend: location.id, operation: 'read' },
  )
}
