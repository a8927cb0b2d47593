import { EnvelopeError } from '../errors.js'
import type { AlgorithmSuite } from './algorithm-suites.js'
import type { EncryptionContext } from './encryption-context.js'

/** data-format/message-header.md#supported-content-types */
export const contentTypes = { unframed: 1, framed: 2 } as const
export type ContentType = keyof typeof contentTypes

/** One entry of data-format/message-header.md#encrypted-data-key-entries. */
export interface DataKeyEntry {
  readonly providerId: string
  readonly providerInfo: Uint8Array
  readonly ciphertext: Uint8Array
}

export interface ParsedHeader {
  readonly suite: AlgorithmSuite
  readonly messageId: Buffer
  readonly encryptionContext: EncryptionContext
  readonly dataKeys: readonly DataKeyEntry[]
  readonly contentType: ContentType
  readonly frameLength: number
  readonly commitKey: Buffer
  /** The header body as it stood in the message: what the tag authenticates. A copy, as `tag` is. */
  readonly body: Buffer
  readonly tag: Buffer
  /** Bytes of body and tag together. */
  readonly length: number
}

export interface HeaderFields {
  readonly suite: AlgorithmSuite
  readonly messageId: Uint8Array
  /** As `serializeContext` gives it. */
  readonly serializedContext: Uint8Array
  readonly dataKeys: readonly DataKeyEntry[]
  readonly frameLength: number
  readonly commitKey: Uint8Array
}

/** data-format/message-header.md#header-body-version-20: version, suite, message id. */
export const messageIdOffset = 3
export const messageIdLength = 32

/** Throws MESSAGE_TOO_LARGE (client-apis/client.md#maximum-number-of-encrypted-data-keys). */
export function checkDataKeyCount(count: number, maximum: number | false): void {
  if (maximum !== false && count > maximum) {
    throw new EnvelopeError(
      'MESSAGE_TOO_LARGE',
      `The message has ${count} encrypted data keys; maxEncryptedDataKeys is ${maximum}`,
    )
  }
}
