import { createHash } from 'node:crypto'
import type { Backend, Slot, StoredBlob } from '../backend/backend.js'
import { ask } from './ask.js'
import { wrongCopy } from './copies.js'
import { checkSize, damagedCopy } from './read-copy.js'

/** One blob that several locations may hold. */
export interface Sought {
  readonly slot: Slot
  readonly digest: string
  readonly size: number
}

/** What is left of a body when its first bytes were had from somewhere else, perhaps. */
export interface Source {
  readonly location: Backend
  readonly body: AsyncIterable<Uint8Array>
}

/** What a location says when it is asked for a blob: the rest of its bytes from `offset`. Rejects with why it has none. */
export async function bytesFrom(
  location: Backend,
  { slot, digest, size }: Sought,
  offset: number,
  signal: AbortSignal,
): Promise<Source> {
  const ranged = offset > 0 && location.capabilities.range
  const range = ranged ? { start: offset, end: size } : undefined
  const stored = await ask(location, 'read', signal, () =>
    location.read(slot, { signal, ...(range && { range }) }),
  )
  if (!stored) throw wrongCopy(location, slot, undefined)
  try {
    checkSize(location, stored)
    if (stored.digest !== digest || stored.size !== size) throw wrongCopy(location, slot, { intact: true })
  } catch (error) {
    dropBody(stored)
    throw error
  }
  return { location, body: ranged || offset === 0 ? stored.body : after(stored.body, offset) }
}

/** A body that nobody will read. */
export function dropBody({ body }: Pick<StoredBlob, 'body'>): void {
  void Promise.resolve(body[Symbol.asyncIterator]().return?.()).catch(() => undefined)
}

async function* after(body: AsyncIterable<Uint8Array>, offset: number): AsyncGenerator<Uint8Array> {
  let left = offset
  for await (const piece of body) {
    if (piece.byteLength > left) yield piece.subarray(left)
    left = Math.max(0, left - piece.byteLength)
  }
}

export interface MessageBytesOptions {
  readonly sought: Sought
  readonly signal: AbortSignal
  /** Another source for the bytes from `offset`, when a location has failed; rejects when there is none. */
  readonly next: (failed: Source, error: unknown, offset: number) => Promise<Source>
}

/**
 * All bytes of a blob, from one location and, where that fails, the rest from another one. Fails with BLOB_DAMAGED when
 * they are not those of the digest in the end.
 */
export async function* messageBytes(
  first: Source,
  { sought, signal, next }: MessageBytesOptions,
): AsyncGenerator<Uint8Array> {
  const { digest, size, slot } = sought
  const hash = createHash('sha256')
  let source = first
  let offset = 0
  for (;;) {
    const pieces = source.body[Symbol.asyncIterator]()
    const { location } = source
    const take = async (): Promise<{ piece?: Uint8Array } | { error: unknown }> => {
      try {
        const { value, done } = await ask(location, 'read', signal, () => pieces.next())
        if (done === true) return offset === size ? {} : { error: damagedCopy(location, slot) }
        return offset + value.byteLength > size ? { error: damagedCopy(location, slot) } : { piece: value }
      } catch (error) {
        signal.throwIfAborted()
        return { error }
      }
    }
    let failure: { readonly error: unknown } | undefined
    try {
      for (;;) {
        const taken = await take()
        if ('error' in taken) {
          failure = taken
          break
        }
        if (!taken.piece) break
        offset += taken.piece.byteLength
        hash.update(taken.piece)
        yield taken.piece
      }
    } finally {
      void Promise.resolve(pieces.return?.()).catch(() => undefined)
    }
    if (!failure) break
    source = await next(source, failure.error, offset)
  }
  if (hash.digest('hex') !== digest) throw damagedCopy(source.location, slot)
}
