import { EncryptedDataKey } from '@aws-crypto/material-management-node'
import { ivLength, type AlgorithmSuite } from '../materials/algorithm-suites.js'
import { encryptedDataKey } from '../materials/aws-materials.js'
import type { DataKeyEntry } from '../materials/data-key-entry.js'
import type { EncryptionContext } from '../materials/encryption-context.js'
import { contentTypes, messageType, type ContentType } from './header.js'

interface AnyMessageHeader {
  /** Id of the algorithm suite, e.g. 0x0478 (committing, unsigned), 0x0578 (committing, signed). */
  readonly suiteId: number
  readonly messageId: Uint8Array
  /** All pairs that are authenticated, those that the header doesn't store included. */
  readonly encryptionContext: EncryptionContext
  /** Those that the class can hold: entries with an empty field are left out. */
  readonly encryptedDataKeys: readonly EncryptedDataKey[]
  /** 2: framed, 1: unframed. */
  readonly contentType: 1 | 2
  /** Bytes of plaintext in each frame but the last; 0 in an unframed message. */
  readonly frameLength: number
}

/** The header of a message of format 1 as `@aws-crypto/client-node` reports it (its MessageHeaderV1). */
export interface MessageHeaderV1 extends AnyMessageHeader {
  readonly version: 1
  readonly type: 128
  /** Bytes. */
  readonly headerIvLength: 12
}

/** The header of a message of format 2 as `@aws-crypto/client-node` reports it (its MessageHeaderV2). */
export interface MessageHeaderV2 extends AnyMessageHeader {
  readonly version: 2
  /** The commit key. */
  readonly suiteData: Uint8Array
}

export type MessageHeader = MessageHeaderV1 | MessageHeaderV2

interface MessageHeaderFields {
  readonly suite: AlgorithmSuite
  readonly messageId: Uint8Array
  readonly dataKeys: readonly DataKeyEntry[]
  readonly contentType: ContentType
  readonly frameLength: number
  readonly commitKey: Uint8Array
}

const ownClasses = { EncryptedDataKey }

/** AWS's objects are slow to build and seldom looked at: made when somebody does. */
function onDemand(dataKeys: readonly DataKeyEntry[]): () => readonly EncryptedDataKey[] {
  let made: readonly EncryptedDataKey[] | undefined
  return () =>
    (made ??= dataKeys.map((entry) => encryptedDataKey(ownClasses, entry)).filter((key) => key !== undefined))
}

/** `encryptionContext`: all pairs, stored or not. */
export function messageHeader(
  fields: MessageHeaderFields,
  encryptionContext: EncryptionContext,
): MessageHeader {
  const { suite, messageId, frameLength } = fields
  const contentType = contentTypes[fields.contentType]
  const dataKeys = onDemand(fields.dataKeys)
  // Field by field in client-node's order.
  if (suite.messageFormat === 2) {
    return {
      version: 2,
      suiteId: suite.id,
      messageId,
      encryptionContext,
      get encryptedDataKeys() {
        return dataKeys()
      },
      contentType,
      frameLength,
      suiteData: fields.commitKey,
    }
  }
  return {
    version: 1,
    type: messageType,
    suiteId: suite.id,
    messageId,
    encryptionContext,
    get encryptedDataKeys() {
      return dataKeys()
    },
    contentType,
    headerIvLength: ivLength,
    frameLength,
  }
}
