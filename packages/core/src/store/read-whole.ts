import { createHash } from 'node:crypto'
import type { Backend, StoredBlob } from '../backend/backend.js'
import { sealedBlob } from '../backend/sealed-blob.js'
import { defaultLimits } from '../envelope/index.js'
import { EnvelopeError } from '../errors.js'
import { dropBody } from '../backend/give-up.js'
import { open, type Opened } from './open.js'
import { openMessage } from './open-message.js'
import { wholeUpTo } from './open-sealed.js'
import type { StoreParts } from './parts.js'
import { collectUpTo, damagedCopy, upTo } from './read-copy.js'
import { readStored, takeIn } from './read-stored.js'
import type { CopyReader } from './reading.js'
import { claimsOf } from './tombstone.js'

/**
 * Reads copies whose plaintext is given as a whole. A large one is opened while it is read, and left at its first false frame:
 * a location may take blobs of any size, and whoever can write to it could otherwise have a reader fill its memory.
 */
export const readWhole: CopyReader = async ({ parts }, location, slot, signal) => {
  const stored = await readStored(location, slot, { signal })
  if (!stored) return undefined
  const { digest, size } = stored
  if (size > wholeUpTo)
    return {
      blob: { digest },
      // Known in the end.
      intact: true,
      identity: `${digest} ${location.id}`,
      open: () => openWhileRead(parts, location, stored, signal),
      // Too large for a tombstone.
      claims: () => Promise.resolve(undefined),
      drop: () => dropBody(stored),
    }
  const blob = sealedBlob(await takeIn(location, stored, signal, () => collectUpTo(location, stored)))
  return {
    blob,
    intact: blob.digest === digest,
    identity: blob.digest,
    open: async () => open(parts, slot, await blob.bytes(), signal),
    claims: () => claimsOf(blob),
  }
}

async function openWhileRead(
  parts: StoreParts,
  location: Backend,
  stored: StoredBlob,
  signal: AbortSignal | undefined,
): Promise<Opened> {
  const hash = createHash('sha256')
  const held: Buffer[] = []
  async function* hashed(): AsyncGenerator<Uint8Array> {
    for await (const piece of upTo(location, stored)) {
      hash.update(piece)
      yield piece
    }
  }
  try {
    if (stored.size > defaultLimits.maxMessageLength)
      throw new EnvelopeError(
        'MESSAGE_TOO_LARGE',
        `The message exceeds ${defaultLimits.maxMessageLength} bytes`,
      )
    const message = await openMessage(parts, stored, hashed(), signal)
    try {
      for await (const piece of message.plaintext) held.push(piece)
    } finally {
      message.close()
    }
    if (hash.digest('hex') !== stored.digest) throw damagedCopy(location, stored)
    const { context, binding } = message
    return { plaintext: Buffer.concat(held), context, binding }
  } finally {
    dropBody(stored)
    for (const piece of held) piece.fill(0)
  }
}
