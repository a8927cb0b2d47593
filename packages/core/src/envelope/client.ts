import type { Duplex } from 'node:stream'
import type { MaterialsSource } from '../materials/materials-source.js'
import type { CommitmentPolicyName } from '../materials/commitment-policy.js'
import { resolveSettings, type ClientOptions } from './client-settings.js'
import { decryptMessage, type DecryptOutput } from './decrypt.js'
import type { DecryptOptions, DecryptStreamOptions } from './decrypt-options.js'
import { decryptReadable } from './decrypt-readable.js'
import { decryptStream } from './decrypt-stream.js'
import { encryptMessage, type EncryptOutput } from './encrypt.js'
import type { EncryptOptions, EncryptStreamOptions } from './encrypt-options.js'
import { encryptReadable } from './encrypt-readable.js'
import { encryptStream } from './encrypt-stream.js'
import { isReadable } from './read-source.js'

/** What can be sealed or opened: bytes, text (see `encoding`), or a stream of either, which is read to its end. */
export type Input = Uint8Array | string | NodeJS.ReadableStream

/**
 * Seals and opens messages of the AWS Encryption SDK; arguments and results are those of client-node. The functions
 * may be taken apart: `const { encrypt, decrypt } = buildClient()`.
 */
export interface Client {
  /**
   * Seal `plaintext` under any keyring or materials manager.
   * Errors: INVALID_ARGUMENT, INVALID_CONTEXT, SUITE_NOT_ALLOWED, MESSAGE_TOO_LARGE,
   * KEYRING_INVALID, DATA_KEY_NOT_WRAPPED (`cause` is what the keyring threw), NO_DATA_KEY.
   */
  readonly encrypt: (
    keyring: MaterialsSource,
    plaintext: Input,
    options?: EncryptOptions,
  ) => Promise<EncryptOutput>

  /**
   * Open a sealed message. Nothing is returned before all of it is authentic.
   * Errors: INVALID_ARGUMENT, MESSAGE_TRUNCATED, MESSAGE_TRAILING_BYTES, MESSAGE_NOT_CANONICAL, MESSAGE_UNSUPPORTED,
   * MESSAGE_TOO_LARGE, SUITE_NOT_ALLOWED, HEADER_UNAUTHENTIC, FRAME_UNAUTHENTIC, FRAME_OUT_OF_ORDER,
   * COMMITMENT_MISMATCH, SIGNATURE_INVALID, CONTEXT_NOT_REPRODUCED, INVALID_CONTEXT, KEYRING_INVALID, DATA_KEY_NOT_UNWRAPPED (`cause` is what the keyring
   * threw), NO_DATA_KEY (none of its data keys is for this keyring).
   */
  readonly decrypt: (
    keyring: MaterialsSource,
    message: Input,
    options?: DecryptOptions,
  ) => Promise<DecryptOutput>

  /**
   * A Duplex that seals what is written to it. Emits 'MessageHeader' with the header, once, before any data. The
   * materials are asked for at once; where `anyOf` did without a keyring, 'MissingKeys' comes before it, with the list. Memory is constant: a frame and a few buffers, whatever the length.
   * Throws INVALID_ARGUMENT, SUITE_NOT_ALLOWED, KEYRING_INVALID, MESSAGE_TOO_LARGE; every other failure of `encrypt`
   * is its 'error'.
   */
  readonly encryptStream: (keyring: MaterialsSource, options?: EncryptStreamOptions) => Duplex

  /**
   * A Duplex that opens what is written to it. Emits 'MessageHeader' once, when the header is authentic. Every piece
   * that it gives is authentic; that nothing is missing, and that the signature of a signed message fits, is known
   * only at its 'end'. The last frame of a signed message is held back until then.
   * Throws INVALID_ARGUMENT; every other failure of `decrypt` is its 'error'.
   */
  readonly decryptStream: (keyring: MaterialsSource, options?: DecryptStreamOptions) => Duplex

  /** The same, but a signed message is refused with SUITE_NOT_ALLOWED before any keyring is asked. */
  readonly decryptUnsignedMessageStream: (keyring: MaterialsSource, options?: DecryptStreamOptions) => Duplex
}

/**
 * A client for one commitment policy and one set of limits. It has no state to close.
 * Throws INVALID_ARGUMENT.
 */
export function buildClient(policyOrOptions?: CommitmentPolicyName | ClientOptions): Client {
  const settings = resolveSettings(policyOrOptions)
  return {
    // Written out, so that no further argument (a fixed message id) ever gets through.
    encrypt: (keyring, plaintext, options) =>
      isReadable(plaintext)
        ? encryptReadable(settings, keyring, plaintext, options)
        : encryptMessage(settings, keyring, plaintext, options),
    decrypt: (keyring, message, options) =>
      isReadable(message)
        ? decryptReadable(settings, keyring, message, options)
        : decryptMessage(settings, keyring, message, options),
    encryptStream: (keyring, options) => encryptStream(settings, keyring, options),
    decryptStream: (keyring, options) => decryptStream(settings, keyring, options),
    decryptUnsignedMessageStream: (keyring, options) =>
      decryptStream(settings, keyring, options, { unsignedOnly: true }),
  }
}
