import { PassThrough, Readable } from 'node:stream'
import { wrongType } from '../envelope/wrong-type.js'
import { failingSource, reasonOf } from './failing-source.js'
import { oldStream } from './old-stream.js'
import { keyring, messages, text } from './fixture.js'
import { gives, hangs, parity, refuses, uncaught, type Outcome, type Row } from './parity.js'
import type { Side } from './sides.js'

const { unsigned, signed } = await messages()
const opens = gives(text)
const unsupported = refuses('INVALID_ARGUMENT')
const bytewise = { objectMode: false }

async function open({ client }: Side, message: unknown, options?: unknown): Promise<string> {
  const { plaintext } = await client.decrypt(keyring, wrongType(message), wrongType(options))
  return plaintext.toString()
}

function inPieces(message: Uint8Array, length: number): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < message.length; at += length)
    pieces.push(Buffer.from(message.subarray(at, at + length)))
  return pieces
}

function afterwards(message: Buffer, ...more: number[]): Buffer {
  return Buffer.concat([message, Buffer.from(more)])
}

const kinds: readonly (readonly [string, (message: Buffer) => unknown, Outcome])[] = [
  ['a Buffer', (message) => message, opens],
  ['a slice of a larger Buffer', (message) => afterwards(message, 1).subarray(0, message.length), opens],
  ['a Uint8Array', (message) => new Uint8Array(message), opens],
  ['a Readable of Buffers', (message) => Readable.from([message], bytewise), opens],
  ['a Readable of Uint8Arrays in object mode', (message) => Readable.from([new Uint8Array(message)]), opens],
  ['a Readable one byte at a time', (message) => Readable.from(inPieces(message, 1), bytewise), opens],
  ['a Readable seven bytes at a time', (message) => Readable.from(inPieces(message, 7), bytewise), opens],
  ['a PassThrough', (message) => new PassThrough().end(message), opens],
  ['a stream of the old kind', (message) => oldStream(message), opens],
  ['nothing', () => new Uint8Array(0), refuses('MESSAGE_TRUNCATED')],
  ['a stream of nothing', () => Readable.from([], bytewise), refuses('MESSAGE_TRUNCATED')],
  ['a Uint8ClampedArray', (message) => Uint8ClampedArray.from(message), unsupported],
  ['an ArrayBuffer', (message) => new Uint8Array(message).buffer, unsupported],
  ['a DataView', (message) => new DataView(new Uint8Array(message).buffer), unsupported],
  ['a Uint16Array', () => new Uint16Array(1), unsupported],
  ['a web stream', (message) => new Blob([message]).stream(), unsupported],
  ['a Blob', (message) => new Blob([message]), unsupported],
  ['a number', () => 7, unsupported],
  ['null', () => null, unsupported],
  ['undefined', () => undefined, unsupported],
  ['an object', () => ({}), unsupported],
  ['a destroyed stream', () => new PassThrough().destroy(), unsupported],
]

for (const [name, message] of [
  ['an unsigned', unsigned],
  ['a signed', signed],
] as const) {
  parity(
    `${name} message given to decrypt`,
    kinds.map(([what, make, both]): Row => ({ what, both, run: (side) => open(side, make(message)) })),
  )
}

const texts: readonly (readonly [string, BufferEncoding, unknown, Outcome])[] = [
  ['base64', 'base64', 'base64', opens],
  ['base64 with line ends', 'base64', 'base64', opens],
  ['base64url', 'base64url', 'base64url', opens],
  ['base64url read as base64', 'base64url', 'base64', opens],
  ['hex', 'hex', 'hex', opens],
  ['latin1', 'latin1', 'latin1', opens],
  ['binary', 'latin1', 'binary', opens],
  ['base64 without a word of it', 'base64', undefined, refuses('MESSAGE_UNSUPPORTED')],
  ['base64 in an unknown encoding', 'base64', 'nope', refuses('INVALID_ARGUMENT')],
]

parity(
  'a message given to decrypt as text',
  texts.map(([what, written, encoding, both]): Row => {
    const string = unsigned.toString(written)
    const lines = what.includes('line') ? string.replaceAll(/.{64}/g, '$&\r\n') : string
    return { what, both, run: (side) => open(side, lines, { encoding }) }
  }),
)

parity('an encoding beside a message that is not text', [
  { what: 'of bytes', both: opens, run: (side) => open(side, unsigned, { encoding: 'nope' }) },
  {
    what: 'of a stream',
    both: opens,
    run: (side) => open(side, Readable.from([unsigned]), { encoding: 'hex' }),
  },
])

parity('what is wrong with a message', [
  {
    what: 'a byte after an unsigned message',
    theirs: opens,
    ours: refuses('MESSAGE_TRAILING_BYTES'),
    because: 'client-apis/decrypt.md#behavior: bytes left over must fail',
    run: (side) => open(side, afterwards(unsigned, 0)),
  },
  {
    what: 'a byte after an unsigned message in a stream',
    theirs: opens,
    ours: refuses('MESSAGE_TRAILING_BYTES'),
    because: 'client-apis/decrypt.md#behavior: bytes left over must fail',
    run: (side) => open(side, Readable.from([unsigned, Buffer.alloc(1)])),
  },
  {
    what: 'a byte after a signed message',
    both: refuses('MESSAGE_TRAILING_BYTES'),
    run: (side) => open(side, afterwards(signed, 0)),
  },
  {
    what: 'a second message after the first',
    theirs: opens,
    ours: refuses('MESSAGE_TRAILING_BYTES'),
    because: 'client-apis/decrypt.md#behavior: bytes left over must fail',
    run: (side) => open(side, Buffer.concat([unsigned, unsigned])),
  },
  ...[1, 60, unsigned.length - 40, unsigned.length - 1].map((length): Row => ({
    what: `an unsigned message cut to ${length} bytes`,
    both: refuses('MESSAGE_TRUNCATED'),
    run: (side) => open(side, unsigned.subarray(0, length)),
  })),
  {
    what: 'a signed message without its footer',
    both: refuses('MESSAGE_TRUNCATED'),
    run: (side) => open(side, signed.subarray(0, signed.length - 2 - signatureLength(signed))),
  },
  {
    what: 'a signed message cut in its signature',
    both: refuses('MESSAGE_TRUNCATED'),
    run: (side) => open(side, signed.subarray(0, signed.length - 1)),
  },
  {
    what: 'a flipped bit in the last tag',
    both: refuses('FRAME_UNAUTHENTIC'),
    run: (side) => open(side, flipped(unsigned, unsigned.length - 1)),
  },
  {
    what: 'a flipped bit in the last byte of the signature',
    both: refuses('SIGNATURE_INVALID'),
    run: (side) => open(side, flipped(signed, signed.length - 1)),
  },
  {
    what: 'a stream that fails half way',
    theirs: uncaught(hangs),
    ours: gives('source broke'),
    because: 'a call that never settles helps nobody; the error of the source is the reason',
    run: async (side) => {
      try {
        return await open(side, failingSource(unsigned.subarray(0, 200)))
      } catch (error) {
        return reasonOf(error)
      }
    },
  },
  { what: 'options that are null', both: unsupported, run: (side) => open(side, unsigned, null) },
])

function flipped(message: Buffer, at: number): Buffer {
  const copy = Buffer.from(message)
  copy[at]! ^= 1
  return copy
}

/** The footer is a length of two bytes and the signature, a DER sequence of two integers of up to 49 bytes. */
function signatureLength(message: Buffer): number {
  for (let length = 90; length <= 104; length += 1) {
    if (message.readUInt16BE(message.length - length - 2) === length && message.at(-length) === 0x30)
      return length
  }
  throw new Error('No footer was found')
}
