import { EnvelopeError } from '../errors.js'
import { ivLength, tagLength } from '../materials/algorithm-suites.js'
import { decryptBlock, encryptInto } from './aes-gcm.js'
import type { BodySeal } from './body-seal.js'
import { checkContentLength } from './read-frame.js'

/** data-format/message-body.md#un-framed-data: IV and content length. */
export const unframedPrefixLength = ivLength + 8
/** data-format/message-body.md#encrypted-content-length */
export const maxUnframedLength = 2 ** 36 - 32
const sequence = 1

export interface UnframedBody {
  readonly contentStart: number
  readonly plaintextLength: number
  /** Offset behind the tag. */
  readonly end: number
}

/** Bytes of the body. */
export function unframedLength(contentLength: number): number {
  return unframedPrefixLength + contentLength + tagLength
}

/** Writes the body at `offset`. Its IV is 1: that of the header is 0. Returns the offset behind it. */
export function sealUnframed(seal: BodySeal, plaintext: Buffer, target: Buffer, offset: number): number {
  const { aad, iv } = seal.inputs('unframed', sequence, plaintext.length)
  target.set(iv, offset)
  let position = target.writeUInt32BE(Math.floor(plaintext.length / 2 ** 32), offset + ivLength)
  position = target.writeUInt32BE(plaintext.length % 2 ** 32, position)
  return encryptInto(target, position, seal.suite, seal.encryptionKey, iv, aad, plaintext)
}

/**
 * How many bytes the body at `offset` has, as far as it can be told from what is there. Throws MESSAGE_TOO_LARGE,
 * MESSAGE_NOT_CANONICAL (a length that the format forbids).
 */
export function unframedBytesNeeded(bytes: Buffer, offset: number, maxContentLength: number): number {
  if (bytes.length - offset < unframedPrefixLength) return unframedPrefixLength
  const lengthStart = offset + ivLength
  const contentLength = bytes.readUInt32BE(lengthStart) * 2 ** 32 + bytes.readUInt32BE(lengthStart + 4)
  if (contentLength > maxUnframedLength) {
    throw new EnvelopeError('MESSAGE_NOT_CANONICAL', 'The body is longer than the format allows')
  }
  checkContentLength(contentLength, maxContentLength)
  return unframedLength(contentLength)
}

/** The body at `offset`. Only its form is checked. Throws MESSAGE_TRUNCATED and what `unframedBytesNeeded` does. */
export function readUnframed(message: Buffer, offset: number, maxContentLength: number): UnframedBody {
  const available = message.length - offset
  const needed = unframedBytesNeeded(message, offset, maxContentLength)
  if (available < needed) throw new EnvelopeError('MESSAGE_TRUNCATED', 'The message ends within its body')
  return {
    contentStart: offset + unframedPrefixLength,
    plaintextLength: needed - unframedPrefixLength - tagLength,
    end: offset + needed,
  }
}

/**
 * Throws FRAME_UNAUTHENTIC. As in a frame, the IV is the sequence number, in format 1 whatever stands there
 * (client-apis/decrypt.md#decrypt-the-message-body).
 */
export function openUnframed(seal: BodySeal, message: Buffer, body: UnframedBody): Buffer {
  const { contentStart, plaintextLength, end } = body
  const { aad, iv: expectedIv } = seal.inputs('unframed', sequence, plaintextLength)
  const start = contentStart - unframedPrefixLength
  const iv = message.subarray(start, start + ivLength)
  if (seal.suite.messageFormat === 2 && !iv.equals(expectedIv)) {
    throw new EnvelopeError('FRAME_UNAUTHENTIC', 'The body has an IV of its own')
  }
  const content = message.subarray(contentStart, contentStart + plaintextLength)
  const tag = message.subarray(contentStart + plaintextLength, end)
  const plaintext = decryptBlock(seal.suite, seal.encryptionKey, iv, aad, content, tag)
  if (plaintext === undefined) throw new EnvelopeError('FRAME_UNAUTHENTIC', 'The body is not authentic')
  return plaintext
}
