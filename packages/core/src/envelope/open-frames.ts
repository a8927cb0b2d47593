import { EnvelopeError } from '../errors.js'
import { ivLength } from '../materials/algorithm-suites.js'
import { decryptInto } from './aes-gcm.js'
import type { BodySeal } from './body-seal.js'
import { readFrame, type Frame, type FramedBody, type FrameRules } from './read-frame.js'

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
  const { sequence, final, ivStart, contentStart, contentLength, end } = frame
  const { aad } = seal.inputs(final ? 'finalFrame' : 'frame', sequence, contentLength)
  const tagStart = contentStart + contentLength
  const iv = message.subarray(ivStart, ivStart + ivLength)
  const content = message.subarray(contentStart, tagStart)
  const tag = message.subarray(tagStart, end)
  if (!decryptInto(target, offset, seal.suite, seal.encryptionKey, iv, aad, content, tag)) {
    target.fill(0, offset, offset + contentLength)
    throw new EnvelopeError('FRAME_UNAUTHENTIC', `Frame ${sequence} is not authentic`)
  }
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
