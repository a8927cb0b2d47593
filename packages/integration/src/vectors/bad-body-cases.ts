import { fixedBytes, frame, vectorPlaintexts, type CaseRow } from './case-plan.js'
import { asFinalFrame, contentLengthOf, flipped, onlyFrameAt, withContentLength } from './damage.js'
import { paddedIv } from './message-fields.js'
import { committing, every, whole, wholeUnsigned } from './suite-groups.js'

const threeFrames = { plaintext: 'three-frames' } as const
const unframed = { plaintext: 'frames', frameLength: 'unframed' } as const

/** Changes the last frame, or the unframed body, before it is signed. */
const last =
  (change: (frame: Buffer) => Buffer) =>
  (frames: Buffer[]): Buffer[] => [...frames.slice(0, -1), change(frames.at(-1)!)]

const appended = (message: Buffer): Buffer => Buffer.concat([message, Buffer.alloc(1)])

/** Framed messages whose body must be refused. */
const framedCases: readonly CaseRow[] = [
  {
    name: 'frame-tag',
    code: 'FRAME_UNAUTHENTIC',
    description: 'The last bit of the only frame was changed, and signed as such',
    suites: every,
    part: { faults: { frames: last((only) => flipped(only, -1)) } },
  },
  {
    name: 'frame-iv',
    code: 'FRAME_UNAUTHENTIC',
    description: 'The IV of the only frame was changed',
    suites: wholeUnsigned,
    part: { faults: { frames: last((only) => flipped(only, 4 + 4 + 11)) } },
  },
  {
    name: 'frame-iv-own',
    code: 'FRAME_UNAUTHENTIC',
    description: 'The only frame was sealed under an IV of its own, which format 2 never did',
    suites: committing,
    part: { ivOf: (sequence) => (sequence === 0 ? paddedIv(0) : fixedBytes('iv', 12)) },
  },
  {
    name: 'frames-swapped',
    code: 'FRAME_OUT_OF_ORDER',
    description: 'The first two frames are exchanged',
    suites: whole,
    part: { ...threeFrames, faults: { frames: ([a, b, c]) => [b!, a!, c!] } },
  },
  {
    name: 'frame-repeated',
    code: 'FRAME_OUT_OF_ORDER',
    description: 'The first frame stands twice',
    suites: whole,
    part: { ...threeFrames, faults: { frames: ([a, b, c]) => [a!, a!, b!, c!] } },
  },
  {
    name: 'frame-left-out',
    code: 'FRAME_OUT_OF_ORDER',
    description: 'The second of three frames is left out',
    suites: whole,
    part: { ...threeFrames, faults: { frames: ([a, , c]) => [a!, c!] } },
  },
  {
    name: 'sequence-from-zero',
    code: 'FRAME_OUT_OF_ORDER',
    description: 'Frames count from zero, and are authenticated as such',
    suites: whole,
    part: { ...threeFrames, faults: { sequence: [0, 1, 2] } },
  },
  {
    name: 'regular-as-final',
    code: 'FRAME_UNAUTHENTIC',
    description: 'The message ends after its first frame, which is written as a final frame',
    suites: wholeUnsigned,
    part: { ...threeFrames, faults: { frames: ([a]) => [asFinalFrame(a!, frame)] } },
  },
  {
    name: 'final-frame-missing',
    code: 'MESSAGE_TRUNCATED',
    description: 'The message ends after a regular frame',
    suites: wholeUnsigned,
    part: { ...threeFrames, faults: { frames: ([a, b]) => [a!, b!] } },
  },
  {
    name: 'final-frame-twice',
    code: 'MESSAGE_TRAILING_BYTES',
    description: 'The final frame stands twice',
    suites: wholeUnsigned,
    part: { ...threeFrames, faults: { frames: ([a, b, c]) => [a!, b!, c!, c!] } },
  },
  {
    name: 'final-frame-too-long',
    code: 'MESSAGE_NOT_CANONICAL',
    description: 'The final frame is a byte longer than the frame length',
    suites: whole,
    part: { faults: { frameLengthInHeader: vectorPlaintexts.sentence.length - 1 } },
  },
  {
    name: 'cut-in-frame',
    code: 'MESSAGE_TRUNCATED',
    description: 'The message ends within its only frame',
    suites: whole,
    mangle: (message) => message.subarray(0, onlyFrameAt(message) + 50),
  },
  {
    name: 'cut-last-byte',
    code: 'MESSAGE_TRUNCATED',
    description: 'The last byte is missing',
    suites: committing,
    mangle: (message) => message.subarray(0, -1),
  },
  {
    name: 'trailing-byte',
    code: 'MESSAGE_TRAILING_BYTES',
    description: 'One byte follows the message',
    suites: whole,
    mangle: appended,
  },
]

/** Unframed messages whose body must be refused. */
const unframedCases: readonly CaseRow[] = [
  {
    name: 'unframed-cut',
    code: 'MESSAGE_TRUNCATED',
    description: 'Unframed; the message ends within its body',
    suites: whole,
    part: unframed,
    // More than tag and footer together.
    mangle: (message) => message.subarray(0, -200),
  },
  {
    name: 'unframed-trailing-byte',
    code: 'MESSAGE_TRAILING_BYTES',
    description: 'Unframed; one byte follows the message',
    suites: whole,
    part: unframed,
    mangle: appended,
  },
  {
    name: 'unframed-tag',
    code: 'FRAME_UNAUTHENTIC',
    description: 'Unframed; the last bit of the tag was changed, and signed as such',
    suites: every,
    part: { ...unframed, plaintext: 'sentence', faults: { frames: last((body) => flipped(body, -1)) } },
  },
  {
    name: 'unframed-empty-tag',
    code: 'FRAME_UNAUTHENTIC',
    description: 'Unframed, no plaintext; the last bit of the tag was changed, and signed as such',
    suites: whole,
    part: { ...unframed, plaintext: 'empty', faults: { frames: last((body) => flipped(body, -1)) } },
  },
  {
    name: 'unframed-iv',
    code: 'FRAME_UNAUTHENTIC',
    description: 'Unframed; the IV was changed',
    suites: wholeUnsigned,
    part: { ...unframed, faults: { frames: last((body) => flipped(body, 11)) } },
  },
  {
    name: 'unframed-length-too-long',
    code: 'MESSAGE_TRUNCATED',
    description: 'Unframed; the content length says 4,096 bytes more than there are',
    suites: whole,
    part: {
      ...unframed,
      faults: { frames: last((body) => withContentLength(body, contentLengthOf(body) + 4096)) },
    },
  },
  {
    name: 'unframed-length-too-short',
    code: 'FRAME_UNAUTHENTIC',
    description: 'Unframed; the last byte of the content was taken away, and the content length says so',
    suites: whole,
    part: {
      ...unframed,
      faults: {
        frames: last((body) =>
          withContentLength(
            Buffer.concat([body.subarray(0, -17), body.subarray(-16)]),
            contentLengthOf(body) - 1,
          ),
        ),
      },
    },
  },
  {
    name: 'unframed-length-absurd',
    code: 'MESSAGE_NOT_CANONICAL',
    description: 'Unframed; a content length of 2^64 - 1, where 2^36 - 32 is the most',
    suites: wholeUnsigned,
    part: { ...unframed, faults: { frames: last((body) => withContentLength(body, 2n ** 64n - 1n)) } },
  },
  {
    name: 'unframed-frame-length',
    code: 'MESSAGE_NOT_CANONICAL',
    description: 'Unframed, with a frame length',
    suites: whole,
    part: { ...unframed, plaintext: 'sentence', faults: { frameLengthInHeader: frame } },
  },
]

/** Messages whose body must be refused. */
export const badBodyCases: readonly CaseRow[] = [...framedCases, ...unframedCases]
