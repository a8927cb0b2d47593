import type { EncryptedDataKey } from '@aws-crypto/material-management-node'
import type { AlgorithmSuite } from './algorithm-suites.js'
import type { EncryptionContext } from './encryption-context.js'
import { contentTypes } from './header.js'

/** The header of a message as `@aws-crypto/client-node` reports it (its MessageHeaderV2). */
export interface MessageHeader {
  /** Message format 2. */
  readonly version: 2
  /** Id of the algorithm suite: 0x0478 unsigned, 0x0578 signed. */
  readonly suiteId: number
  readonly messageId: Uint8Array
  readonly encryptionContext: EncryptionContext
  /** Those that the class can hold: entries with an empty field are left out. */
  readonly encryptedDataKeys: readonly EncryptedDataKey[]
  /** 2: framed. */
  readonly contentType: 2
  /** Bytes of plaintext in each frame but the last. */
  readonly frameLength: number
  /** The commit key. */
  readonly suiteData: Uint8Array
}

interface MessageHeaderFields {
  readonly suite: AlgorithmSuite
  readonly messageId: Uint8Array
  readonly encryptionContext: EncryptionContext
  readonly encryptedDataKeys: readonly EncryptedDataKey[]
  readonly frameLength: number
  readonly commitKey: Uint8Array
}

export function messageHeader(fields: MessageHeaderFields): MessageHeader {
  return {
    version: 2,
    suiteId: fields.suite.id,
    messageId: fields.messageId,
    encryptionContext: fields.encryptionContext,
    encryptedDataKeys: fields.encryptedDataKeys,
    contentType: contentTypes.framed,
    frameLength: fields.frameLength,
    suiteData: fields.commitKey,
  }
}
