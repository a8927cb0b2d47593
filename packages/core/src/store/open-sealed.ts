import type { SealedBlob, Slot } from '../backend/backend.js'
import { open, type Authentic } from './open.js'
import { openMessage } from './open-message.js'
import type { StoreParts } from './parts.js'

/** Bytes of a sealed blob up to which it is held in memory as a whole, which is faster than as a stream. */
export const wholeUpTo = 8 * 1024 * 1024

/**
 * Open a blob to its end, a large one in constant memory. `each` is given every piece of the plaintext; none of it counts before
 * this has resolved. Fails as `open` does, or with what the blob's stream fails with.
 */
export async function openSealed(
  parts: StoreParts,
  slot: Slot,
  blob: SealedBlob,
  signal: AbortSignal | undefined,
  each?: (piece: Uint8Array) => void,
): Promise<Authentic> {
  if (blob.size <= wholeUpTo) {
    const opened = await open(parts, slot, await blob.bytes(), signal)
    each?.(opened.plaintext)
    return opened
  }
  const message = await openMessage(parts, slot, blob.stream(), signal)
  try {
    for await (const piece of message.plaintext) each?.(piece)
  } finally {
    message.close()
  }
  return { context: message.context, binding: message.binding }
}
