import { PassThrough, Readable } from 'node:stream'
import { wrongType } from '../envelope/wrong-type.js'
import { failingSource, reasonOf } from './failing-source.js'
import { oldStream } from './old-stream.js'
import { keyring, opened, text, unsigned } from './fixture.js'
import { gives, hangs, parity, refuses, uncaught, type Outcome, type Row } from './parity.js'
import type { Side } from './sides.js'

const suiteId = unsigned
const bytes = new Uint8Array([0x61, 0x73, 0x64, 0x66])
const asdf = gives('asdf')
const unsupported = refuses('INVALID_ARGUMENT')

class Bytes extends Uint8Array {}

async function sealed({ client }: Side, plaintext: unknown, encoding?: unknown): Promise<string> {
  const options = encoding === undefined ? { suiteId } : { suiteId, encoding: wrongType(encoding) }
  return opened((await client.encrypt(keyring, wrongType(plaintext), options)).result)
}

// What no client may change, and what a program must make anew for each client (streams), are both made here.
const kinds: readonly (readonly [string, () => unknown, Outcome])[] = [
  ['a Buffer', () => Buffer.from('asdf'), asdf],
  ['a slice of a pooled Buffer', () => Buffer.from('>>asdf<<').subarray(2, 6), asdf],
  ['a Uint8Array', () => bytes, asdf],
  ['a subclass of Uint8Array', () => Bytes.from(bytes), asdf],
  ['a Uint8Array on shared memory', () => new Uint8Array(new SharedArrayBuffer(4)), gives('\0\0\0\0')],
  ['an empty Uint8Array', () => new Uint8Array(0), gives('')],
  ['a string', () => 'asdf', asdf],
  ['an empty string', () => '', gives('')],
  ['a Uint8ClampedArray', () => Uint8ClampedArray.from(bytes), unsupported],
  ['an Int8Array', () => Int8Array.from(bytes), unsupported],
  ['a Uint16Array', () => new Uint16Array(2), unsupported],
  ['a Float64Array', () => new Float64Array(1), unsupported],
  ['a BigUint64Array', () => new BigUint64Array(1), unsupported],
  ['a DataView', () => new DataView(new ArrayBuffer(4)), unsupported],
  ['an ArrayBuffer', () => new ArrayBuffer(4), unsupported],
  ['a SharedArrayBuffer', () => new SharedArrayBuffer(4), unsupported],
  ['a number', () => 7, unsupported],
  ['null', () => null, unsupported],
  ['undefined', () => undefined, unsupported],
  ['an object', () => ({}), unsupported],
  ['an array of numbers', () => [1, 2, 3], unsupported],
  ['a String object', () => Object('asdf'), unsupported],
  ['a function', () => () => 'asdf', unsupported],
  ['a Blob', () => new Blob(['asdf']), unsupported],
  ['a web stream', () => new Blob(['asdf']).stream(), unsupported],
  ['an async generator', asyncGenerator, unsupported],
  ['a Readable of Buffers', () => Readable.from([Buffer.from('as'), Buffer.from('df')], bytewise), asdf],
  [
    'a Readable of Uint8Arrays in object mode',
    () => Readable.from([bytes.subarray(0, 1), bytes.subarray(1)]),
    asdf,
  ],
  ['a Readable of strings in object mode', () => Readable.from(['as', 'df']), asdf],
  [
    'a Readable that decodes to strings',
    () => Readable.from([Buffer.from('asdf')]).setEncoding('utf8'),
    asdf,
  ],
  ['a Readable with nothing in it', () => Readable.from([], bytewise), gives('')],
  ['a PassThrough that is still open', openPassThrough, asdf],
  [
    'a Readable one byte at a time',
    () =>
      Readable.from(
        text.split('').map((letter) => Buffer.from(letter)),
        bytewise,
      ),
    gives(text),
  ],
  ['a Readable of numbers', () => Readable.from([1, 2]), unsupported],
  ['a stream of the old kind', () => oldStream('asdf'), asdf],
  ['what is readable and has no pipe', () => ({ readable: true }), unsupported],
  ['an old stream that has ended', () => Object.assign(oldStream('asdf'), { readable: false }), unsupported],
  ['a Readable that was read to its end', readToItsEnd, unsupported],
  ['a destroyed stream', destroyed, unsupported],
]

const bytewise = { objectMode: false }

async function* asyncGenerator(): AsyncGenerator<string> {
  yield 'asdf'
}

function openPassThrough(): PassThrough {
  const stream = new PassThrough()
  stream.write('as')
  setImmediate(() => stream.end('df'))
  return stream
}

async function readToItsEnd(): Promise<Readable> {
  const stream = Readable.from(['asdf'])
  await stream.toArray()
  return stream
}

function destroyed(): PassThrough {
  return new PassThrough().destroy()
}

parity(
  'plaintext given to encrypt',
  kinds.map(([what, make, both]): Row => ({ what, both, run: async (side) => sealed(side, await make()) })),
)

parity('plaintext given to encrypt as', [
  { what: 'a promise', both: unsupported, run: (side) => sealed(side, Promise.resolve('asdf')) },
  {
    what: 'a stream that fails',
    // Their stream waits for an end that never comes, and nobody listens to the source.
    theirs: uncaught(hangs),
    ours: gives('source broke'),
    because: 'a call that never settles helps nobody; the error of the source is the reason',
    run: async (side) => {
      try {
        return await sealed(side, failingSource())
      } catch (error) {
        return reasonOf(error)
      }
    },
  },
  {
    what: 'what has readable and pipe and nothing else of a stream',
    both: asdf,
    run: (side) => sealed(side, { readable: true, pipe: (to: PassThrough) => to.end('asdf') }),
  },
  {
    what: 'bytes that change before it settles: unspecified, but it settles',
    both: gives(4),
    run: async (side) => {
      const plaintext = Buffer.from('asdf')
      const sealing = sealed(side, plaintext)
      plaintext.fill(0)
      return (await sealing).length
    },
  },
])

const encodings: readonly (readonly [string, unknown, Outcome])[] = [
  ['6162', 'utf8', gives('6162')],
  ['6162', 'UTF-8', gives('6162')],
  ['6162', 'hex', gives('ab')],
  ['616', 'hex', gives('a')],
  ['zz', 'hex', gives('')],
  ['YWI=', 'base64', gives('ab')],
  ['YWI', 'base64', gives('ab')],
  ['_-8', 'base64url', gives('\xff\xef')],
  ['_-8', 'base64', gives('\xff\xef')],
  ['\xe9', 'latin1', gives('\xe9')],
  ['\xe9', 'binary', gives('\xe9')],
  ['\xe9', 'ascii', gives('\xe9')],
  ['\xe9', undefined, gives('\xc3\xa9')],
  ['ab', 'utf16le', gives('a\0b\0')],
  ['ab', 'ucs2', gives('a\0b\0')],
  ['ab', null, gives('ab')],
  ['ab', '', gives('ab')],
  ['\ud800', 'utf8', gives('\xef\xbf\xbd')],
  ['ab', 'nope', refuses('INVALID_ARGUMENT')],
]

parity(
  'a string given to encrypt',
  encodings.map(([string, encoding, both]): Row => {
    const what = `${JSON.stringify(string)} in the encoding ${JSON.stringify(encoding)}`
    return { what, both, run: (side) => sealed(side, string, encoding) }
  }),
)

parity('an encoding that does not matter', [
  { what: 'beside bytes', both: asdf, run: (side) => sealed(side, bytes, 'hex') },
  { what: 'that is unknown, beside bytes', both: asdf, run: (side) => sealed(side, bytes, 'nope') },
  { what: 'beside a stream', both: asdf, run: (side) => sealed(side, Readable.from(['asdf']), 'hex') },
])

parity('options of encrypt are the caller’s', [
  {
    what: 'plaintextLength afterwards',
    theirs: gives(4),
    ours: gives(99),
    because: 'what the caller passes is not written to',
    run: async ({ client }) => {
      const options = { suiteId, plaintextLength: 99 }
      await client.encrypt(keyring, 'asdf', options)
      return options.plaintextLength
    },
  },
  {
    what: 'when they are frozen',
    theirs: refuses('INVALID_ARGUMENT'),
    ours: asdf,
    because: 'they are not written to',
    run: async ({ client }) =>
      opened((await client.encrypt(keyring, 'asdf', Object.freeze({ suiteId }))).result),
  },
  {
    what: 'when they are null',
    both: refuses('INVALID_ARGUMENT'),
    run: ({ client }) => client.encrypt(keyring, 'asdf', wrongType(null)),
  },
])
