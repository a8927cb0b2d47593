import { InputError } from '../errors.js'
import type { EncryptionContext } from '../materials/encryption-context.js'
import type { ClientSettings } from './client-settings.js'

export interface DecryptStreamOptions {
  /** Bytes that one frame may have; beyond is MESSAGE_TOO_LARGE. Default: the client's `maxFrameLength`. */
  readonly maxBodySize?: number
  /**
   * Pairs that the message must be authentic under, stored in it or not (client-apis/decrypt.md#encryption-context).
   * Default none. CONTEXT_NOT_REPRODUCED where one contradicts the message.
   */
  readonly encryptionContext?: EncryptionContext
  /** Ends the work with the signal's reason. */
  readonly signal?: AbortSignal
}

export interface DecryptOptions extends DecryptStreamOptions {
  /** Encoding of a message that is a string, e.g. 'base64'. Default 'utf8', as in client-node. */
  readonly encoding?: BufferEncoding
}

/** Bytes of content that a frame may have. 0 is no limit of its own, as in client-node. Throws INVALID_ARGUMENT. */
export function maxContentLength(
  { maxBodySize }: DecryptStreamOptions,
  { maxFrameLength }: ClientSettings,
): number {
  if (maxBodySize && typeof maxBodySize !== 'number') {
    throw new InputError('INVALID_ARGUMENT', 'maxBodySize must be a number of bytes')
  }
  return maxBodySize || maxFrameLength
}
