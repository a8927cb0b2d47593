import { cpuUsage } from 'node:process'
import { SealringError } from '@sealring/core'
import type { ClientOptions } from '@sealring/core/envelope'
import { decryptingAs, insteadOf, streaming, unauthenticated, whatever } from './break-engine.js'
import { engine, type FuzzedEngine } from './engine.js'
import type { FuzzLimits } from './fuzz-limits.js'
import { walkMessage } from './walk-message.js'

/** An engine with one fault, and the finding that it must lead to. */
export interface BrokenEngine {
  readonly name: string
  readonly engine: FuzzedEngine
  readonly finding: RegExp
  /** Nobody on its thread can notice. */
  readonly endsThread?: { readonly withinMilliseconds: number }
  readonly limits?: Partial<FuzzLimits>
}

const kept: unknown[] = []
const never = () => new Promise<never>(() => undefined)

/** Of the processor: on a busy machine it takes longer. */
function takeTime(milliseconds: number): void {
  const before = cpuUsage()
  while (cpuUsage(before).user < milliseconds * 1000) continue
}

function withOneMore(options: ClientOptions): ClientOptions {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, typeof value === 'number' ? value + 1 : value]),
  )
}

export const brokenEngines: readonly BrokenEngine[] = [
  {
    name: 'ignores trailing bytes',
    engine: insteadOf('MESSAGE_TRAILING_BYTES', whatever),
    finding: /^decrypt: a changed message opened/,
  },
  {
    name: 'takes a message without its end',
    engine: insteadOf('MESSAGE_TRUNCATED', whatever),
    finding: /^decrypt: (a changed message opened|the frames are not authentic)/,
  },
  {
    name: 'skips a frame that is not authentic',
    engine: insteadOf('FRAME_UNAUTHENTIC', whatever),
    finding: /^decrypt: (a changed message opened|the frames are not authentic)/,
  },
  {
    name: 'takes any signature',
    engine: insteadOf('SIGNATURE_INVALID', whatever),
    finding: /^decrypt: opened, and its signature does not fit/,
  },
  {
    name: 'refuses what is right',
    engine: decryptingAs((right) => async (...args) => {
      const output = await right(...args)
      if (output.plaintext.length === 0) throw new SealringError('MESSAGE_TRUNCATED', 'Nothing is in it')
      return output
    }),
    finding: /^decrypt: a valid message is refused with MESSAGE_TRUNCATED/,
  },
  {
    name: 'throws what has no code',
    engine: insteadOf('MESSAGE_UNSUPPORTED', () => Promise.reject(new TypeError('Not a function'))),
    finding: /^decrypt: an error without a code: .*TypeError/,
  },
  {
    name: 'throws the code of another layer',
    engine: insteadOf('HEADER_UNAUTHENTIC', () =>
      Promise.reject(new SealringError('KEYRING_INVALID', 'It is the keyring')),
    ),
    finding: /^decrypt: the code KEYRING_INVALID/,
  },
  {
    name: 'believes the length of a frame',
    engine: decryptingAs((right) => (keyring, message, options) => {
      if (Buffer.isBuffer(message)) Buffer.allocUnsafe(walkMessage(message)?.header.frameLength ?? 0)
      return right(keyring, message, options)
    }),
    finding: /^cost: a Buffer of \d{9,} bytes/,
  },
  {
    name: 'keeps what it read',
    engine: decryptingAs((right) => (...args) => {
      kept.push(Buffer.alloc(20_000))
      return right(...args)
    }),
    finding: /^memory: external grew/,
    limits: { memoryInterval: 150, growthBytes: 2 * 2 ** 20 },
  },
  {
    name: 'takes long',
    engine: insteadOf('HEADER_UNAUTHENTIC', (_message, error) => {
      takeTime(40)
      return Promise.reject(error)
    }),
    finding: /^cost: \d+ ms of processor time/,
    limits: { caseMilliseconds: 35 },
  },
  {
    name: 'never ends',
    engine: insteadOf('FRAME_OUT_OF_ORDER', never),
    finding: /^hang: it does not end/,
    limits: { hangMilliseconds: 500 },
  },
  {
    name: 'never leaves the processor',
    engine: insteadOf('FRAME_OUT_OF_ORDER', () => {
      for (;;) takeTime(1000)
    }),
    finding: /run: it does not end/,
    endsThread: { withinMilliseconds: 2000 },
  },
  {
    name: 'makes a table as long as a count says',
    engine: insteadOf('MESSAGE_NOT_CANONICAL', (_message, error) => {
      kept.push(Array(8_000_000).fill(0.5))
      return Promise.reject(error)
    }),
    finding: /^cost: \d{8,} bytes of the heap/,
  },
  {
    name: 'inspects another length',
    engine: {
      ...engine,
      inspect(...args) {
        const info = engine.inspect(...args)
        return { ...info, plaintextLength: info.frameLength * info.frames }
      },
    },
    finding: /^inspect: \d+ bytes of plaintext are promised/,
  },
  {
    name: 'is off by one in a limit',
    engine: {
      ...engine,
      buildClient: (options) => engine.buildClient(withOneMore(options)),
    },
    finding: /^decrypt, a small limit: max\w+ \d+, the message has \d+: opened/,
  },
  {
    name: 'reads without commitment',
    engine: {
      ...engine,
      buildClient: (options) =>
        engine.buildClient({ ...options, commitmentPolicy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT' }),
    },
    finding: /^decrypt, committing suites alone: read without commitment/,
  },
  {
    name: 'releases a frame early',
    engine: streaming(async (stream, message, decrypt) => {
      stream.push(unauthenticated(message))
      stream.emit('MessageHeader', (await decrypt()).messageHeader)
      stream.push(null)
    }),
    finding: /bytes were released that are not whole authentic frames/,
  },
  {
    name: 'releases bytes behind its end',
    engine: streaming(async (stream, _message, decrypt) => {
      const { plaintext, messageHeader } = await decrypt()
      stream.emit('MessageHeader', messageHeader)
      stream.push(plaintext.subarray(0, -1))
      stream.push(null)
    }),
    finding: /^decryptStream.*: another plaintext than decrypt/,
  },
  {
    name: 'fails twice',
    engine: streaming(async (stream, _message, decrypt) => {
      try {
        const { plaintext, messageHeader } = await decrypt()
        stream.emit('MessageHeader', messageHeader)
        stream.push(plaintext)
        stream.push(null)
      } catch (error) {
        stream.emit('error', error)
        throw error
      }
    }),
    finding: /^decryptStream.*: a second error/,
  },
  {
    name: 'reads signed messages as unsigned ones',
    engine: streaming(async (stream, _message, decrypt) => {
      const { plaintext, messageHeader } = await decrypt()
      stream.emit('MessageHeader', messageHeader)
      stream.push(plaintext)
      stream.push(null)
    }),
    finding: /^decryptUnsignedMessageStream: a signed message is read/,
  },
]

/** Throws when there is none of that name. */
export function brokenEngine(name: string): BrokenEngine {
  const found = brokenEngines.find((each) => each.name === name)
  if (found !== undefined) return found
  throw new Error(`The broken engines are: ${brokenEngines.map((each) => each.name).join('; ')}`)
}
