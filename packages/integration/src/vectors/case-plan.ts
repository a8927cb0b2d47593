import { createHash } from 'node:crypto'
import type { Context, MessagePlan, RawAesWrapping } from './message-plan.js'
import { messageSuites, type SuiteLabel } from './message-suites.js'

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

/** Bytes in a frame, unless the case says otherwise. */
export const frame = 256

/** By their name in `plaintexts/`, where those stand that some message opens to. */
export const vectorPlaintexts = {
  empty: Buffer.alloc(0),
  'one-byte': Buffer.of(0),
  sentence: Buffer.from('The quick brown fox jumps over the lazy dog.'),
  'frame-minus-1': fixedBytes('p', frame - 1),
  frame: fixedBytes('p', frame),
  'frame-plus-1': fixedBytes('p', frame + 1),
  'three-frames': fixedBytes('p', 2 * frame + 9),
  frames: fixedBytes('p', 5 * frame + 17),
  large: fixedBytes('p', 5000),
} as const satisfies Record<string, Buffer>
export type PlaintextName = keyof typeof vectorPlaintexts

/** What a row says about its message; everything else follows from the id. */
export type PlanPart = Partial<Omit<MessagePlan, 'plaintext' | 'suite'>> & {
  plaintext?: PlaintextName
  keyNames?: readonly string[]
}

/** One row of a table: a message for each of its suites. */
export interface CaseRow {
  name: string
  description: string
  suites: readonly SuiteLabel[]
  part?: PlanPart
  /** The keys that the reader is given. */
  keys?: readonly string[]
  /** The pairs that the reader reproduces. */
  reproduced?: Context
  /** Our error code, where every reader must refuse the message. */
  code?: string
  /** Applied to the finished message. */
  mangle?: (message: Buffer) => Buffer
}

const curveBytes = { 'P-256': 32, 'P-384': 48 } as const

export function planOf(id: string, label: SuiteLabel, part: PlanPart): MessagePlan {
  const { plaintext = 'sentence', keyNames = ['aes-256'], ...rest } = part
  const suite = messageSuites[label]
  const wrappings = keyNames.map((name, index): RawAesWrapping => ({
    namespace: vectorNamespace,
    name,
    key: vectorKeys[name]!,
    iv: fixedBytes(`${id} wrapping iv ${index}`, 12),
  }))
  return {
    suite,
    plaintext: vectorPlaintexts[plaintext],
    context: { purpose: 'test vector' },
    frameLength: frame,
    dataKey: fixedBytes(`${id} data key`, suite.keyLength),
    messageId: fixedBytes(`${id} message id`, suite.format === 1 ? 16 : 32),
    // A scalar with a leading zero byte is certainly below the order of its curve.
    ...(suite.signature && {
      signingKey: Buffer.concat([
        Buffer.alloc(1),
        fixedBytes(`${id} signing key`, curveBytes[suite.signature] - 1),
      ]),
    }),
    wrappings,
    ...rest,
  }
}
