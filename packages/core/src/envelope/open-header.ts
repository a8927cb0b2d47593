import { EnvelopeError } from '../errors.js'
import type { AlgorithmSuite } from '../materials/algorithm-suites.js'
import { checkDecryptAllowed } from '../materials/commitment-policy.js'
import { authenticatedContext, type EncryptionContext } from '../materials/encryption-context.js'
import { reproduceContext } from '../materials/reproduce-context.js'
import type { DecryptionMaterials, DecryptionRequest } from '../materials/materials.js'
import { verify } from './aes-gcm.js'
import { bodySeal, type BodySeal } from './body-seal.js'
import type { ClientSettings } from './client-settings.js'
import { checkCommitment, deriveKeys } from './data-keys.js'
import { headerAad, type ParsedHeader } from './header.js'
import { messageHeader, type MessageHeader } from './message-header.js'

export interface OpenedHeader {
  readonly suite: AlgorithmSuite
  /** Holds the encryption key: to be destroyed by the caller. */
  readonly seal: BodySeal
  /** Set in signed messages. */
  readonly verificationKey: DecryptionMaterials['verificationKey']
  readonly messageHeader: MessageHeader
}

// client-apis/decrypt.md#verify-the-header
function unseal(materials: DecryptionMaterials, header: ParsedHeader, unstoredContext: Buffer): BodySeal {
  const { suite, messageId, iv, tag } = header
  const { encryptionKey, commitKey } = deriveKeys(suite, materials.dataKey, messageId)
  try {
    checkCommitment(commitKey, header.commitKey)
    if (!verify(suite, encryptionKey, iv, headerAad(header.body, unstoredContext), tag)) {
      throw new EnvelopeError('HEADER_UNAUTHENTIC', 'The header is not authentic')
    }
    return bodySeal(suite, encryptionKey, messageId)
  } catch (error) {
    encryptionKey.fill(0)
    throw error
  }
}

/** What `decryptionMaterials` wants to know, before the key is there. */
export interface HeaderRequest extends DecryptionRequest {
  readonly header: ParsedHeader
}

/**
 * Policy and context of a parsed header (client-apis/decrypt.md#get-the-decryption-materials). Throws
 * SUITE_NOT_ALLOWED, INVALID_CONTEXT, CONTEXT_NOT_REPRODUCED.
 */
export function headerRequest(
  header: ParsedHeader,
  { commitmentPolicy }: ClientSettings,
  reproduced: EncryptionContext | undefined,
): HeaderRequest {
  const { suite, dataKeys } = header
  checkDecryptAllowed(suite, commitmentPolicy)
  return {
    header,
    suite,
    dataKeys,
    commitmentPolicy,
    ...reproduceContext(header.encryptionContext, reproduced),
  }
}

/**
 * From a parsed header to an authentic one: commitment, header tag (client-apis/decrypt.md#verify-the-header).
 * Releases the materials. Throws COMMITMENT_MISMATCH, HEADER_UNAUTHENTIC.
 */
export function openHeader(
  { header, encryptionContext, requiredContextKeys }: HeaderRequest,
  materials: DecryptionMaterials,
): OpenedHeader {
  try {
    const unstored = authenticatedContext(encryptionContext, requiredContextKeys)
    return {
      suite: header.suite,
      seal: unseal(materials, header, unstored),
      verificationKey: materials.verificationKey,
      messageHeader: messageHeader(header, encryptionContext),
    }
  } finally {
    materials.release()
  }
}
