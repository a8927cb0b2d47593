import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { buildClient, type MessageHeader } from '../envelope/index.js'
import { callerContext, checkBinding } from './binding.js'
import { checkSuite, type Authentic } from './open.js'
import type { StoreParts } from './parts.js'
import type { Slot } from '../backend/backend.js'

/** A sealed message whose header was authenticated and belongs where it was found; its body is still to come. */
export interface OpenMessage extends Authentic {
  /** Whether another one is the same message: with this id and commitment only who has its data key could make another. */
  isSame(other: OpenMessage): boolean
  /** Message id and key commitment. */
  readonly identity: Uint8Array
  /**
   * Each piece is authentic. Nothing is complete before the end: only there is the signature verified, and known that
   * nothing is missing. Fails with what `pieces` fail with, or an EnvelopeError.
   */
  readonly plaintext: AsyncIterable<Buffer>
  /** Stop, wherever it stands. Safe to repeat. */
  close(): void
}

/**
 * Open a message from the pieces of its bytes, in constant memory. Resolves when the header is authentic. Fails with the errors
 * of `open`, what `pieces` fail with, or the signal's reason.
 */
export async function openMessage(
  parts: StoreParts,
  slot: Slot,
  pieces: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<OpenMessage> {
  const client = buildClient('REQUIRE_ENCRYPT_REQUIRE_DECRYPT')
  const opening = client.decryptStream(parts.keyring, { ...(signal && { signal }) })
  const header = new Promise<MessageHeader>((resolve, reject) => {
    opening.once('MessageHeader', resolve)
    // For good: what happens later is told to whoever reads, who may not be there yet.
    opening.on('error', reject)
  })
  // Its failure is the stream's, too.
  pipeline(Readable.from(pieces, { objectMode: false }), opening).catch(() => undefined)
  try {
    const { suiteId, encryptionContext, messageId, ...rest } = await header
    checkSuite(parts, suiteId)
    const { name, revision } = slot
    const binding = checkBinding(encryptionContext, { store: parts.id, name, revision })
    const commitment = 'suiteData' in rest ? rest.suiteData : new Uint8Array()
    const identity = Buffer.concat([messageId, commitment])
    return {
      context: callerContext(encryptionContext),
      binding,
      identity,
      isSame: (other) => Buffer.compare(identity, other.identity) === 0,
      plaintext: opening,
      close: () => void opening.destroy(),
    }
  } catch (error) {
    opening.destroy()
    signal?.throwIfAborted()
    throw error
  }
}
