import { createHash } from 'node:crypto'
import type { MessagePlan, RawAesWrapping } from './encode-message.js'

/** Bytes that depend on nothing but their label. */
export const fixedBytes = (label: string, length: number): Buffer =>
  createHash('shake256', { outputLength: length }).update(`sealring test vectors: ${label}`).digest()

/** Raw keys, by their name in `keys.json`. */
export const vectorKeys: Readonly<Record<string, Buffer>> = {
  'aes-128': fixedBytes('aes-128', 16),
  'aes-192': fixedBytes('aes-192', 24),
  'aes-256': fixedBytes('aes-256', 32),
  'aes-256-other': fixedBytes('aes-256-other', 32),
}

export const vectorNamespace = 'sealring-vectors'

/** A vector before it is encoded. */
export interface VectorCase {
  id: string
  description: string
  plan: MessagePlan
  /** The keys that the reader is given. */
  keys: readonly string[]
  /** Our error code, and why every reader must refuse it; absent where the message opens. */
  error?: { code: string; description: string }
  /** Applied to the finished message. */
  mangle?: (message: Buffer) => Buffer
}

const frame = 256

type Part = Partial<MessagePlan> & { keyNames?: readonly string[] }

const suites = [
  { suiteId: 0x0478, label: '0478', title: 'committing, unsigned' },
  { suiteId: 0x0578, label: '0578', title: 'committing, signed' },
] as const
type Suite = (typeof suites)[number]

function plan(id: string, suite: Suite, part: Part): MessagePlan {
  const names = part.keyNames ?? ['aes-256']
  const wrappings = names.map((name, index): RawAesWrapping => ({
    namespace: vectorNamespace,
    name,
    key: vectorKeys[name]!,
    iv: fixedBytes(`${id} wrapping iv ${index}`, 12),
  }))
  return {
    suiteId: suite.suiteId,
    plaintext: Buffer.from('The quick brown fox jumps over the lazy dog.'),
    context: { purpose: 'test vector' },
    frameLength: frame,
    dataKey: fixedBytes(`${id} data key`, 32),
    messageId: fixedBytes(`${id} message id`, 32),
    // A P-384 scalar: 47 bytes and a leading zero, so certainly below the order.
    ...(suite.suiteId === 0x0578 && {
      signingKey: Buffer.concat([Buffer.alloc(1), fixedBytes(`${id} signing key`, 47)]),
    }),
    wrappings,
    ...part,
  }
}

const good: readonly { name: string; description: string; part: Part; keys?: readonly string[] }[] = [
  { name: 'empty', description: 'No plaintext: one empty final frame', part: { plaintext: Buffer.alloc(0) } },
  { name: 'one-byte', description: 'One byte of plaintext', part: { plaintext: Buffer.of(0) } },
  {
    name: 'frame-minus-1',
    description: 'One byte less than a frame',
    part: { plaintext: fixedBytes('p', frame - 1) },
  },
  {
    name: 'frame',
    description: 'Exactly one frame, full final frame',
    part: { plaintext: fixedBytes('p', frame) },
  },
  {
    name: 'frame-then-empty',
    description: 'Exactly one frame, then an empty final frame',
    part: { plaintext: fixedBytes('p', frame), emptyFinalFrame: true },
  },
  {
    name: 'frame-plus-1',
    description: 'One byte more than a frame',
    part: { plaintext: fixedBytes('p', frame + 1) },
  },
  { name: 'frames', description: 'Several frames', part: { plaintext: fixedBytes('p', 5 * frame + 17) } },
  { name: 'one-byte-frames', description: 'Frames of one byte', part: { frameLength: 1 } },
  { name: 'no-context', description: 'Empty encryption context', part: { context: {} } },
  {
    name: 'context-unicode',
    description:
      'Keys whose order in UTF-8 differs from their order in UTF-16, an empty value, combining marks',
    part: { context: { '\u{1F511}': 'key', '\uFF5E': 'tilde', ä: 'A\u0308', '': 'empty key', empty: '' } },
  },
  {
    name: 'context-many',
    description: 'Two hundred pairs',
    part: { context: Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`key-${i}`, `value ${i}`])) },
  },
  {
    name: 'aes-128',
    description: 'Wrapped by a 128-bit key',
    part: { keyNames: ['aes-128'] },
    keys: ['aes-128'],
  },
  {
    name: 'aes-192',
    description: 'Wrapped by a 192-bit key',
    part: { keyNames: ['aes-192'] },
    keys: ['aes-192'],
  },
  {
    name: 'second-data-key',
    description: 'Two encrypted data keys; the reader has only the second',
    part: { keyNames: ['aes-256-other', 'aes-256'] },
  },
  {
    name: 'three-data-keys',
    description: 'Three encrypted data keys; the reader has all',
    part: { keyNames: ['aes-128', 'aes-192', 'aes-256'] },
    keys: ['aes-128', 'aes-192', 'aes-256'],
  },
]

const flipped = (message: Buffer, at: number): Buffer => {
  const copy = Buffer.from(message)
  const index = at < 0 ? copy.length + at : at
  copy[index] = copy[index]! ^ 1
  return copy
}

interface Bad {
  name: string
  code: string
  description: string
  part?: Part
  keys?: readonly string[]
  mangle?: (message: Buffer) => Buffer
  only?: Suite['label']
}

const threeFrames = { plaintext: fixedBytes('p', 2 * frame + 9) }
/** Version, suite, message id. */
const fixedHeader = 1 + 2 + 32

const bad: readonly Bad[] = [
  {
    name: 'wrong-key',
    code: 'DATA_KEY_NOT_UNWRAPPED',
    description: 'The reader has the key of this name with other material',
    part: {
      wrappings: [
        {
          namespace: vectorNamespace,
          name: 'aes-256',
          key: vectorKeys['aes-256-other']!,
          iv: fixedBytes('iv', 12),
        },
      ],
    },
  },
  {
    name: 'other-key',
    code: 'NO_DATA_KEY',
    description: 'No data key is wrapped by a key that the reader has',
    part: { keyNames: ['aes-256-other'] },
  },
  {
    name: 'commitment',
    code: 'COMMITMENT_MISMATCH',
    description: 'The header commits to another data key, and is authenticated as such',
    part: { faults: { commitKey: (right) => flipped(right, 0) } },
  },
  {
    name: 'version',
    code: 'MESSAGE_UNSUPPORTED',
    description: 'Message format version 3',
    part: { faults: { version: 3 } },
  },
  {
    name: 'suite',
    code: 'MESSAGE_UNSUPPORTED',
    description: 'An algorithm suite that does not exist',
    part: { faults: { suiteIdInHeader: 0x0678 } },
  },
  {
    name: 'content-type',
    code: 'MESSAGE_UNSUPPORTED',
    description: 'Content type 3',
    part: { faults: { contentType: 3 } },
  },
  {
    name: 'frame-length-zero',
    code: 'MESSAGE_NOT_CANONICAL',
    description: 'Framed, with a frame length of zero',
    part: { faults: { frameLengthInHeader: 0 } },
  },
  {
    name: 'context-duplicate',
    code: 'MESSAGE_NOT_CANONICAL',
    description: 'The encryption context names one key twice',
    part: { faults: { pairs: (pairs) => [...pairs, pairs[0]!] } },
  },
  {
    name: 'context-changed',
    code: 'DATA_KEY_NOT_UNWRAPPED',
    description: 'A character of the encryption context was changed after sealing',
    mangle: (message) => flipped(message, message.indexOf('test vector')),
  },
  {
    name: 'header-tag',
    code: 'HEADER_UNAUTHENTIC',
    description: 'The frame length was changed after sealing',
    mangle: (message) => flipped(message, message.indexOf(Buffer.of(2, 0, 0, 1, 0), fixedHeader) + 4),
  },
  {
    name: 'frame-tag',
    code: 'FRAME_UNAUTHENTIC',
    description: 'The last bit of the only frame was changed',
    only: '0478',
    mangle: (message) => flipped(message, -1),
  },
  {
    name: 'frames-swapped',
    code: 'FRAME_OUT_OF_ORDER',
    description: 'The first two frames are exchanged',
    part: { ...threeFrames, faults: { reorder: ([a, b, c]) => [b!, a!, c!] } },
  },
  {
    name: 'frame-repeated',
    code: 'FRAME_OUT_OF_ORDER',
    description: 'The first frame stands twice',
    part: { ...threeFrames, faults: { reorder: ([a, b, c]) => [a!, a!, b!, c!] } },
  },
  {
    name: 'frame-left-out',
    code: 'FRAME_OUT_OF_ORDER',
    description: 'The second of three frames is left out',
    part: { ...threeFrames, faults: { reorder: ([a, , c]) => [a!, c!] } },
  },
  {
    name: 'sequence-from-zero',
    code: 'FRAME_OUT_OF_ORDER',
    description: 'Frames count from zero, and are authenticated as such',
    part: { ...threeFrames, faults: { sequence: [0, 1, 2] } },
  },
  {
    name: 'final-frame-missing',
    code: 'MESSAGE_TRUNCATED',
    description: 'The message ends after a regular frame',
    only: '0478',
    part: { ...threeFrames, faults: { reorder: ([a, b]) => [a!, b!] } },
  },
  {
    name: 'cut-in-frame',
    code: 'MESSAGE_TRUNCATED',
    description: 'The last byte is missing',
    mangle: (message) => message.subarray(0, -1),
  },
  {
    name: 'cut-in-header',
    code: 'MESSAGE_TRUNCATED',
    description: 'The message ends within its id',
    mangle: (message) => message.subarray(0, 20),
  },
  {
    name: 'nothing',
    code: 'MESSAGE_TRUNCATED',
    description: 'No bytes at all',
    only: '0478',
    mangle: () => Buffer.alloc(0),
  },
  {
    name: 'trailing-byte',
    code: 'MESSAGE_TRAILING_BYTES',
    description: 'One byte follows the message',
    mangle: (message) => Buffer.concat([message, Buffer.alloc(1)]),
  },
  {
    name: 'signature',
    code: 'SIGNATURE_INVALID',
    description: 'The signature is that of another message',
    only: '0578',
    part: { faults: { signature: (right) => flipped(right, -1) } },
  },
  {
    name: 'footer-missing',
    code: 'MESSAGE_TRUNCATED',
    description: 'A signed message without its footer',
    only: '0578',
    mangle: (message) => message.subarray(0, message.lastIndexOf(Buffer.of(0x30)) - 2),
  },
]

/** Every vector, in the order of the manifest. */
export const vectorCases: readonly VectorCase[] = suites.flatMap((suite) => [
  ...good.map(({ name, description, part, keys }): VectorCase => {
    const id = `${suite.label}-${name}`
    return {
      id,
      description: `${description} (${suite.title})`,
      plan: plan(id, suite, part),
      keys: keys ?? ['aes-256'],
    }
  }),
  ...bad
    .filter(({ only }) => only === undefined || only === suite.label)
    .map(({ name, code, description, part, keys, mangle }): VectorCase => {
      const id = `${suite.label}-bad-${name}`
      return {
        id,
        description: `${description} (${suite.title})`,
        plan: plan(id, suite, part ?? {}),
        keys: keys ?? ['aes-256'],
        error: { code, description },
        ...(mangle && { mangle }),
      }
    }),
])
