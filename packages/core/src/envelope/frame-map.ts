import type { AlgorithmSuite } from '../materials/algorithm-suites.js'
import {
  finalFrameLength,
  finalPrefixLength,
  maxFrames,
  regularFrameLength,
  regularPrefixLength,
} from './frames.js'
import { maxFooterLength } from './signature.js'

/**
 * Where the frames of one message stand, by arithmetic alone: every regular frame has the same length. Exact up to
 * 2^53; what lies beyond comes out as some number beyond.
 */
export interface FrameMap {
  /** Offset of frame `sequence` in the message. */
  readonly offset: (sequence: number) => number
  /** The frame that holds byte `position` of the plaintext, where there is one. */
  readonly holding: (position: number) => number
  /**
   * The final frame of a message of `size` bytes, if it is whole. Of a signed one it may be a frame before that: how
   * long the signature is, isn't known.
   */
  readonly finalIn: (size: number | undefined) => number
  /** Bytes behind the offset of the next frame that tell a final frame whole, and whether anything follows it. */
  readonly beyond: number
}

/** `headerLength` and `frameLength` as in the header. */
export function frameMap({ signature }: AlgorithmSuite, headerLength: number, frameLength: number): FrameMap {
  const step = regularFrameLength(frameLength)
  const footerLength = signature === undefined ? 0 : maxFooterLength(signature)
  return {
    offset: (sequence) => headerLength + (sequence - 1) * step,
    holding: (position) => Math.floor(position / frameLength) + 1,
    finalIn(size) {
      if (size === undefined) return maxFrames
      const room = size - headerLength - footerLength - finalFrameLength(0)
      return Math.min(Math.floor(Math.max(0, room) / step) + 1, maxFrames)
    },
    beyond: finalPrefixLength - regularPrefixLength + footerLength + 1,
  }
}
