import type { Duplex } from 'node:stream'
import { inspect } from 'node:util'
import { AlgorithmSuiteIdentifier, KeyringNode } from '@aws-crypto/client-node'
import { wrongType } from '../envelope/wrong-type.js'
import { afterwards } from './afterwards.js'
import { frameLength, keyring, opened, signed, text, twoKeyrings, unsigned } from './fixture.js'
import { Failed, failsWith, gives, parity, refuses, uncaught, type Row } from './parity.js'
import { StreamLog } from './stream-log.js'
import { story, told, type Piece } from './stream-story.js'
import type { Side } from './sides.js'

const suiteId = unsigned

function sealing({ client }: Side, options: object = {}): Duplex {
  return client.encryptStream(keyring, wrongType({ suiteId, frameLength, ...options }))
}

async function sealed(side: Side, pieces: readonly Piece[], options?: object): Promise<unknown> {
  const log = await story(sealing(side, options), pieces)
  if (log.errors.length > 0) return told(log)
  const plaintext = await opened(Buffer.concat(log.chunks))
  return { order: log.order, finish: log.count('finish'), plaintext }
}

const complete = (plaintext: string) => gives({ order: 'MessageHeader data end', finish: 1, plaintext })

const whole: readonly (readonly [string, readonly Piece[], object?])[] = [
  ['all at once', [text]],
  ['a byte at a time', text.split('')],
  ['bytes', [Buffer.from('asdf'), new Uint8Array([0x61])]],
  ['nothing', []],
  ['empty chunks between others', ['', 'a', new Uint8Array(0), 'b', '']],
  ['exactly one frame', ['asdf']],
  ['exactly two frames', ['asdfasdf']],
  ['a signed message', [text], { suiteId: signed }],
  ['a plaintextLength that is reached', ['as', 'df'], { plaintextLength: 4 }],
  ['a plaintextLength that is not reached', ['asdf'], { plaintextLength: 9 }],
  ['a plaintextLength of 0, which is none', ['asdf'], { plaintextLength: 0 }],
]
parity(
  'encryptStream',
  whole.map(([what, pieces, options]): Row => ({
    what,
    both: complete(Buffer.concat(pieces.map((piece) => Buffer.from(piece))).toString('latin1')),
    run: (side) => sealed(side, pieces, options),
  })),
)

parity('encryptStream, as it goes', [
  {
    what: 'the header comes before anything is written, its bytes too',
    both: gives('MessageHeader data'),
    run: async (side) => (await new StreamLog(sealing(side)).until((log) => log.chunks.length > 0)).order,
  },
  {
    what: 'the header comes when nobody reads',
    both: gives('MessageHeader'),
    run: async (side) => {
      const log = new StreamLog(sealing(side), { flowing: false })
      return (await log.until(() => log.headers.length > 0)).order
    },
  },
  {
    what: 'a listener attached some microtasks later still sees the header',
    both: gives(1),
    run: async (side) => {
      const stream = sealing(side)
      for (let n = 0; n < 10; n += 1) await Promise.resolve()
      return (await new StreamLog(stream).until((log) => log.headers.length > 0)).headers.length
    },
  },
  {
    what: 'a frame comes when it is full, not when the next one begins',
    both: gives(true),
    run: async (side) => {
      const stream = sealing(side)
      const log = await new StreamLog(stream).until((log) => log.chunks.length > 0)
      await afterwards()
      const header = log.data.length
      stream.write('asdfasdf')
      // client-apis/encrypt.md#construct-a-frame: sequence number, IV, four bytes, tag.
      const frames = 2 * (4 + 12 + frameLength + 16)
      await log.until(() => log.data.length - header >= frames)
      return log.data.length - header === frames
    },
  },
  {
    what: 'text in an encoding, written',
    both: gives('ab'),
    run: async (side) => {
      const stream = sealing(side)
      const log = new StreamLog(stream)
      stream.write('61', 'hex')
      stream.write('Yg==', 'base64')
      stream.end()
      return opened(Buffer.concat((await log.settled()).chunks))
    },
  },
  {
    what: 'text in an encoding, given to end',
    theirs: gives('6162'),
    ours: gives('ab'),
    because: 'theirs forgets the encoding (writable.end of Node)',
    run: async (side) => {
      const stream = sealing(side)
      const log = new StreamLog(stream)
      stream.end('6162', 'hex')
      return opened(Buffer.concat((await log.settled()).chunks))
    },
  },
  {
    what: 'setEncoding',
    both: gives('ab'),
    run: async (side) => {
      const stream = sealing(side).setEncoding('base64')
      const strings: string[] = []
      stream.on('data', (string: string) => strings.push(string))
      await story(stream, ['ab'])
      return opened(Buffer.from(strings.join(''), 'base64'))
    },
  },
  {
    what: 'the callbacks of write and end, in their order',
    both: gives(['one', 'two', 'end']),
    run: async (side) => {
      const stream = sealing(side)
      const log = new StreamLog(stream)
      const called: string[] = []
      stream.write('one', () => called.push('one'))
      stream.write('two', () => called.push('two'))
      stream.end(() => called.push('end'))
      await log.settled()
      return called
    },
  },
])

const throws = (options: object): Row['run'] => {
  // What is thrown, and not emitted, comes before 'made'.
  return (side) => (sealing(side, options), 'made')
}
parity('encryptStream throws at once for', [
  { what: 'frameLength 0', both: refuses('INVALID_ARGUMENT'), run: throws({ frameLength: 0 }) },
  { what: 'frameLength 2^32', both: refuses('INVALID_ARGUMENT'), run: throws({ frameLength: 2 ** 32 }) },
  { what: 'an unknown suite', both: refuses('INVALID_ARGUMENT'), run: throws({ suiteId: 0x9999 }) },
  {
    what: 'a suite that the policy forbids',
    both: refuses('SUITE_NOT_ALLOWED'),
    run: throws({ suiteId: AlgorithmSuiteIdentifier.ALG_AES128_GCM_IV12_TAG16 }),
  },
  {
    what: 'options that are null',
    both: refuses('INVALID_ARGUMENT'),
    run: ({ client }) => client.encryptStream(keyring, wrongType(null)),
  },
  ...[undefined, null, {}, 'keyring'].map((source): Row => ({
    what: `${inspect(source)} as keyring`,
    both: refuses('KEYRING_INVALID'),
    run: ({ client }) => client.encryptStream(wrongType(source), {}),
  })),
])

class FailingKeyring extends KeyringNode {
  async _onEncrypt(): Promise<never> {
    throw new Error('no key')
  }
  async _onDecrypt(): Promise<never> {
    throw new Error('no key')
  }
}

async function failed(stream: Duplex, ...pieces: Piece[]): Promise<unknown> {
  const log = await story(stream, pieces)
  const { order } = log
  // The header alone may have gone out: it was authentic when it did.
  return new Failed(order.replace(' data', '').replace('MessageHeader ', ''), log.errors[0])
}

parity('encryptStream emits one error, and no end, for', [
  {
    what: 'a reserved key in the context',
    both: failsWith('INVALID_CONTEXT', 'error'),
    run: (side) => failed(sealing(side, { encryptionContext: { 'aws-crypto-public-key': 'a' } }), 'asdf'),
  },
  {
    what: 'a context that is no map of strings',
    both: failsWith('INVALID_CONTEXT', 'error'),
    run: (side) => failed(sealing(side, { encryptionContext: { a: 1 } }), 'asdf'),
  },
  {
    what: 'a negative plaintextLength',
    both: failsWith('INVALID_ARGUMENT', 'error'),
    run: (side) => failed(sealing(side, { plaintextLength: -1 }), 'asdf'),
  },
  {
    what: 'too many data keys',
    both: failsWith('MESSAGE_TOO_LARGE', 'error'),
    run: ({ engine }) =>
      failed(engine.buildClient(wrongType({ maxEncryptedDataKeys: 1 })).encryptStream(twoKeyrings), 'asdf'),
  },
  {
    what: 'a keyring that fails',
    both: failsWith('DATA_KEY_NOT_WRAPPED', 'error'),
    run: ({ client }) => failed(client.encryptStream(new FailingKeyring()), 'asdf'),
  },
  {
    what: 'more than plaintextLength in the first chunk',
    both: failsWith('MESSAGE_TOO_LARGE', 'error'),
    run: (side) => failed(sealing(side, { plaintextLength: 3 }), 'asdf'),
  },
  {
    what: 'more than plaintextLength in a later chunk',
    theirs: refuses('MESSAGE_TOO_LARGE'),
    ours: failsWith('MESSAGE_TOO_LARGE', 'error'),
    because: 'theirs throws out of write(), where a program that pipes has no hand',
    run: async (side) => {
      const stream = sealing(side, { plaintextLength: 6 })
      const log = new StreamLog(stream)
      stream.write('asdf')
      await log.until(() => log.chunks.length > 1)
      stream.write('asdf')
      await log.settled()
      return new Failed(log.errors.length > 0 ? 'error' : log.order, log.errors[0])
    },
  },
  {
    what: 'a write after the end',
    both: gives(1),
    run: async (side) => {
      const stream = sealing(side)
      const log = new StreamLog(stream)
      stream.end('asdf')
      stream.write('more')
      return (await log.settled()).errors.length
    },
  },
  ...[7, {}, null].map((chunk): Row => ({
    what: `a chunk that is ${JSON.stringify(chunk)}`,
    theirs: gives('emitted'),
    ours: gives('thrown'),
    because: 'a stream of Node throws (writable.write, ERR_INVALID_ARG_TYPE, ERR_STREAM_NULL_VALUES)',
    run: async (side) => {
      const stream = sealing(side)
      const log = new StreamLog(stream)
      try {
        stream.write(chunk)
      } catch {
        stream.destroy()
        return 'thrown'
      }
      stream.end()
      return (await log.settled()).errors.length === 1 ? 'emitted' : 'nothing'
    },
  })),
  {
    what: 'nobody who listens to it: thrown into the void, as with any stream',
    both: uncaught(gives('made')),
    run: async ({ client }) => {
      client.encryptStream(new FailingKeyring()).end('asdf')
      await afterwards()
      return 'made'
    },
  },
])
