import { EnvelopeError, InputError } from '../errors.js'
import { decryptionMaterials } from '../materials/decryption-materials.js'
import { type MaterialsSource } from '../materials/materials-source.js'
import { copyContext } from '../materials/encryption-context.js'
import { unlessAborted } from './unless-aborted.js'
import { resolveSettings, type ClientOptions } from './client-settings.js'
import { maxContentLength, type DecryptStreamOptions } from './decrypt-options.js'
import type { ParsedHeader } from './header.js'
import { checkOptions } from './input-bytes.js'
import type { MessageHeader } from './message-header.js'
import { headerRequest, openHeader } from './open-header.js'
import { openRange } from './open-range.js'
import { readHeader } from './read-header.js'
import type { SeekableSource } from './seekable-source.js'
import { sourceReader } from './source-reader.js'

/** Bytes of the plaintext: `start` is the first one, `end` the one behind the last. */
export interface PlaintextRange {
  readonly start: number
  /** Left out: to the end of the plaintext. */
  readonly end?: number | undefined
}

/** `maxMessageLength` bounds the plaintext that is returned; the message may be of any length. */
export interface DecryptRangeOptions extends ClientOptions, DecryptStreamOptions {
  /**
   * Open ranges of signed messages, too. The signature covers the whole message and stays unverified: what is
   * returned is then only as authentic as an unsigned message, which whoever holds the data key could have written.
   * Default false.
   */
  readonly dangerouslySkipSignature?: boolean
}

export interface DecryptRangeOutput {
  /** From `start` to `end`; in memory of its own. */
  readonly plaintext: Buffer
  readonly messageHeader: MessageHeader
  /** As asked for, or the end of the plaintext where that comes first. */
  readonly start: number
  /** Likewise. */
  readonly end: number
  /** Bytes of the whole plaintext. Only where the range reached the final frame, which alone can prove it. */
  readonly totalLength?: number
}

function checkedRange(range: PlaintextRange): { start: number; end: number } {
  if (typeof range !== 'object' || range === null) {
    throw new InputError('INVALID_ARGUMENT', 'The range must be an object')
  }
  const { start, end } = range
  const isOffset = (value: number) => Number.isSafeInteger(value) && value >= 0
  if (!isOffset(start) || (end !== undefined && !isOffset(end))) {
    throw new InputError('INVALID_ARGUMENT', 'start and end must be integers, and not negative')
  }
  if (end !== undefined && start > end) {
    throw new InputError('INVALID_ARGUMENT', 'The range ends before it starts')
  }
  return { start, end: end ?? Infinity }
}

/** Before a keyring is asked. */
function checkSeekable({ suite, contentType }: ParsedHeader, options: DecryptRangeOptions): void {
  if (contentType !== 'framed') {
    throw new EnvelopeError('MESSAGE_UNSUPPORTED', 'An unframed message can only be opened whole')
  }
  if (suite.signature !== undefined && options.dangerouslySkipSignature !== true) {
    throw new EnvelopeError(
      'SUITE_NOT_ALLOWED',
      `${suite.name} is signed, and a signature can't be verified on a part of the message`,
    )
  }
}

/**
 * Opens a part of a framed message: reads its header, then only the frames that hold the part. Each is authenticated
 * at the place that it must have; nothing is returned before all are. What lies behind the plaintext is cut off, but
 * only on the word of the authentic final frame, so that a source which was cut off never reads as a short message.
 *
 * Errors: INVALID_ARGUMENT, INVALID_CONTEXT, SUITE_NOT_ALLOWED (the policy forbids the suite, or it is signed),
 * MESSAGE_UNSUPPORTED (also: unframed), MESSAGE_TRUNCATED, MESSAGE_TRAILING_BYTES (seen where the final frame is
 * read), MESSAGE_NOT_CANONICAL, MESSAGE_TOO_LARGE, HEADER_UNAUTHENTIC, COMMITMENT_MISMATCH, CONTEXT_NOT_REPRODUCED,
 * FRAME_UNAUTHENTIC, FRAME_OUT_OF_ORDER, SIGNATURE_INVALID (the public key of a signed message), KEYRING_INVALID,
 * DATA_KEY_NOT_UNWRAPPED, NO_DATA_KEY; SOURCE_FAILED, or what the source throws when that is a SealringError.
 */
export async function decryptRange(
  keyring: MaterialsSource,
  source: Uint8Array | SeekableSource,
  range: PlaintextRange,
  options: DecryptRangeOptions = {},
): Promise<DecryptRangeOutput> {
  checkOptions(options)
  const settings = resolveSettings(options)
  // Now, not later: the object is the caller's.
  const reproduced = copyContext(options.encryptionContext)
  const wanted = checkedRange(range)
  const limits = {
    maxContentLength: maxContentLength(options, settings),
    maxLength: settings.maxMessageLength,
  }
  const reader = sourceReader(source, options.signal)
  const header = await readHeader(reader, settings)
  checkSeekable(header, options)
  const request = headerRequest(header, settings, reproduced)
  const { signal } = options
  const materials = unlessAborted(Promise.resolve(decryptionMaterials(keyring, request)), signal, (late) =>
    late.release(),
  )
  const { seal, messageHeader } = openHeader(request, await materials)
  try {
    const { plaintext, start, end, totalLength } = await openRange(reader, header, seal, wanted, limits)
    return {
      plaintext,
      messageHeader,
      start,
      end,
      ...(totalLength === undefined ? {} : { totalLength }),
    }
  } finally {
    seal.destroy()
  }
}
