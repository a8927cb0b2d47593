import { InputError } from '../errors.js'
import { encryptionMaterials } from '../materials/encryption-materials.js'
import { type MaterialsSource } from '../materials/materials-source.js'
import type { MissingKey } from '../materials/missing-keys.js'
import type { EncryptionMaterials } from '../materials/materials.js'
import type { ClientSettings } from './client-settings.js'
import {
  allowed,
  askedSuite,
  checkMessageLength,
  encryptionRequest,
  headerForm,
  type EncryptOptions,
} from './encrypt-options.js'
import { framedLength, sealFrames } from './frames.js'
import { checkOptions, inputBytes } from './input-bytes.js'
import { beginCall, endCall } from './lone-call.js'
import type { MessageHeader } from './message-header.js'
import { publicRandomBytes } from './random-bytes.js'
import { sealHeader, type HeaderForm, type MessageIdSource } from './seal-header.js'
import { footer, maxFooterLength, signMessage } from './signature.js'
import { unlessAborted } from './unless-aborted.js'
import { sealUnframed, unframedLength } from './unframed-body.js'

export interface EncryptOutput {
  /** The sealed message. */
  readonly result: Buffer
  readonly messageHeader: MessageHeader
  /** Keyrings of `anyOf` that the message was sealed without; left out when there are none. */
  readonly missingKeys?: readonly MissingKey[]
}

/** The message up to its footer, at the start of a buffer that has room for the footer. */
interface Unsigned {
  readonly target: Buffer
  readonly length: number
  readonly messageHeader: MessageHeader
}

function sealedBodyLength(plaintext: Buffer, form: HeaderForm): number {
  return form.contentType === 'framed'
    ? framedLength(plaintext.length, form.frameLength)
    : unframedLength(plaintext.length)
}

function sealUnsigned(
  materials: EncryptionMaterials,
  plaintext: Buffer,
  form: HeaderForm,
  settings: ClientSettings,
  messageIds: MessageIdSource,
): Unsigned {
  const { signature } = materials.suite
  const { bytes, seal, messageHeader } = sealHeader(materials, form, settings, messageIds)
  try {
    const footerRoom = signature === undefined ? 0 : maxFooterLength(signature)
    const room = bytes.length + sealedBodyLength(plaintext, form) + footerRoom
    checkMessageLength(room, settings)
    const target = Buffer.allocUnsafe(room)
    target.set(bytes)
    const length =
      form.contentType === 'framed'
        ? sealFrames(seal, plaintext, form.frameLength, target, bytes.length)
        : sealUnframed(seal, plaintext, target, bytes.length)
    return { target, length, messageHeader }
  } finally {
    seal.destroy()
  }
}

/**
 * Seals a plaintext that is given whole (client-apis/encrypt.md). Errors: INVALID_ARGUMENT, INVALID_CONTEXT,
 * SUITE_NOT_ALLOWED, MESSAGE_TOO_LARGE, KEYRING_INVALID, DATA_KEY_NOT_WRAPPED, NO_DATA_KEY.
 */
export async function encryptMessage(
  settings: ClientSettings,
  source: MaterialsSource,
  plaintext: Uint8Array | string,
  options: EncryptOptions = {},
  messageIds: MessageIdSource = publicRandomBytes,
): Promise<EncryptOutput> {
  checkOptions(options)
  options.signal?.throwIfAborted()
  const bytes = inputBytes(plaintext, options.encoding, 'plaintext')
  let materials: EncryptionMaterials | undefined
  beginCall()
  try {
    const { length } = bytes
    const form = headerForm(options, settings, length)
    checkMessageLength(sealedBodyLength(bytes, form), settings)
    const asked = encryptionMaterials(
      source,
      encryptionRequest(options, askedSuite(options, settings), settings, length),
    )
    materials = allowed(
      asked instanceof Promise ? await unlessAborted(asked, options.signal, (late) => late.release()) : asked,
      settings,
    )
    // A resizable buffer may have shrunk while the materials were awaited.
    if (bytes.length !== length)
      throw new InputError('INVALID_ARGUMENT', 'The plaintext changed its length while it was sealed')
    const { target, length: end, messageHeader } = sealUnsigned(materials, bytes, form, settings, messageIds)
    const { suite, missingKeys } = materials
    const { signature } = suite
    const about = { messageHeader, ...(missingKeys && { missingKeys }) }
    if (signature === undefined) return { result: target.subarray(0, end), ...about }
    // client-apis/encrypt.md#construct-the-signature
    const signing = signMessage(signature, materials.signingKey, target.subarray(0, end))
    const last = footer(await unlessAborted(signing, options.signal))
    target.set(last, end)
    return { result: target.subarray(0, end + last.length), ...about }
  } finally {
    endCall()
    materials?.release()
    // The bytes of a string are our own copy.
    if (typeof plaintext === 'string') bytes.fill(0)
  }
}
