import { EnvelopeError, InputError } from '../errors.js'
import { algorithmSuites, type AlgorithmSuite } from '../materials/algorithm-suites.js'
import { checkEncryptAllowed, defaultSuiteId } from '../materials/commitment-policy.js'
import { checkCallerContext, type EncryptionContext } from '../materials/encryption-context.js'
import type { EncryptionMaterials, EncryptionRequest } from '../materials/materials.js'
import type { ClientSettings } from './client-settings.js'
import { maxFrameLength } from './frames.js'
import type { HeaderForm } from './seal-header.js'

export interface EncryptStreamOptions {
  /** Algorithm suite, e.g. 0x0478 (unsigned). Default: the commitment policy's, 0x0578 (committing, signed). */
  readonly suiteId?: number
  /** Public, authenticated pairs. Keys with the prefix `aws-crypto-` are refused. Default none. */
  readonly encryptionContext?: EncryptionContext
  /** Bytes of plaintext in each frame: 1 to 2^32 − 1. Default 4096. */
  readonly frameLength?: number
  /** Bytes that a stream may have at the most; ignored where the plaintext is given whole. Default no bound. */
  readonly plaintextLength?: number
  /**
   * Write the body as one block, as SDKs did before there were frames. Held whole in memory, `maxFrameLength` bytes
   * at the most; no range of it can be read. Default false.
   */
  readonly unframed?: boolean
  /** Ends the work with the signal's reason. */
  readonly signal?: AbortSignal
}

export interface EncryptOptions extends EncryptStreamOptions {
  /** Encoding of a plaintext that is a string. Default 'utf8'. */
  readonly encoding?: BufferEncoding
}

/** client-apis/encrypt.md#frame-length */
const defaultFrameLength = 4096

/** Throws INVALID_ARGUMENT, MESSAGE_TOO_LARGE. `knownLength`: bytes of a plaintext that is given whole. */
export function headerForm(
  options: EncryptStreamOptions,
  settings: ClientSettings,
  knownLength?: number,
): HeaderForm {
  const { frameLength = defaultFrameLength, unframed = false } = options
  if (!Number.isInteger(frameLength) || frameLength < 1 || frameLength > maxFrameLength) {
    throw new InputError('INVALID_ARGUMENT', `frameLength must be an integer from 1 to ${maxFrameLength}`)
  }
  const longest = unframed ? (knownLength ?? 0) : Math.min(frameLength, knownLength ?? frameLength)
  checkFrame(longest, settings)
  return unframed ? { contentType: 'unframed', frameLength: 0 } : { contentType: 'framed', frameLength }
}

/** Throws MESSAGE_TOO_LARGE. */
export function checkFrame(length: number, { maxFrameLength: maximum }: ClientSettings): void {
  if (length > maximum) {
    throw new EnvelopeError('MESSAGE_TOO_LARGE', `A frame would exceed ${maximum} bytes`)
  }
}

/** Throws MESSAGE_TOO_LARGE. */
export function checkMessageLength(length: number, { maxMessageLength: maximum }: ClientSettings): void {
  if (length > maximum) {
    throw new EnvelopeError('MESSAGE_TOO_LARGE', `The message would exceed ${maximum} bytes`)
  }
}

/** Throws INVALID_ARGUMENT, SUITE_NOT_ALLOWED. */
export function askedSuite(
  { suiteId }: EncryptStreamOptions,
  { commitmentPolicy }: ClientSettings,
): AlgorithmSuite {
  const suite = algorithmSuites.get(suiteId || defaultSuiteId(commitmentPolicy))
  if (suite === undefined)
    throw new InputError('INVALID_ARGUMENT', 'suiteId is no suite of the AWS Encryption SDK')
  checkEncryptAllowed(suite, commitmentPolicy)
  return suite
}

/** What a keyring is asked with. Throws INVALID_CONTEXT. */
export function encryptionRequest(
  { encryptionContext = {}, suiteId }: EncryptStreamOptions,
  suite: AlgorithmSuite,
  settings: ClientSettings,
  plaintextLength: number | undefined,
): EncryptionRequest {
  checkCallerContext(encryptionContext)
  return {
    suite,
    suiteAsked: Boolean(suiteId),
    encryptionContext: Object.freeze({ ...encryptionContext }),
    requiredContextKeys: [],
    plaintextLength,
    commitmentPolicy: settings.commitmentPolicy,
  }
}

/** A manager may have chosen another suite than the one asked for. Throws SUITE_NOT_ALLOWED. */
export function allowed(materials: EncryptionMaterials, settings: ClientSettings): EncryptionMaterials {
  try {
    checkEncryptAllowed(materials.suite, settings.commitmentPolicy)
    return materials
  } catch (error) {
    materials.release()
    throw error
  }
}
