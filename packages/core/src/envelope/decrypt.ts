import { EnvelopeError } from '../errors.js'
import type { AlgorithmSuite } from '../materials/algorithm-suites.js'
import { decryptionMaterials } from '../materials/decryption-materials.js'
import { type MaterialsSource } from '../materials/materials-source.js'
import { readBody, type Body } from './body.js'
import type { ClientSettings } from './client-settings.js'
import { maxContentLength, type DecryptOptions } from './decrypt-options.js'
import { checkOptions, inputBytes } from './input-bytes.js'
import { beginCall, endCall } from './lone-call.js'
import type { MessageHeader } from './message-header.js'
import { headerRequest, openHeader, type OpenedHeader } from './open-header.js'
import { parseHeader } from './parse-header.js'
import { unlessAborted } from './unless-aborted.js'
import { checkEnd, readFooter, signatureInvalid, verifyMessage } from './signature.js'

export interface DecryptOutput {
  /** In memory of its own, not in a shared pool. */
  readonly plaintext: Buffer
  readonly messageHeader: MessageHeader
}

/** Throws MESSAGE_TRUNCATED, MESSAGE_TRAILING_BYTES, SIGNATURE_INVALID (client-apis/decrypt.md#verify-the-signature). */
async function checkSignature(
  { verificationKey }: OpenedHeader,
  algorithm: NonNullable<AlgorithmSuite['signature']>,
  message: Buffer,
  bodyEnd: number,
): Promise<void> {
  const { signature, end } = readFooter(message, bodyEnd)
  checkEnd(message, end)
  const signed = message.subarray(0, bodyEnd)
  if (!(await verifyMessage(algorithm, verificationKey, signed, signature))) throw signatureInvalid()
}

/**
 * The plaintext, and what becomes of the signature: that is checked on the thread pool while the frames are opened
 * here. Of a message where both are wrong, the frames tell.
 */
function openBody(message: Buffer, opened: OpenedHeader, read: () => Body) {
  const { seal, suite } = opened
  try {
    const body = read()
    const { end } = body
    if (suite.signature === undefined) checkEnd(message, end)
    const checked = suite.signature && checkSignature(opened, suite.signature, message, end)
    // Whoever awaits it learns of its failure; nobody does when a frame is wrong.
    checked?.catch(() => undefined)
    return { plaintext: body.open(seal), checked }
  } finally {
    seal.destroy()
  }
}

/**
 * Opens one whole message (client-apis/decrypt.md). Nothing is returned before every tag, and the signature where
 * there is one, is verified. Errors: INVALID_ARGUMENT, INVALID_CONTEXT, every code of the envelope, KEYRING_INVALID,
 * DATA_KEY_NOT_UNWRAPPED, NO_DATA_KEY.
 */
export async function decryptMessage(
  settings: ClientSettings,
  source: MaterialsSource,
  sealed: Uint8Array | string,
  options: DecryptOptions = {},
): Promise<DecryptOutput> {
  checkOptions(options)
  options.signal?.throwIfAborted()
  const message = inputBytes(sealed, options.encoding, 'message')
  const maximum = maxContentLength(options, settings)
  if (message.length > settings.maxMessageLength) {
    throw new EnvelopeError('MESSAGE_TOO_LARGE', `The message exceeds ${settings.maxMessageLength} bytes`)
  }
  const header = parseHeader(message, settings)
  beginCall()
  try {
    const request = headerRequest(header, settings, options.encryptionContext)
    const asked = decryptionMaterials(source, request)
    const materials =
      asked instanceof Promise ? await unlessAborted(asked, options.signal, (late) => late.release()) : asked
    const opened = openHeader(request, materials)
    const { plaintext, checked } = openBody(message, opened, () => readBody(message, header, maximum))
    try {
      options.signal?.throwIfAborted()
      if (checked !== undefined) await unlessAborted(checked, options.signal)
    } catch (error) {
      plaintext.fill(0)
      throw error
    }
    return { plaintext, messageHeader: opened.messageHeader }
  } finally {
    endCall()
  }
}
