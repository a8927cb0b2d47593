import { EnvelopeError } from '../errors.js'
import { decryptInto, encryptInto } from './aes-gcm.js'
import { ivLength, tagLength, type AlgorithmSuite } from './algorithm-suites.js'

/** What every frame of one message is sealed with. */
export interface FrameSeal {
  readonly suite: AlgorithmSuite
  readonly encryptionKey: Buffer
  readonly messageId: Uint8Array
}

/** One frame as it stands in the message: offsets of its parts. */
export interface Frame {
  readonly sequence: number
  readonly final: boolean
  readonly contentStart: number
  readonly contentLength: number
  readonly end: number
}

export interface FramedBody {
  readonly frames: number
  readonly plaintextLength: number
  /** Offset behind the final frame. */
  readonly end: number
}

/** data-format/message-body.md#framed-data */
export const maxFrames = 0xffff_ffff
export const maxFrameLength = 0xffff_ffff
const finalMarker = 0xffff_ffff
/** Sequence number and IV. */
const regularPrefixLength = 4 + ivLength
/** Final marker, sequence number, IV, content length. */
const finalPrefixLength = 4 + 4 + ivLength + 4

function countFrames(plaintextLength: number, frameLength: number): number {
  return Math.max(1, Math.ceil(plaintextLength / frameLength))
}

/**
 * Bytes of the framed body. The last frame is always a final frame with content, except that of nothing.
 * Throws MESSAGE_TOO_LARGE when it takes more frames than the format holds.
 */
export function framedLength(plaintextLength: number, frameLength: number): number {
  const frames = countFrames(plaintextLength, frameLength)
  if (frames > maxFrames) {
    throw new EnvelopeError('MESSAGE_TOO_LARGE', `Frames of ${frameLength} bytes would be too many`)
  }
  return (
    plaintextLength + frames * (regularPrefixLength + tagLength) + finalPrefixLength - regularPrefixLength
  )
}

/** Body AAD and IV of one kind of frame, rewritten in place from frame to frame. */
interface FrameInputs {
  readonly aad: Buffer
  readonly iv: Buffer
}

// data-format/message-body-aad.md
function frameInputs(messageId: Uint8Array, content: string): FrameInputs {
  return {
    aad: Buffer.concat([messageId, Buffer.from(content), Buffer.alloc(12)]),
    iv: Buffer.alloc(ivLength),
  }
}

const regularInputs = (messageId: Uint8Array) => frameInputs(messageId, 'AWSKMSEncryptionClient Frame')
const finalInputs = (messageId: Uint8Array) => frameInputs(messageId, 'AWSKMSEncryptionClient Final Frame')

function setFrame({ aad, iv }: FrameInputs, sequence: number, contentLength: number): void {
  aad.writeUInt32BE(sequence, aad.length - 12)
  // A frame has less than 2^32 bytes: the upper half of the length stays 0.
  aad.writeUInt32BE(contentLength, aad.length - 4)
  iv.writeUInt32BE(sequence, ivLength - 4)
}

/** Writes the whole body at `offset` (client-apis/encrypt.md#construct-the-body). Returns the offset behind it. */
export function encryptFrames(
  seal: FrameSeal,
  plaintext: Buffer,
  frameLength: number,
  target: Buffer,
  offset: number,
): number {
  const { suite, encryptionKey, messageId } = seal
  const last = countFrames(plaintext.length, frameLength)
  let position = offset
  if (last > 1) {
    const inputs = regularInputs(messageId)
    for (let sequence = 1; sequence < last; sequence += 1) {
      setFrame(inputs, sequence, frameLength)
      position = target.writeUInt32BE(sequence, position)
      target.set(inputs.iv, position)
      const content = plaintext.subarray((sequence - 1) * frameLength, sequence * frameLength)
      position += ivLength
      position = encryptInto(target, position, suite, encryptionKey, inputs.iv, inputs.aad, content)
    }
  }
  const inputs = finalInputs(messageId)
  const content = plaintext.subarray((last - 1) * frameLength)
  setFrame(inputs, last, content.length)
  position = target.writeUInt32BE(finalMarker, position)
  position = target.writeUInt32BE(last, position)
  target.set(inputs.iv, position)
  position = target.writeUInt32BE(content.length, position + ivLength)
  return encryptInto(target, position, suite, encryptionKey, inputs.iv, inputs.aad, content)
}

function need(message: Buffer, offset: number, length: number, sequence: number): void {
  if (length > message.length - offset) {
    throw new EnvelopeError('MESSAGE_TRUNCATED', `The message ends within frame ${sequence}`)
  }
}

// The IV is the sequence number (client-apis/decrypt.md#decrypt-the-message-body); the field must say the same,
// or else bytes that nothing authenticates could be changed.
function checkIv(message: Buffer, offset: number, sequence: number): void {
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

function checkContentLength(length: number, maximum: number): void {
  if (length > maximum) {
    throw new EnvelopeError('MESSAGE_TOO_LARGE', `A frame has ${length} bytes; maxFrameLength is ${maximum}`)
  }
}

/**
 * The frame at `offset`, which must be number `sequence`. Only its form is checked. Throws MESSAGE_TRUNCATED,
 * FRAME_OUT_OF_ORDER, FRAME_UNAUTHENTIC (its IV), MESSAGE_NOT_CANONICAL, MESSAGE_TOO_LARGE.
 */
export function readFrame(
  message: Buffer,
  offset: number,
  sequence: number,
  frameLength: number,
  maxContentLength: number,
): Frame {
  need(message, offset, 4, sequence)
  const marker = message.readUInt32BE(offset)
  if (marker !== finalMarker) {
    checkSequence(marker, sequence)
    checkContentLength(frameLength, maxContentLength)
    need(message, offset, regularPrefixLength + frameLength + tagLength, sequence)
    checkIv(message, offset + 4, sequence)
    const contentStart = offset + regularPrefixLength
    const end = contentStart + frameLength + tagLength
    return { sequence, final: false, contentStart, contentLength: frameLength, end }
  }
  need(message, offset, finalPrefixLength, sequence)
  checkSequence(message.readUInt32BE(offset + 4), sequence)
  checkIv(message, offset + 8, sequence)
  const contentStart = offset + finalPrefixLength
  const contentLength = message.readUInt32BE(contentStart - 4)
  if (contentLength > frameLength) {
    throw new EnvelopeError('MESSAGE_NOT_CANONICAL', 'The final frame is longer than the frame length')
  }
  checkContentLength(contentLength, maxContentLength)
  need(message, contentStart, contentLength + tagLength, sequence)
  return { sequence, final: true, contentStart, contentLength, end: contentStart + contentLength + tagLength }
}

/** Walks all frames from `offset` on without a key. Throws what `readFrame` throws. */
export function scanFrames(
  message: Buffer,
  offset: number,
  frameLength: number,
  maxContentLength: number,
): FramedBody {
  let plaintextLength = 0
  let position = offset
  for (let sequence = 1; ; sequence += 1) {
    const frame = readFrame(message, position, sequence, frameLength, maxContentLength)
    plaintextLength += frame.contentLength
    position = frame.end
    if (frame.final) return { frames: sequence, plaintextLength, end: position }
  }
}

/**
 * Opens every frame of a body that `scanFrames` has walked; nothing is returned before all are authentic
 * (client-apis/decrypt.md#decrypt-the-message-body). Throws FRAME_UNAUTHENTIC.
 */
export function decryptFrames(
  seal: FrameSeal,
  message: Buffer,
  offset: number,
  frameLength: number,
  body: FramedBody,
): Buffer {
  const { suite, encryptionKey, messageId } = seal
  // Never a slice of the shared pool: plaintext stays in memory of its own.
  const plaintext = Buffer.allocUnsafeSlow(body.plaintextLength)
  const regular = body.frames > 1 ? regularInputs(messageId) : undefined
  let position = offset
  let written = 0
  for (let sequence = 1; sequence <= body.frames; sequence += 1) {
    const frame = readFrame(message, position, sequence, frameLength, maxFrameLength)
    const inputs = frame.final || regular === undefined ? finalInputs(messageId) : regular
    setFrame(inputs, sequence, frame.contentLength)
    const tagStart = frame.contentStart + frame.contentLength
    const content = message.subarray(frame.contentStart, tagStart)
    const tag = message.subarray(tagStart, frame.end)
    if (!decryptInto(plaintext, written, suite, encryptionKey, inputs.iv, inputs.aad, content, tag)) {
      plaintext.fill(0)
      throw new EnvelopeError('FRAME_UNAUTHENTIC', `Frame ${sequence} is not authentic`)
    }
    written += frame.contentLength
    position = frame.end
  }
  return plaintext
}
