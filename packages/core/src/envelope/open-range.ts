import { EnvelopeError } from '../errors.js'
import type { BodySeal } from './body-seal.js'
import { frameMap } from './frame-map.js'
import { regularFrameLength } from './frames.js'
import type { ParsedHeader } from './header.js'
import { openFrame } from './open-frames.js'
import { readFrame, type FrameRules } from './read-frame.js'
import type { SourceReader } from './source-reader.js'

/** Bytes that are read at once, where frames are shorter. */
const pieceLength = 4 * 1024 * 1024

export interface RangeLimits {
  /** Bytes of content that a frame may have. */
  readonly maxContentLength: number
  /** Bytes of plaintext that are returned at the most. */
  readonly maxLength: number
}

export interface OpenedRange {
  readonly plaintext: Buffer
  readonly start: number
  readonly end: number
  readonly totalLength?: number
}

/** Some frames' plaintext, of which `wanted` is in the range. */
interface Part {
  readonly plaintext: Buffer
  readonly wanted: Buffer
}

function joined(parts: readonly Part[]): Buffer {
  const length = parts.reduce((sum, { wanted }) => sum + wanted.length, 0)
  const plaintext = Buffer.allocUnsafeSlow(length)
  let offset = 0
  for (const { wanted } of parts) {
    plaintext.set(wanted, offset)
    offset += wanted.length
  }
  return plaintext
}

/**
 * Reads and opens the frames that hold the plaintext from `start` up to, not including, `end`, one after the other,
 * each at the place and with the sequence number that the arithmetic demands. Goes on to the final frame where `end`
 * lies behind what was read: only an authentic final frame says that there is no more. Nothing is returned before
 * all are authentic. Throws FRAME_UNAUTHENTIC, FRAME_OUT_OF_ORDER, MESSAGE_TRUNCATED, MESSAGE_TRAILING_BYTES,
 * MESSAGE_NOT_CANONICAL, MESSAGE_TOO_LARGE and what the reader throws.
 */
export async function openRange(
  reader: SourceReader,
  header: ParsedHeader,
  seal: BodySeal,
  { start, end }: { readonly start: number; readonly end: number },
  { maxContentLength, maxLength }: RangeLimits,
): Promise<OpenedRange> {
  const { suite, frameLength } = header
  const rules: FrameRules = { messageFormat: suite.messageFormat, frameLength, maxContentLength }
  const map = frameMap(suite, header.length, frameLength)
  const framesAtOnce = Math.max(1, Math.floor(pieceLength / regularFrameLength(frameLength)))
  // A larger frame is refused as soon as its first bytes are seen, and a final frame may be smaller.
  const longestFrame = regularFrameLength(Math.min(frameLength, Math.max(0, Math.ceil(maxContentLength))))
  // An empty range needs a frame too: that which shows that there is such a position.
  const lastFrame = Math.max(1, Math.ceil(end / frameLength))
  const parts: Part[] = []
  let length = 0
  let totalLength: number | undefined

  const framesFrom = (sequence: number) => Math.min(framesAtOnce, lastFrame - sequence + 1)

  function readPiece(sequence: number): Promise<Buffer> {
    const lastOffset = map.offset(sequence + framesFrom(sequence) - 1)
    return reader.read(map.offset(sequence), lastOffset + longestFrame + map.beyond)
  }

  function keep(plaintext: Buffer, written: number, position: number): void {
    const from = Math.min(written, Math.max(0, start - position))
    const wanted = plaintext.subarray(from, Math.max(from, Math.min(written, end - position)))
    parts.push({ plaintext, wanted })
    length += wanted.length
    if (length > maxLength) {
      throw new EnvelopeError('MESSAGE_TOO_LARGE', `The range has more than ${maxLength} bytes`)
    }
  }

  function checkNothingFollows(offset: number, piece: Buffer): void {
    // Behind the body of a signed message stands its footer, which nobody verifies here.
    if (suite.signature !== undefined || offset === piece.length) return
    throw new EnvelopeError('MESSAGE_TRAILING_BYTES', 'Bytes follow the final frame')
  }

  /** Opens the frames of a piece. Returns the number of the one behind them. */
  function openPiece(piece: Buffer, first: number): number {
    const plaintext = Buffer.allocUnsafeSlow(Math.min(framesFrom(first) * frameLength, piece.length))
    let sequence = first
    let offset = 0
    let written = 0
    try {
      for (const behind = first + framesFrom(first); sequence < behind && totalLength === undefined;) {
        const frame = readFrame(piece, offset, sequence, rules)
        openFrame(seal, piece, frame, plaintext, written)
        written += frame.contentLength
        offset = frame.end
        if (frame.final) totalLength = (sequence - 1) * frameLength + frame.contentLength
        sequence += 1
      }
      if (totalLength !== undefined) checkNothingFollows(offset, piece)
    } catch (error) {
      plaintext.fill(0)
      throw error
    }
    keep(plaintext, written, (first - 1) * frameLength)
    return sequence
  }

  try {
    let sequence = Math.min(map.holding(start), lastFrame, map.finalIn(reader.size))
    let piece = await readPiece(sequence)
    const final = map.finalIn(reader.size)
    if (sequence > final) {
      // The source turned out to end before: whether the message does, its final frame must say.
      sequence = final
      piece = await readPiece(sequence)
    }
    for (;;) {
      sequence = openPiece(piece, sequence)
      if (totalLength !== undefined) {
        const within = (position: number) => Math.min(position, totalLength!)
        return { plaintext: joined(parts), start: within(start), end: within(end), totalLength }
      }
      if (sequence > lastFrame) return { plaintext: joined(parts), start, end }
      piece = await readPiece(sequence)
    }
  } finally {
    for (const { plaintext } of parts) plaintext.fill(0)
  }
}
