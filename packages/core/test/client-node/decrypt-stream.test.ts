import { wrongType } from '../envelope/wrong-type.js'
import { afterwards } from './afterwards.js'
import { keyring, messages, otherKeyring, signed, text, unsigned } from './fixture.js'
import { Failed, failsWith, gives, parity, refuses, uncaught, type Row } from './parity.js'
import { StreamLog } from './stream-log.js'
import { piecesOf, story, told } from './stream-story.js'
import { theirs, type Side } from './sides.js'

const written = await messages()
const heldBack = 'client-apis/decrypt.md#decrypt-the-message-body: the final frame waits for the signature'
const once = 'an error reaches the caller once'
type Code = Parameters<typeof failsWith>[0]

type Method = 'decryptStream' | 'decryptUnsignedMessageStream'
const open = (side: Side, method: Method = 'decryptStream', options?: object) =>
  side.client[method](keyring, wrongType(options))

for (const [name, message] of Object.entries(written)) {
  const methods: Method[] =
    name === 'signed' ? ['decryptStream'] : ['decryptStream', 'decryptUnsignedMessageStream']
  for (const method of methods) {
    parity(`${method} of a message that is ${name}`, [
      ...[message.length, 1, 7, 100].map((length): Row => ({
        what: length === message.length ? 'all at once' : `${length} bytes at a time`,
        both: gives({ order: 'MessageHeader data end', data: text }),
        run: async (side) => told(await story(open(side, method), piecesOf(message, length))),
      })),
      {
        what: 'the header comes when nobody reads',
        both: gives('MessageHeader'),
        run: async (side) => {
          const stream = open(side, method)
          const log = new StreamLog(stream, { flowing: false })
          stream.write(message)
          return (await log.until(() => log.headers.length > 0)).order
        },
      },
    ])
  }
}

const empty = (await theirs.client.encrypt(keyring, '', { suiteId: unsigned })).result
const oneFrame = (await theirs.client.encrypt(keyring, 'asdf', { suiteId: signed })).result
const huge = (
  await theirs.client.encrypt(keyring, Buffer.alloc(5000), { suiteId: unsigned, frameLength: 100_000 })
).result
const tagLength = 16
/** What is written of a regular frame beside its content, and of a final one. */
const [regular, final] = [4 + 12 + tagLength, 4 + 4 + 12 + 4 + tagLength]
const headerLength = written.unsigned.length - (regular + 4 + regular + 4 + final + 2)

parity('decryptStream, as it goes', [
  {
    what: 'an empty message',
    both: gives({ order: 'MessageHeader end', data: '' }),
    run: async (side) => told(await story(open(side), [empty])),
  },
  {
    what: 'nothing is said of a header whose tag has not come',
    both: gives(''),
    run: async (side) => {
      const stream = open(side)
      const log = new StreamLog(stream)
      stream.write(written.unsigned.subarray(0, headerLength - 1))
      await afterwards()
      return log.order
    },
  },
  {
    what: 'a frame comes when its tag has come',
    both: gives(['', 'asdf']),
    run: async (side) => {
      const stream = open(side)
      const log = new StreamLog(stream)
      const end = headerLength + regular + 4
      stream.write(written.unsigned.subarray(0, end - 1))
      await afterwards()
      const before = log.data
      stream.write(written.unsigned.subarray(end - 1, end))
      await log.until(() => log.data.length > 0)
      return [before, log.data]
    },
  },
  {
    what: 'the final frame of a signed message, before its signature',
    theirs: gives(text),
    ours: gives('asdfasdf'),
    because: heldBack,
    run: async (side) => {
      const stream = open(side)
      const log = new StreamLog(stream)
      stream.write(written.signed.subarray(0, -90))
      await log.until(() => log.data.length >= (side === theirs ? text.length : 8))
      await afterwards()
      return log.data
    },
  },
  {
    what: 'the only frame of a signed message, before its signature',
    theirs: gives('asdf'),
    ours: gives(''),
    because: heldBack,
    run: async (side) => {
      const stream = open(side)
      const log = new StreamLog(stream)
      stream.write(oneFrame.subarray(0, -90))
      if (side === theirs) await log.until(() => log.data.length > 0)
      await afterwards()
      return log.data
    },
  },
  {
    what: 'a frame beyond maxBodySize is refused before its content has come',
    theirs: failsWith('MESSAGE_TOO_LARGE', 2),
    ours: failsWith('MESSAGE_TOO_LARGE', 1),
    because: once,
    run: async (side) => {
      const stream = open(side, 'decryptStream', { maxBodySize: 4999 })
      const log = new StreamLog(stream)
      stream.write(huge.subarray(0, huge.length - 5000 - tagLength))
      await log.settled()
      return new Failed(log.errors.length, log.errors[0])
    },
  },
  {
    what: 'maxBodySize is of a frame, not of the message',
    both: gives({ order: 'MessageHeader data end', data: text }),
    run: async (side) =>
      told(await story(open(side, 'decryptStream', { maxBodySize: 4 }), [written.unsigned])),
  },
  {
    what: 'a message in base64',
    both: gives(text),
    run: async (side) => {
      const stream = open(side)
      const log = new StreamLog(stream)
      // Complete groups of four characters, so that each chunk decodes by itself.
      for (const part of written.unsigned.toString('base64').match(/.{1,64}/g)!) stream.write(part, 'base64')
      stream.end()
      return (await log.settled()).data
    },
  },
  {
    what: 'setEncoding',
    both: gives(text),
    run: async (side) => {
      const stream = open(side).setEncoding('utf8')
      const strings: string[] = []
      stream.on('data', (string: string) => strings.push(string))
      await story(stream, [written.unsigned])
      return strings.join('')
    },
  },
])

parity('decryptStream throws at once for', [
  ...['4', true, {}].map((maxBodySize): Row => ({
    what: `the maxBodySize ${JSON.stringify(maxBodySize)}`,
    both: refuses('INVALID_ARGUMENT'),
    run: (side) => open(side, 'decryptStream', { maxBodySize }),
  })),
  {
    what: 'options that are null',
    both: refuses('INVALID_ARGUMENT'),
    run: ({ client }) => client.decryptStream(keyring, wrongType(null)),
  },
])

const { unsigned: message } = written
/** Errors that theirs finds while it reads the header are emitted twice: 'error close error'. */
const early: readonly (readonly [string, Code, (side: Side) => Promise<StreamLog>])[] = [
  ['nothing', 'MESSAGE_TRUNCATED', (side) => story(open(side), [])],
  ['a header that is cut', 'MESSAGE_TRUNCATED', (side) => story(open(side), [message.subarray(0, 60)])],
  ['an unknown version', 'MESSAGE_UNSUPPORTED', (side) => story(open(side), [Buffer.alloc(100, 3)])],
  [
    'base64 as if it were bytes',
    'MESSAGE_UNSUPPORTED',
    (side) => story(open(side), [message.toString('base64')]),
  ],
  [
    'a header that is not authentic',
    'HEADER_UNAUTHENTIC',
    (side) => story(open(side), [flipped(message, headerLength - 1)]),
  ],
  [
    'a commitment to another key',
    'COMMITMENT_MISMATCH',
    (side) => story(open(side), [flipped(message, headerLength - tagLength - 1)]),
  ],
  [
    'a keyring that has not the key',
    'NO_DATA_KEY',
    (side) => story(side.client.decryptStream(otherKeyring), [message]),
  ],
  ['no keyring', 'KEYRING_INVALID', (side) => story(side.client.decryptStream(wrongType({})), [message])],
  [
    'a suite that the policy forbids',
    'SUITE_NOT_ALLOWED',
    (side) => story(side.engine.buildClient().decryptStream(keyring), [written.plain]),
  ],
  [
    'a signed message where none may be',
    'SUITE_NOT_ALLOWED',
    (side) => story(open(side, 'decryptUnsignedMessageStream'), [written.signed]),
  ],
]
parity(
  'decryptStream emits an error and says nothing of the header, for',
  early.map(([what, code, run]): Row => ({
    what,
    theirs: failsWith(code, { order: 'error error', close: 1 }),
    ours: failsWith(code, { order: 'error', close: 1 }),
    because: once,
    run: async (side) => {
      const log = await run(side)
      return told(log, { order: log.order, close: log.count('close') })
    },
  })),
)

/** A stream that is destroyed may drop what it had ready, so of the data only a bound is certain. */
function broken(log: StreamLog, most: string): unknown {
  const order = log.order.replace(' data', '')
  return told(log, { order, close: log.count('close'), within: most.startsWith(log.data) })
}
const oneError = { order: 'MessageHeader error', close: 1, within: true }

const late: readonly (readonly [string, Code, Buffer, string])[] = [
  ['a message that ends after its header', 'MESSAGE_TRUNCATED', message.subarray(0, headerLength), ''],
  [
    'a message that ends after a frame',
    'MESSAGE_TRUNCATED',
    message.subarray(0, headerLength + regular + 4),
    'asdf',
  ],
  ['a message that lacks a byte', 'MESSAGE_TRUNCATED', message.subarray(0, -1), 'asdfasdf'],
  ['a first frame that is not authentic', 'FRAME_UNAUTHENTIC', flipped(message, headerLength + 16), ''],
  [
    'a final frame that is not authentic',
    'FRAME_UNAUTHENTIC',
    flipped(message, message.length - 1),
    'asdfasdf',
  ],
]
/** That theirs may have released the final frame is a row of its own, above. */
const footers: readonly (readonly [string, Code, Buffer, string])[] = [
  ['a wrong signature', 'SIGNATURE_INVALID', flipped(written.signed, written.signed.length - 1), 'asdfasdf'],
  ['a signature that is cut', 'MESSAGE_TRUNCATED', written.signed.subarray(0, -1), 'asdfasdf'],
  [
    'a byte after the signature',
    'MESSAGE_TRAILING_BYTES',
    Buffer.concat([written.signed, Buffer.alloc(1)]),
    'asdfasdf',
  ],
]
parity('decryptStream emits one error after the header, and no end, for', [
  ...late.map(([what, code, bytes, most]): Row => ({
    what,
    both: failsWith(code, oneError),
    run: async (side) => broken(await story(open(side), [bytes]), most),
  })),
  {
    what: 'frames that change places',
    theirs: failsWith('FRAME_OUT_OF_ORDER', { ...oneError, order: 'MessageHeader error error' }),
    ours: failsWith('FRAME_OUT_OF_ORDER', oneError),
    because: once,
    run: async (side) => broken(await story(open(side), [swapped(message)]), ''),
  },
  ...footers.map(([what, code, bytes, most]): Row => ({
    what,
    both: failsWith(code, oneError),
    run: async (side) => broken(await story(open(side), [bytes]), side === theirs ? text : most),
  })),
  {
    what: 'a byte after an unsigned message',
    theirs: gives({ order: 'MessageHeader end', close: 0, within: true }),
    ours: failsWith('MESSAGE_TRAILING_BYTES', oneError),
    because: 'client-apis/decrypt.md#behavior: bytes left over must fail',
    run: async (side) => broken(await story(open(side), [Buffer.concat([message, Buffer.alloc(1)])]), text),
  },
  {
    what: 'nobody who listens to it: thrown into the void, as with any stream',
    both: uncaught(gives('made')),
    run: async (side) => {
      open(side).resume().end(message.subarray(0, -1))
      await afterwards()
      return 'made'
    },
  },
])

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at]! ^= 1
  return copy
}

function swapped(bytes: Buffer): Buffer {
  const [one, two, three] = [0, 1, 2].map((n) => headerLength + n * (regular + 4))
  const parts = [
    bytes.subarray(0, one),
    bytes.subarray(two, three),
    bytes.subarray(one, two),
    bytes.subarray(three),
  ]
  return Buffer.concat(parts)
}
