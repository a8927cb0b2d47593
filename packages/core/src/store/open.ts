import type { Slot } from '../backend/backend.js'
import { EnvelopeError } from '../errors.js'
import { algorithmSuites } from '../materials/algorithm-suites.js'
import { buildClient } from '../envelope/index.js'
import { callerContext, checkBinding, type Binding } from './binding.js'
import type { StoreParts } from './parts.js'

/** A sealed blob that was authenticated and belongs where it was found. */
export interface Opened {
  readonly plaintext: Uint8Array
  /** The caller's pairs. */
  readonly context: Readonly<Record<string, string>>
  readonly binding: Binding
}

/**
 * Open a blob found at a slot. Fails with EnvelopeError (the bytes are not authentic, or not of a suite that
 * the store accepts), KeyringError (the bytes may be good, the data key could not be had), or BINDING_MISMATCH.
 */
export async function open(parts: StoreParts, slot: Slot, bytes: Uint8Array): Promise<Opened> {
  const client = buildClient('REQUIRE_ENCRYPT_REQUIRE_DECRYPT')
  const { plaintext, messageHeader } = await client.decrypt(parts.keyring, bytes)
  const { encryptionContext, suiteId } = messageHeader
  if (parts.suite === 'signed' && !algorithmSuites.get(suiteId)?.signature)
    throw new EnvelopeError(
      'SUITE_NOT_ALLOWED',
      'The entry is not signed, so that every reader could have made it; this store was opened for signed entries.',
    )
  const { name, revision } = slot
  const binding = checkBinding(encryptionContext, { store: parts.id, name, revision })
  return { plaintext, context: callerContext(encryptionContext), binding }
}
