import { fixedBytes, type CaseRow } from './case-plan.js'
import { every, signed, whole, wholeFormat1 } from './suite-groups.js'

const randomIv = (sequence: number): Buffer => fixedBytes(`iv ${sequence}`, 12)

/** Messages that open. */
export const goodCases: readonly CaseRow[] = [
  {
    name: 'empty',
    description: 'No plaintext: one empty final frame',
    suites: every,
    part: { plaintext: 'empty' },
  },
  {
    name: 'one-byte',
    description: 'One byte of plaintext',
    suites: whole,
    part: { plaintext: 'one-byte' },
  },
  {
    name: 'frame-minus-1',
    description: 'One byte less than a frame',
    suites: whole,
    part: { plaintext: 'frame-minus-1' },
  },
  {
    name: 'frame',
    description: 'Exactly one frame, full final frame',
    suites: every,
    part: { plaintext: 'frame' },
  },
  {
    name: 'frame-then-empty',
    description: 'Exactly one frame, then an empty final frame',
    suites: whole,
    part: { plaintext: 'frame', emptyFinalFrame: true },
  },
  {
    name: 'frame-plus-1',
    description: 'One byte more than a frame',
    suites: whole,
    part: { plaintext: 'frame-plus-1' },
  },
  { name: 'frames', description: 'Several frames', suites: every, part: { plaintext: 'frames' } },
  { name: 'one-byte-frames', description: 'Frames of one byte', suites: whole, part: { frameLength: 1 } },
  {
    name: 'usual-frame-length',
    description: 'Frames of 4,096 bytes',
    suites: whole,
    part: { plaintext: 'large', frameLength: 4096 },
  },
  { name: 'no-context', description: 'Empty encryption context', suites: every, part: { context: {} } },
  {
    name: 'context-unicode',
    description:
      'Keys whose order in UTF-8 differs from their order in UTF-16, an empty value, combining marks',
    suites: every,
    part: { context: { '\u{1F511}': 'key', '\uFF5E': 'tilde', ä: 'A\u0308', '': 'empty key', empty: '' } },
  },
  {
    name: 'context-many',
    description: 'Two hundred pairs',
    suites: whole,
    part: { context: Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`key-${i}`, `value ${i}`])) },
  },
  {
    name: 'aes-128',
    description: 'Wrapped by a 128-bit key',
    suites: whole,
    part: { keyNames: ['aes-128'] },
    keys: ['aes-128'],
  },
  {
    name: 'aes-192',
    description: 'Wrapped by a 192-bit key',
    suites: whole,
    part: { keyNames: ['aes-192'] },
    keys: ['aes-192'],
  },
  {
    name: 'second-data-key',
    description: 'Two encrypted data keys; the reader has only the second',
    suites: every,
    part: { keyNames: ['aes-256-other', 'aes-256'] },
  },
  {
    name: 'three-data-keys',
    description: 'Three encrypted data keys; the reader has all',
    suites: whole,
    part: { keyNames: ['aes-128', 'aes-192', 'aes-256'] },
    keys: ['aes-128', 'aes-192', 'aes-256'],
  },
  {
    name: 'unframed-empty',
    description: 'Unframed, no plaintext',
    suites: every,
    part: { plaintext: 'empty', frameLength: 'unframed' },
  },
  { name: 'unframed', description: 'Unframed', suites: every, part: { frameLength: 'unframed' } },
  {
    name: 'unframed-large',
    description: 'Unframed, 5,000 bytes',
    suites: every,
    part: { plaintext: 'large', frameLength: 'unframed' },
  },
  {
    name: 'random-ivs',
    description: 'Every IV drawn at random, as the SDKs did until 2017',
    suites: wholeFormat1,
    part: { plaintext: 'frames', ivOf: randomIv },
  },
  {
    name: 'unframed-random-ivs',
    description: 'Unframed, every IV drawn at random, as the SDKs did until 2017',
    suites: wholeFormat1,
    part: { frameLength: 'unframed', ivOf: randomIv },
  },
  {
    name: 'signature-high-s',
    description: 'Of the two valid signatures that with the larger s',
    suites: signed,
    part: { highS: true },
  },
]
