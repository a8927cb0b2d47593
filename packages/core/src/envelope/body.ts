import type { BodySeal } from './body-seal.js'
import type { ParsedHeader } from './header.js'
import { openFrames } from './open-frames.js'
import { scanFrames } from './read-frame.js'
import { openUnframed, readUnframed } from './unframed-body.js'

/** A whole body, its form checked. */
export interface Body {
  /** 1 for an unframed body. */
  readonly frames: number
  readonly plaintextLength: number
  /** Offset behind it. */
  readonly end: number
  /** Nothing is returned before all is authentic. Throws FRAME_UNAUTHENTIC. */
  readonly open: (seal: BodySeal) => Buffer
}

/** The body behind a header, without a key. Throws what `scanFrames` and `readUnframed` do. */
export function readBody(message: Buffer, header: ParsedHeader, maxContentLength: number): Body {
  const { suite, contentType, frameLength, length: start } = header
  if (contentType === 'unframed') {
    const body = readUnframed(message, start, maxContentLength)
    const { plaintextLength, end } = body
    return { frames: 1, plaintextLength, end, open: (seal) => openUnframed(seal, message, body) }
  }
  const rules = { messageFormat: suite.messageFormat, frameLength, maxContentLength }
  const body = scanFrames(message, start, rules)
  const { frames, plaintextLength, end } = body
  return { frames, plaintextLength, end, open: (seal) => openFrames(seal, message, start, body, rules) }
}
