import { EnvelopeError } from '../errors.js'
import { ivLength, tagLength } from '../materials/algorithm-suites.js'
import { encryptInto } from './aes-gcm.js'
import type { BodySeal } from './body-seal.js'

/** data-format/message-body.md#framed-data */
export const maxFrames = 0xffff_ffff
export const maxFrameLength = 0xffff_ffff
export const finalMarker = 0xffff_ffff
/** Sequence number and IV. */
export const regularPrefixLength = 4 + ivLength
/** Final marker, sequence number, IV, content length. */
export const finalPrefixLength = 4 + 4 + ivLength + 4

function countFrames(plaintextLength: number, frameLength: number): number {
  return Math.max(1, Math.ceil(plaintextLength / frameLength))
}

/** Throws MESSAGE_TOO_LARGE when frame number `sequence` is one that the format can't have. */
export function checkFrameNumber(sequence: number, frameLength: number): void {
  if (sequence > maxFrames) {
    throw new EnvelopeError('MESSAGE_TOO_LARGE', `Frames of ${frameLength} bytes would be too many`)
  }
}

/**
 * Bytes of the framed body. The last frame is always a final frame with content, except that of nothing.
 * Throws MESSAGE_TOO_LARGE when it takes more frames than the format holds.
 */
export function framedLength(plaintextLength: number, frameLength: number): number {
  const frames = countFrames(plaintextLength, frameLength)
  checkFrameNumber(frames, frameLength)
  return (
    plaintextLength + frames * (regularPrefixLength + tagLength) + finalPrefixLength - regularPrefixLength
  )
}

/** Bytes of a regular frame. */
export function regularFrameLength(frameLength: number): number {
  return regularPrefixLength + frameLength + tagLength
}

// Sixteen frames of the default length; of tiny ones not so many that everything else has to wait.
const batchLength = 64 * 1024
const maxBatch = 256

/** How many regular frames a stream works on before it hands them on. */
export function framesAtOnce(frameLength: number): number {
  return Math.min(maxBatch, Math.max(1, Math.floor(batchLength / frameLength)))
}

/** Bytes of the final frame. */
export function finalFrameLength(contentLength: number): number {
  return finalPrefixLength + contentLength + tagLength
}

/** Writes a regular frame at `offset` (client-apis/encrypt.md#construct-a-frame). Returns the offset behind it. */
export function sealRegularFrame(
  seal: BodySeal,
  sequence: number,
  content: Buffer,
  target: Buffer,
  offset: number,
): number {
  const { aad, iv } = seal.inputs('frame', sequence, content.length)
  const start = target.writeUInt32BE(sequence, offset)
  target.set(iv, start)
  return encryptInto(target, start + ivLength, seal.suite, seal.encryptionKey, iv, aad, content)
}

/** Likewise the final frame. */
export function sealFinalFrame(
  seal: BodySeal,
  sequence: number,
  content: Buffer,
  target: Buffer,
  offset: number,
): number {
  const { aad, iv } = seal.inputs('finalFrame', sequence, content.length)
  let position = target.writeUInt32BE(finalMarker, offset)
  position = target.writeUInt32BE(sequence, position)
  target.set(iv, position)
  position = target.writeUInt32BE(content.length, position + ivLength)
  return encryptInto(target, position, seal.suite, seal.encryptionKey, iv, aad, content)
}

/** Writes the whole body at `offset` (client-apis/encrypt.md#construct-the-body). Returns the offset behind it. */
export function sealFrames(
  seal: BodySeal,
  plaintext: Buffer,
  frameLength: number,
  target: Buffer,
  offset: number,
): number {
  const last = countFrames(plaintext.length, frameLength)
  let position = offset
  for (let sequence = 1; sequence < last; sequence += 1) {
    const content = plaintext.subarray((sequence - 1) * frameLength, sequence * frameLength)
    position = sealRegularFrame(seal, sequence, content, target, position)
  }
  return sealFinalFrame(seal, last, plaintext.subarray((last - 1) * frameLength), target, position)
}
