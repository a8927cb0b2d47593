import { resolveSettings, type ClientOptions } from './client-settings.js'
import type { CommitmentPolicyName } from '../materials/commitment-policy.js'
import { decryptMessage, type DecryptOutput } from './decrypt.js'
import type { DecryptOptions } from './decrypt-options.js'
import { encryptMessage, type EncryptOutput } from './encrypt.js'
import type { EncryptOptions } from './encrypt-options.js'
import type { MaterialsSource } from '../materials/ask-for-materials.js'

/**
 * Seals and opens messages of the AWS Encryption SDK; arguments and results are those of client-node. The functions
 * may be taken apart: `const { encrypt, decrypt } = buildClient()`.
 */
export interface Client {
  /**
   * Seal `plaintext` under any keyring or materials manager.
   * Errors: INVALID_ARGUMENT, INVALID_CONTEXT, SUITE_NOT_ALLOWED, MESSAGE_UNSUPPORTED, MESSAGE_TOO_LARGE,
   * KEYRING_INVALID, DATA_KEY_NOT_WRAPPED (`cause` is what the keyring threw), NO_DATA_KEY.
   */
  readonly encrypt: (
    keyring: MaterialsSource,
    plaintext: Uint8Array | string,
    options?: EncryptOptions,
  ) => Promise<EncryptOutput>

  /**
   * Open a sealed message. Nothing is returned before all of it is authentic.
   * Errors: INVALID_ARGUMENT, MESSAGE_TRUNCATED, MESSAGE_TRAILING_BYTES, MESSAGE_NOT_CANONICAL, MESSAGE_UNSUPPORTED,
   * MESSAGE_TOO_LARGE, SUITE_NOT_ALLOWED, HEADER_UNAUTHENTIC, FRAME_UNAUTHENTIC, FRAME_OUT_OF_ORDER,
   * COMMITMENT_MISMATCH, SIGNATURE_INVALID, KEYRING_INVALID, DATA_KEY_NOT_UNWRAPPED (`cause` is what the keyring
   * threw), NO_DATA_KEY (none of its data keys is for this keyring).
   */
  readonly decrypt: (
    keyring: MaterialsSource,
    message: Uint8Array | string,
    options?: DecryptOptions,
  ) => Promise<DecryptOutput>
}

/**
 * A client for one commitment policy and one set of limits. It has no state to close.
 * Throws INVALID_ARGUMENT.
 */
export function buildClient(policyOrOptions?: CommitmentPolicyName | ClientOptions): Client {
  const settings = resolveSettings(policyOrOptions)
  return {
    // Written out, so that no further argument (a fixed message id) ever gets through.
    encrypt: (keyring, plaintext, options) => encryptMessage(settings, keyring, plaintext, options),
    decrypt: (keyring, message, options) => decryptMessage(settings, keyring, message, options),
  }
}
