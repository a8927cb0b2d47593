import { createHash } from 'node:crypto'
import type { Backend, Slot } from '../backend/backend.js'
import { dropBody, giveUp } from '../backend/give-up.js'
import { ask } from './ask.js'
import type { BlobSupply } from './blob-supply.js'
import { wrongCopy } from './copies.js'
import { damagedCopy } from './read-copy.js'
import { readStored } from './read-stored.js'

/** A location's bytes of a blob, all of them or the rest, and what its record says of the whole. */
export interface Source {
  readonly location: Backend
  readonly digest: string
  readonly size: number
  readonly body: AsyncIterable<Uint8Array>
}

/** What is wanted of a location. */
export interface Wanted {
  /** First byte. */
  readonly offset: number
  /** Of the blob, where only one will do. */
  readonly digest?: string | undefined
  /** Likewise. */
  readonly size?: number
}

/** Ask a location for the bytes of a slot. Rejects with why it doesn't have them. */
export async function bytesFrom(
  location: Backend,
  slot: Slot,
  { offset, digest, size }: Wanted,
  signal: AbortSignal,
): Promise<Source> {
  const ranged = offset > 0 && location.capabilities.range
  const range = ranged ? { start: offset, end: size ?? Number.MAX_SAFE_INTEGER } : undefined
  const stored = await readStored(location, slot, { signal, range })
  if (!stored) throw wrongCopy(location, slot, undefined)
  if (stored.digest !== (digest ?? stored.digest) || stored.size !== (size ?? stored.size)) {
    dropBody(stored)
    throw wrongCopy(location, slot, { intact: true })
  }
  const body = ranged || offset === 0 ? stored.body : after(stored.body, offset)
  return { location, digest: stored.digest, size: stored.size, body }
}

async function* after(body: AsyncIterable<Uint8Array>, offset: number): AsyncGenerator<Uint8Array> {
  let left = offset
  for await (const piece of body) {
    const rest = piece.subarray(left)
    left -= piece.byteLength - rest.byteLength
    if (rest.byteLength > 0) yield rest
  }
}

interface BlobBytesOptions {
  readonly slot: Slot
  readonly supply: BlobSupply
  readonly signal: AbortSignal
}

/**
 * All bytes of a blob, from one location and, where that fails, the rest from another one that has the same digest. Fails with
 * BLOB_DAMAGED when they turn out not to be those of the digest, with a location's BackendError when none is left, or the
 * signal's reason.
 */
export async function* blobBytes(
  first: Source,
  { slot, supply, signal }: BlobBytesOptions,
): AsyncGenerator<Uint8Array> {
  const { digest, size } = first
  const hash = createHash('sha256')
  let source = first
  let offset = 0
  for (;;) {
    const { location, body } = source
    const pieces = body[Symbol.asyncIterator]()
    const next = async (): Promise<Uint8Array | undefined> => {
      const { value, done } = await ask(location, 'read', signal, () => pieces.next())
      const end = offset + (done === true ? 0 : value.byteLength)
      if (done === true ? end < size : end > size) throw damagedCopy(location, slot)
      return done === true ? undefined : value
    }
    let failed: { readonly error: unknown } | undefined
    try {
      // Not `for await`: what the reader throws into this generator is no failure of the location.
      for (;;) {
        const piece = await next().catch((error: unknown) => ({ error }))
        signal.throwIfAborted()
        if (!piece || 'error' in piece) {
          failed = piece
          break
        }
        offset += piece.byteLength
        hash.update(piece)
        yield piece
      }
    } finally {
      giveUp(pieces)
    }
    if (!failed) break
    supply.giveUp(location, failed.error)
    source = await supply.another({ offset, digest, size }, failed.error)
  }
  if (hash.digest('hex') !== digest) throw damagedCopy(source.location, slot)
}
