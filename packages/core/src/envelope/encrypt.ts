import type { NodeEncryptionMaterial } from '@aws-crypto/material-management-node'
import { EnvelopeError, InputError } from '../errors.js'
import { authenticate } from './aes-gcm.js'
import { algorithmSuites, ivLength, tagLength, type AlgorithmSuite } from './algorithm-suites.js'
import type { ClientSettings } from './client-settings.js'
import { checkEncryptAllowed, defaultSuiteId } from './commitment-policy.js'
import { deriveKeys } from './data-keys.js'
import { checkCallerContext, serializeContext, type EncryptionContext } from './encryption-context.js'
import { encryptFrames, framedLength, maxFrameLength } from './frames.js'
import { checkDataKeyCount, messageIdLength } from './header.js'
import { inputBytes } from './input-bytes.js'
import { dataKeyEntry, encryptionMaterials, suiteOf, withDataKey, type MaterialsSource } from './materials.js'
import { messageHeader, type MessageHeader } from './message-header.js'
import { publicRandomBytes } from './random-bytes.js'
import { serializeHeaderBody } from './serialize-header.js'
import { maxFooterLength, signingKey, signMessage } from './signature.js'

export interface EncryptOptions {
  /** Algorithm suite, e.g. 0x0478 (unsigned). Default: the commitment policy's, committing and signed (0x0578). */
  readonly suiteId?: number
  /** Public, authenticated pairs. Keys with the prefix `aws-crypto-` are refused. Default none. */
  readonly encryptionContext?: EncryptionContext
  /** Bytes of plaintext in each frame: 1 to 2^32 − 1. Default 4096. */
  readonly frameLength?: number
  /** Ignored, as the specification asks: the length of the plaintext is known. */
  readonly plaintextLength?: number
  /** Encoding of a plaintext that is a string. Default 'utf8'. */
  readonly encoding?: BufferEncoding
}

export interface EncryptOutput {
  /** The sealed message. */
  readonly result: Buffer
  readonly messageHeader: MessageHeader
}

/** Gives the message id. Tests and the vector generator fix it; everything else lets it be random. */
export type MessageIdSource = (length: number) => Uint8Array

const defaultFrameLength = 4096
const zeroIv = Buffer.alloc(ivLength)

interface Plan {
  readonly plaintext: Buffer
  readonly frameLength: number
  /** Bytes of the framed body. */
  readonly bodyLength: number
}

function checkSupported(suite: AlgorithmSuite, settings: ClientSettings): void {
  checkEncryptAllowed(suite, settings.commitmentPolicy)
  if (!suite.committing) {
    throw new EnvelopeError('MESSAGE_UNSUPPORTED', `Writing ${suite.name} is not supported yet`)
  }
}

function askedSuite(options: EncryptOptions, settings: ClientSettings): AlgorithmSuite {
  const suite = algorithmSuites.get(options.suiteId ?? defaultSuiteId(settings.commitmentPolicy))
  if (suite === undefined)
    throw new InputError('INVALID_ARGUMENT', 'suiteId is no suite of the AWS Encryption SDK')
  checkSupported(suite, settings)
  return suite
}

function checkMessageLength(length: number, settings: ClientSettings): void {
  if (length > settings.maxMessageLength) {
    throw new EnvelopeError(
      'MESSAGE_TOO_LARGE',
      `The message would exceed ${settings.maxMessageLength} bytes`,
    )
  }
}

function makePlan(plaintext: Buffer, options: EncryptOptions, settings: ClientSettings): Plan {
  const frameLength = options.frameLength ?? defaultFrameLength
  if (!Number.isInteger(frameLength) || frameLength < 1 || frameLength > maxFrameLength) {
    throw new InputError('INVALID_ARGUMENT', `frameLength must be an integer from 1 to ${maxFrameLength}`)
  }
  if (Math.min(frameLength, plaintext.length) > settings.maxFrameLength) {
    throw new EnvelopeError('MESSAGE_TOO_LARGE', `A frame would exceed ${settings.maxFrameLength} bytes`)
  }
  const bodyLength = framedLength(plaintext.length, frameLength)
  checkMessageLength(bodyLength, settings)
  return { plaintext, frameLength, bodyLength }
}

/** The message up to its footer, at the start of a buffer that has room for the footer. */
interface Unsigned {
  readonly target: Buffer
  readonly length: number
  readonly header: MessageHeader
}

// client-apis/encrypt.md#construct-the-header, #construct-the-body
function sealUnsigned(
  material: NodeEncryptionMaterial,
  suite: AlgorithmSuite,
  messageId: Uint8Array,
  plan: Plan,
  settings: ClientSettings,
): Unsigned {
  const { encryptedDataKeys, encryptionContext } = material
  checkDataKeyCount(encryptedDataKeys.length, settings.maxEncryptedDataKeys)
  const { encryptionKey, commitKey } = withDataKey(material, (dataKey) =>
    deriveKeys(suite, dataKey, messageId),
  )
  try {
    const body = serializeHeaderBody(
      {
        suite,
        messageId,
        serializedContext: serializeContext(encryptionContext),
        dataKeys: encryptedDataKeys.map(dataKeyEntry),
        frameLength: plan.frameLength,
        commitKey,
      },
      settings,
    )
    const headerLength = body.length + tagLength
    const footerRoom = suite.signature === undefined ? 0 : maxFooterLength(suite.signature)
    checkMessageLength(headerLength + plan.bodyLength + footerRoom, settings)
    const target = Buffer.allocUnsafe(headerLength + plan.bodyLength + footerRoom)
    target.set(body)
    target.set(authenticate(suite, encryptionKey, zeroIv, body), body.length)
    const seal = { suite, encryptionKey, messageId }
    const length = encryptFrames(seal, plan.plaintext, plan.frameLength, target, headerLength)
    const header = messageHeader({
      suite,
      messageId,
      encryptionContext,
      encryptedDataKeys,
      frameLength: plan.frameLength,
      commitKey,
    })
    return { target, length, header }
  } finally {
    encryptionKey.fill(0)
  }
}

// client-apis/encrypt.md#construct-the-signature
async function addSignature(
  material: NodeEncryptionMaterial,
  signature: NonNullable<AlgorithmSuite['signature']>,
  { target, length }: Unsigned,
): Promise<Buffer> {
  const key = signingKey(material.signatureKey?.privateKey)
  const bytes = await signMessage(signature, key, target.subarray(0, length))
  const start = target.writeUInt16BE(bytes.length, length)
  target.set(bytes, start)
  return target.subarray(0, start + bytes.length)
}

async function encryptBytes(
  settings: ClientSettings,
  source: MaterialsSource,
  plaintext: Buffer,
  options: EncryptOptions,
  messageIds: MessageIdSource,
): Promise<EncryptOutput> {
  const { encryptionContext = {}, suiteId } = options
  checkCallerContext(encryptionContext)
  const plaintextLength = plaintext.length
  const plan = makePlan(plaintext, options, settings)
  const material = await encryptionMaterials(source, {
    suite: askedSuite(options, settings),
    suiteAsked: suiteId !== undefined,
    encryptionContext,
    plaintextLength,
    commitmentPolicy: settings.commitmentPolicy,
  })
  try {
    const suite = suiteOf(material)
    checkSupported(suite, settings)
    // A resizable buffer may have shrunk while the materials were awaited.
    if (plaintext.length !== plaintextLength)
      throw new InputError('INVALID_ARGUMENT', 'The plaintext changed its length while it was sealed')
    const unsigned = sealUnsigned(material, suite, messageIds(messageIdLength), plan, settings)
    const { signature } = suite
    const result =
      signature === undefined
        ? unsigned.target.subarray(0, unsigned.length)
        : await addSignature(material, signature, unsigned)
    return { result, messageHeader: unsigned.header }
  } finally {
    material.zeroUnencryptedDataKey()
  }
}

/**
 * Seals `plaintext` in one message of format 2 (client-apis/encrypt.md). Errors: INVALID_ARGUMENT, INVALID_CONTEXT,
 * SUITE_NOT_ALLOWED, MESSAGE_UNSUPPORTED, MESSAGE_TOO_LARGE, KEYRING_INVALID, DATA_KEY_NOT_WRAPPED, NO_DATA_KEY.
 */
export async function encryptMessage(
  settings: ClientSettings,
  source: MaterialsSource,
  plaintext: Uint8Array | string,
  options: EncryptOptions = {},
  messageIds: MessageIdSource = publicRandomBytes,
): Promise<EncryptOutput> {
  const bytes = inputBytes(plaintext, options.encoding, 'plaintext')
  try {
    return await encryptBytes(settings, source, bytes, options, messageIds)
  } finally {
    // The bytes of a string are our own copy.
    if (typeof plaintext === 'string') bytes.fill(0)
  }
}
