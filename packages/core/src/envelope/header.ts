import { EnvelopeError } from '../errors.js'
import type { AlgorithmSuite } from '../materials/algorithm-suites.js'
import type { DataKeyEntry } from '../materials/data-key-entry.js'
import type { EncryptionContext } from '../materials/encryption-context.js'

/** data-format/message-header.md#supported-content-types */
export const contentTypes = { unframed: 1, framed: 2 } as const
export type ContentType = keyof typeof contentTypes

export interface ParsedHeader {
  readonly suite: AlgorithmSuite
  readonly messageId: Buffer
  /** The pairs that are stored. */
  readonly encryptionContext: EncryptionContext
  /** Views of `body`. */
  readonly dataKeys: readonly DataKeyEntry[]
  readonly contentType: ContentType
  /** 0 in an unframed message. */
  readonly frameLength: number
  /** Commit key; empty where the suite doesn't commit. */
  readonly commitKey: Buffer
  /** The header body as it stood in the message: what the tag authenticates. A copy, as `iv` and `tag` are. */
  readonly body: Buffer
  /** Of the header tag: zero in format 2, which stores none. */
  readonly iv: Buffer
  readonly tag: Buffer
  /** Stored IV and tag, as they stand behind the body. */
  readonly authentication: Buffer
  /** Bytes of body and authentication together. */
  readonly length: number
}

export interface HeaderFields {
  readonly suite: AlgorithmSuite
  readonly messageId: Uint8Array
  /** As `serializeContext` gives it. */
  readonly serializedContext: Uint8Array
  readonly dataKeys: readonly DataKeyEntry[]
  readonly contentType: ContentType
  readonly frameLength: number
  readonly commitKey: Uint8Array
}

/** What differs between the header bodies of data-format/message-header.md#header-body-version-10 and -20. */
export interface HeaderLayout {
  /** Version, in format 1 also the type, and suite: where the message id begins. */
  readonly messageIdOffset: number
  readonly messageIdLength: number
  /** Between content type and frame length: reserved bytes and IV length. */
  readonly middle: Buffer
  /** Bytes of the IV in front of the header tag. */
  readonly storedIvLength: number
}

/** data-format/message-header.md#supported-types: customer authenticated encrypted data. */
export const messageType = 0x80

export const headerLayouts: Readonly<Record<1 | 2, HeaderLayout>> = {
  1: {
    messageIdOffset: 4,
    messageIdLength: 16,
    middle: Buffer.from([0, 0, 0, 0, 12]),
    storedIvLength: 12,
  },
  2: { messageIdOffset: 3, messageIdLength: 32, middle: Buffer.alloc(0), storedIvLength: 0 },
}

/** Throws MESSAGE_TOO_LARGE (client-apis/client.md#maximum-number-of-encrypted-data-keys). */
export function checkDataKeyCount(count: number, maximum: number | false): void {
  if (maximum !== false && count > maximum) {
    throw new EnvelopeError(
      'MESSAGE_TOO_LARGE',
      `The message has ${count} encrypted data keys; maxEncryptedDataKeys is ${maximum}`,
    )
  }
}

/** What the header tag authenticates: the header body and, behind it, the pairs that are not stored. */
export function headerAad(body: Buffer, unstoredContext: Buffer): Buffer {
  return unstoredContext.length === 0 ? body : Buffer.concat([body, unstoredContext])
}
