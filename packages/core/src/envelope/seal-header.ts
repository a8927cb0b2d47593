import { ivLength, tagLength } from '../materials/algorithm-suites.js'
import { authenticatedContext } from '../materials/encryption-context.js'
import type { EncryptionMaterials } from '../materials/materials.js'
import { authenticate } from './aes-gcm.js'
import { bodySeal, type BodySeal } from './body-seal.js'
import { deriveKeys } from './data-keys.js'
import { checkDataKeyCount, headerAad, headerLayouts, type ContentType } from './header.js'
import type { Limits } from './limits.js'
import { messageHeader, type MessageHeader } from './message-header.js'
import { serializeHeader } from './serialize-header.js'

/** Gives the message id. Tests and the vector generator fix it; everything else lets it be random. */
export type MessageIdSource = (length: number) => Uint8Array

export interface HeaderForm {
  readonly contentType: ContentType
  /** 0 for an unframed message. */
  readonly frameLength: number
}

export interface SealedHeader {
  /** Header body and authentication. */
  readonly bytes: Buffer
  /** Holds the encryption key: to be destroyed by the caller. */
  readonly seal: BodySeal
  readonly messageHeader: MessageHeader
}

const zeroIv = Buffer.alloc(ivLength)

/** client-apis/encrypt.md#construct-the-header. Throws MESSAGE_TOO_LARGE. */
export function sealHeader(
  materials: EncryptionMaterials,
  { contentType, frameLength }: HeaderForm,
  limits: Limits,
  messageIds: MessageIdSource,
): SealedHeader {
  const { suite, encryptionContext, encryptedDataKeys: dataKeys } = materials
  checkDataKeyCount(dataKeys.length, limits.maxEncryptedDataKeys)
  const { messageIdLength } = headerLayouts[suite.messageFormat]
  const messageId = messageIds(messageIdLength)
  const { encryptionKey, commitKey } = deriveKeys(suite, materials.dataKey, messageId)
  try {
    const serializedContext = materials.storedContext
    const fields = { suite, messageId, serializedContext, dataKeys, contentType, frameLength, commitKey }
    const { bytes, bodyLength } = serializeHeader(fields, limits)
    const unstored = authenticatedContext(encryptionContext, materials.requiredContextKeys)
    const aad = headerAad(bytes.subarray(0, bodyLength), unstored)
    const tagStart = bytes.length - tagLength
    // The IV of format 1: zeros (client-apis/encrypt.md#construct-the-header).
    bytes.fill(0, bodyLength, tagStart)
    bytes.set(authenticate(suite, encryptionKey, zeroIv, aad), tagStart)
    return {
      bytes,
      seal: bodySeal(suite, encryptionKey, messageId),
      messageHeader: messageHeader(fields, encryptionContext),
    }
  } catch (error) {
    encryptionKey.fill(0)
    throw error
  }
}
