import type { Slot } from '../backend/backend.js'
import { EnvelopeError } from '../errors.js'
import { algorithmSuites } from '../materials/algorithm-suites.js'
import { buildClient } from '../envelope/index.js'
import { callerContext, checkBinding, type Binding } from './binding.js'
import type { MessageStream } from './message-stream.js'
import type { StoreParts } from './parts.js'

/** What a sealed blob says that was authenticated and belongs where it was found. */
export interface Authentic {
  /** The caller's pairs. */
  readonly context: Readonly<Record<string, string>>
  readonly binding: Binding
}

/** With its plaintext. */
export interface Opened extends Authentic {
  /** Empty where it comes as a stream. */
  readonly plaintext: Uint8Array
  /** Set where the plaintext comes as a stream; to be closed by whoever has it. */
  readonly message?: MessageStream
}

/**
 * Open a blob found at a slot. Fails with EnvelopeError (the bytes are not authentic, or not of a suite that
 * the store accepts), KeyringError (the bytes may be good, the data key could not be had), BINDING_MISMATCH, or the signal's
 * reason, whatever the keyring waits for.
 */
export async function open(
  parts: StoreParts,
  slot: Slot,
  bytes: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<Opened> {
  const client = buildClient('REQUIRE_ENCRYPT_REQUIRE_DECRYPT')
  const { plaintext, messageHeader } = await client.decrypt(parts.keyring, bytes, {
    ...(signal && { signal }),
  })
  const { encryptionContext, suiteId } = messageHeader
  checkSuite(parts, suiteId)
  const { name, revision } = slot
  const binding = checkBinding(encryptionContext, { store: parts.id, name, revision })
  return { plaintext, context: callerContext(encryptionContext), binding }
}

/** Fails with SUITE_NOT_ALLOWED. */
export function checkSuite({ suite }: StoreParts, suiteId: number): void {
  if (suite === 'unsigned' || algorithmSuites.get(suiteId)?.signature) return
  throw new EnvelopeError(
    'SUITE_NOT_ALLOWED',
    'The entry is not signed, so that every reader could have made it; this store was opened for signed entries.',
  )
}
