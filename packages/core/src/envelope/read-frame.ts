import { EnvelopeError } from '../errors.js'
import { ivLength, tagLength } from '../materials/algorithm-suites.js'
import {
  finalFrameLength,
  finalMarker,
  finalPrefixLength,
  regularFrameLength,
  regularPrefixLength,
} from './frames.js'

/** One frame as it stands in the message: offsets of its parts. */
export interface Frame {
  readonly sequence: number
  readonly final: boolean
  readonly ivStart: number
  readonly contentStart: number
  readonly contentLength: number
  readonly end: number
}

export interface FrameRules {
  readonly messageFormat: 1 | 2
  readonly frameLength: number
  /** Bytes of content that a frame may have here. */
  readonly maxContentLength: number
}

export interface FramedBody {
  readonly frames: number
  readonly plaintextLength: number
  /** Offset behind the final frame. */
  readonly end: number
}

function need(message: Buffer, offset: number, length: number, sequence: number): void {
  if (length > message.length - offset) {
    throw new EnvelopeError('MESSAGE_TRUNCATED', `The message ends within frame ${sequence}`)
  }
}

/**
 * The IV is the sequence number (client-apis/decrypt.md#decrypt-the-message-body). Early writers of format 1 took
 * random ones, so there the field counts as it stands: the tag, whose AAD has the sequence number, depends on it.
 */
function checkIv(message: Buffer, offset: number, sequence: number, messageFormat: 1 | 2): void {
  if (messageFormat === 1) return
  const low = message.readUInt32BE(offset + 8)
  if (message.readUInt32BE(offset) !== 0 || message.readUInt32BE(offset + 4) !== 0 || low !== sequence) {
    throw new EnvelopeError('FRAME_UNAUTHENTIC', `Frame ${sequence} has the IV of another frame`)
  }
}

function checkSequence(found: number, expected: number): void {
  if (found !== expected) {
    throw new EnvelopeError('FRAME_OUT_OF_ORDER', `Frame ${found} stands where frame ${expected} should be`)
  }
}

/** Throws MESSAGE_TOO_LARGE. */
export function checkContentLength(length: number, maximum: number): void {
  if (length > maximum) {
    throw new EnvelopeError(
      'MESSAGE_TOO_LARGE',
      `${length} bytes in one frame or body; maxFrameLength or maxBodySize allows ${maximum}`,
    )
  }
}

function checkFinalLength(contentLength: number, { frameLength, maxContentLength }: FrameRules): void {
  if (contentLength > frameLength) {
    throw new EnvelopeError('MESSAGE_NOT_CANONICAL', 'The final frame is longer than the frame length')
  }
  checkContentLength(contentLength, maxContentLength)
}

/**
 * How many bytes the frame at `offset` has, as far as it can be told from what is there: at least so many are needed
 * to go on. Throws FRAME_OUT_OF_ORDER, MESSAGE_NOT_CANONICAL, MESSAGE_TOO_LARGE as soon as they can be seen.
 */
export function frameBytesNeeded(bytes: Buffer, offset: number, sequence: number, rules: FrameRules): number {
  const available = bytes.length - offset
  if (available < 4) return 4
  const marker = bytes.readUInt32BE(offset)
  if (marker !== finalMarker) {
    checkSequence(marker, sequence)
    checkContentLength(rules.frameLength, rules.maxContentLength)
    return regularFrameLength(rules.frameLength)
  }
  if (available < finalPrefixLength) return finalPrefixLength
  checkSequence(bytes.readUInt32BE(offset + 4), sequence)
  const contentLength = bytes.readUInt32BE(offset + finalPrefixLength - 4)
  checkFinalLength(contentLength, rules)
  return finalFrameLength(contentLength)
}

/**
 * The frame at `offset`, which must be number `sequence`. Only its form is checked. Throws MESSAGE_TRUNCATED,
 * FRAME_OUT_OF_ORDER, FRAME_UNAUTHENTIC (its IV), MESSAGE_NOT_CANONICAL, MESSAGE_TOO_LARGE.
 */
export function readFrame(message: Buffer, offset: number, sequence: number, rules: FrameRules): Frame {
  need(message, offset, 4, sequence)
  const marker = message.readUInt32BE(offset)
  if (marker !== finalMarker) {
    const { frameLength } = rules
    checkSequence(marker, sequence)
    checkContentLength(frameLength, rules.maxContentLength)
    need(message, offset, regularFrameLength(frameLength), sequence)
    const ivStart = offset + 4
    checkIv(message, ivStart, sequence, rules.messageFormat)
    const contentStart = offset + regularPrefixLength
    const end = contentStart + frameLength + tagLength
    return { sequence, final: false, ivStart, contentStart, contentLength: frameLength, end }
  }
  need(message, offset, finalPrefixLength, sequence)
  checkSequence(message.readUInt32BE(offset + 4), sequence)
  const ivStart = offset + 8
  checkIv(message, ivStart, sequence, rules.messageFormat)
  const contentStart = ivStart + ivLength + 4
  const contentLength = message.readUInt32BE(contentStart - 4)
  checkFinalLength(contentLength, rules)
  need(message, contentStart, contentLength + tagLength, sequence)
  const end = contentStart + contentLength + tagLength
  return { sequence, final: true, ivStart, contentStart, contentLength, end }
}

/** Walks all frames from `offset` on without a key. Throws what `readFrame` throws. */
export function scanFrames(message: Buffer, offset: number, rules: FrameRules): FramedBody {
  let plaintextLength = 0
  let position = offset
  for (let sequence = 1; ; sequence += 1) {
    const frame = readFrame(message, position, sequence, rules)
    plaintextLength += frame.contentLength
    position = frame.end
    if (frame.final) return { frames: sequence, plaintextLength, end: position }
  }
}
