import type { NodeDecryptionMaterial } from '@aws-crypto/material-management-node'
import { EnvelopeError, KeyringError } from '../errors.js'
import { verify } from './aes-gcm.js'
import { ivLength, type AlgorithmSuite } from './algorithm-suites.js'
import type { ClientSettings } from './client-settings.js'
import { checkDecryptAllowed } from './commitment-policy.js'
import { checkCommitment, deriveKeys } from './data-keys.js'
import { decryptFrames, scanFrames } from './frames.js'
import type { ParsedHeader } from './header.js'
import { inputBytes } from './input-bytes.js'
import {
  decryptionMaterials,
  encryptedDataKey,
  suiteOf,
  withDataKey,
  type MaterialsSource,
} from './materials.js'
import { messageHeader, type MessageHeader } from './message-header.js'
import { parseHeader } from './parse-header.js'
import { checkEnd, readFooter, verificationKey, verifyMessage } from './signature.js'

export interface DecryptOptions {
  /** Encoding of a message that is a string, e.g. 'base64'. Default 'utf8', as in client-node. */
  readonly encoding?: BufferEncoding
  /** Bytes that one frame may have; beyond is MESSAGE_TOO_LARGE. Default: the client's `maxFrameLength`. */
  readonly maxBodySize?: number
}

export interface DecryptOutput {
  /** In memory of its own, not in a shared pool. */
  readonly plaintext: Buffer
  readonly messageHeader: MessageHeader
}

const zeroIv = Buffer.alloc(ivLength)

/** Derives the key, checks commitment and header tag. The caller zeroes the key. */
function openHeader(material: NodeDecryptionMaterial, suite: AlgorithmSuite, header: ParsedHeader): Buffer {
  const { encryptionKey, commitKey } = withDataKey(material, (dataKey) =>
    deriveKeys(suite, dataKey, header.messageId),
  )
  try {
    checkCommitment(commitKey, header.commitKey)
    // client-apis/decrypt.md#verify-the-header
    if (!verify(suite, encryptionKey, zeroIv, header.body, header.tag)) {
      throw new EnvelopeError('HEADER_UNAUTHENTIC', 'The header is not authentic')
    }
    return encryptionKey
  } catch (error) {
    encryptionKey.fill(0)
    throw error
  }
}

function openBody(
  message: Buffer,
  header: ParsedHeader,
  suite: AlgorithmSuite,
  encryptionKey: Buffer,
  maxContentLength: number,
): { plaintext: Buffer; end: number } {
  const { frameLength, messageId } = header
  const body = scanFrames(message, header.length, frameLength, maxContentLength)
  if (suite.signature === undefined) checkEnd(message, body.end)
  const seal = { suite, encryptionKey, messageId }
  return { plaintext: decryptFrames(seal, message, header.length, frameLength, body), end: body.end }
}

// client-apis/decrypt.md#verify-the-signature
async function checkSignature(
  material: NodeDecryptionMaterial,
  algorithm: NonNullable<AlgorithmSuite['signature']>,
  message: Buffer,
  bodyEnd: number,
): Promise<void> {
  const key = verificationKey(material.verificationKey?.publicKey)
  const { signature, end } = readFooter(message, bodyEnd)
  checkEnd(message, end)
  const signed = message.subarray(0, bodyEnd)
  if (!(await verifyMessage(algorithm, key, signed, signature))) {
    throw new EnvelopeError('SIGNATURE_INVALID', 'The signature does not fit the message')
  }
}

/**
 * Opens one whole message of format 2 (client-apis/decrypt.md). Nothing is returned before every tag, and the
 * signature where there is one, is verified. Errors: INVALID_ARGUMENT, every code of the envelope, KEYRING_INVALID,
 * DATA_KEY_NOT_UNWRAPPED, NO_DATA_KEY.
 */
export async function decryptMessage(
  settings: ClientSettings,
  source: MaterialsSource,
  sealed: Uint8Array | string,
  options: DecryptOptions = {},
): Promise<DecryptOutput> {
  const message = inputBytes(sealed, options.encoding, 'message')
  if (message.length > settings.maxMessageLength) {
    throw new EnvelopeError('MESSAGE_TOO_LARGE', `The message exceeds ${settings.maxMessageLength} bytes`)
  }
  const header = parseHeader(message, settings)
  checkDecryptAllowed(header.suite, settings.commitmentPolicy)
  const { encryptionContext } = header
  const dataKeys = header.dataKeys.map(encryptedDataKey).filter((key) => key !== undefined)
  const material = await decryptionMaterials(source, { suite: header.suite, encryptionContext, dataKeys })
  try {
    const suite = suiteOf(material)
    if (suite !== header.suite)
      throw new KeyringError('KEYRING_INVALID', 'The materials are for another suite')
    const encryptionKey = openHeader(material, suite, header)
    let plaintext: Buffer
    let end: number
    try {
      const maxContentLength = options.maxBodySize || settings.maxFrameLength
      ;({ plaintext, end } = openBody(message, header, suite, encryptionKey, maxContentLength))
    } finally {
      encryptionKey.fill(0)
    }
    if (suite.signature !== undefined) {
      try {
        await checkSignature(material, suite.signature, message, end)
      } catch (error) {
        plaintext.fill(0)
        throw error
      }
    }
    const { messageId, frameLength, commitKey } = header
    const fields = {
      suite,
      messageId,
      encryptionContext,
      encryptedDataKeys: dataKeys,
      frameLength,
      commitKey,
    }
    return { plaintext, messageHeader: messageHeader(fields) }
  } finally {
    material.zeroUnencryptedDataKey()
  }
}
