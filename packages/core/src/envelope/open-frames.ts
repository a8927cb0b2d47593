import { EnvelopeError } from '../errors.js'
import { ivLength } from '../materials/algorithm-suites.js'
import { decryptBlock, decryptInto } from './aes-gcm.js'
import type { BodySeal } from './body-seal.js'
import { readFrame, type Frame, type FramedBody, type FrameRules } from './read-frame.js'

function partsOf(seal: BodySeal, message: Buffer, frame: Frame) {
  const { sequence, final, ivStart, contentStart, contentLength, end } = frame
  const tagStart = contentStart + contentLength
  return {
    aad: seal.inputs(final ? 'finalFrame' : 'frame', sequence, contentLength).aad,
    iv: message.subarray(ivStart, ivStart + ivLength),
    content: message.subarray(contentStart, tagStart),
    tag: message.subarray(tagStart, end),
  }
}

function unauthentic({ sequence }: Frame): EnvelopeError {
  return new EnvelopeError('FRAME_UNAUTHENTIC', `Frame ${sequence} is not authentic`)
}

/**
 * Writes the plaintext of a frame at `offset` of `target`. Throws FRAME_UNAUTHENTIC, and what was written then is
 * zeroed (client-apis/decrypt.md#decrypt-the-message-body).
 */
export function openFrame(
  seal: BodySeal,
  message: Buffer,
  frame: Frame,
  target: Buffer,
  offset: number,
): void {
  const { aad, iv, content, tag } = partsOf(seal, message, frame)
  if (!decryptInto(target, offset, seal.suite, seal.encryptionKey, iv, aad, content, tag)) {
    target.fill(0, offset, offset + frame.contentLength)
    throw unauthentic(frame)
  }
}

/** The plaintext of a frame in memory of its own. Throws FRAME_UNAUTHENTIC. */
export function openSingleFrame(seal: BodySeal, message: Buffer, frame: Frame): Buffer {
  const { aad, iv, content, tag } = partsOf(seal, message, frame)
  const plaintext = decryptBlock(seal.suite, seal.encryptionKey, iv, aad, content, tag)
  if (plaintext === undefined) throw unauthentic(frame)
  return plaintext
}

/**
 * Opens every frame of a body that `scanFrames` has walked; nothing is returned before all are authentic. Throws
 * FRAME_UNAUTHENTIC.
 */
export function openFrames(
  seal: BodySeal,
  message: Buffer,
  offset: number,
  body: FramedBody,
  rules: FrameRules,
): Buffer {
  if (body.frames === 1) return openSingleFrame(seal, message, readFrame(message, offset, 1, rules))
  // Never a slice of the shared pool: plaintext stays in memory of its own.
  const plaintext = Buffer.allocUnsafeSlow(body.plaintextLength)
  let position = offset
  let written = 0
  try {
    for (let sequence = 1; sequence <= body.frames; sequence += 1) {
      const frame = readFrame(message, position, sequence, rules)
      openFrame(seal, message, frame, plaintext, written)
      written += frame.contentLength
      position = frame.end
    }
  } catch (error) {
    plaintext.fill(0)
    throw error
  }
  return plaintext
}
