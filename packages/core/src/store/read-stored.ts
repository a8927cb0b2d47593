import type { Backend, ByteRange, Slot, StoredBlob } from '../backend/backend.js'
import { dropBody } from '../backend/give-up.js'
import { BackendError } from '../errors.js'
import { ask } from './ask.js'

export interface ReadOptions {
  /** As long as the body is read. */
  readonly signal: AbortSignal | undefined
  /** As long as the answer is waited for, where that is another one. */
  readonly asking?: AbortSignal | undefined
  readonly range?: ByteRange | undefined
}

/**
 * Begin to read a slot; `undefined` when it is empty. The body must be consumed or dropped. Rejects as `ask` does, and with
 * BLOB_TOO_LARGE: whoever can write to a location could otherwise have a reader fill its memory.
 */
export async function readStored(
  location: Backend,
  { name, revision }: Slot,
  { signal, asking = signal, range }: ReadOptions,
): Promise<StoredBlob | undefined> {
  const read = () => location.read({ name, revision }, { signal, ...(range && { range }) })
  const stored = await ask(location, 'read', asking, read, dropBody)
  const { maxBlobBytes } = location.capabilities
  if (!stored || stored.size <= maxBlobBytes) return stored
  dropBody(stored)
  throw new BackendError(
    'BLOB_TOO_LARGE',
    `${JSON.stringify(name)} revision ${revision} at "${location.id}" has ${stored.size} bytes, the location holds up to ${maxBlobBytes}.`,
    { backend: location.id, operation: 'read' },
  )
}

/** Take in a body that was begun. Rejects as `ask` does; then nothing is read any more. */
export async function takeIn<Result>(
  location: Backend,
  stored: StoredBlob,
  signal: AbortSignal | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await ask(location, 'read', signal, work)
  } catch (error) {
    // It may have been aborted before the first piece was asked for.
    dropBody(stored)
    throw error
  }
}
