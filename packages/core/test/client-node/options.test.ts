import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import { MultiKeyringNode } from '@aws-crypto/client-node'
import { wrongType } from '../envelope/wrong-type.js'
import {
  keyring,
  messages,
  opened,
  otherKeyring,
  rawAes,
  signed,
  text,
  twoKeyrings,
  unsigned,
} from './fixture.js'
import { gives, parity, refuses, uncaught, type Outcome, type Row } from './parity.js'
import { theirs, type Side } from './sides.js'
import { collect } from './stream-log.js'

const suiteId = unsigned
const invalid = refuses('INVALID_ARGUMENT')
const tooLarge = refuses('MESSAGE_TOO_LARGE')

async function sealed(
  { client }: Side,
  options: object,
  plaintext: string | Readable = 'asdf',
): Promise<string> {
  return opened((await client.encrypt(keyring, plaintext, { suiteId, ...options })).result)
}

const frameLengths: readonly (readonly [unknown, Outcome])[] = [
  [undefined, gives(4096)],
  [1, gives(1)],
  [3, gives(3)],
  [4, gives(4)],
  [2 ** 32 - 1, gives(2 ** 32 - 1)],
  [0, invalid],
  [-1, invalid],
  [NaN, invalid],
  [null, invalid],
  [2 ** 32, invalid],
  [Infinity, invalid],
  ['4', invalid],
  ['x', invalid],
  [true, invalid],
  [4n, invalid],
  [[4], invalid],
  [{}, invalid],
]
parity('frameLength', [
  ...frameLengths.map(([frameLength, both]): Row => ({
    what: inspect(frameLength),
    both,
    run: async ({ client }) => {
      const { result, messageHeader } = await client.encrypt(keyring, 'asdf', {
        suiteId,
        frameLength: wrongType(frameLength),
      })
      if ((await opened(result)) !== 'asdf') throw new Error('Other plaintext')
      return messageHeader.frameLength
    },
  })),
  ...[0.5, 1.5].map((frameLength): Row => ({
    what: inspect(frameLength),
    theirs: uncaught(refuses('INVALID_ARGUMENT')),
    ours: invalid,
    because: 'an error that nobody can catch is none',
    run: (side) => sealed(side, { frameLength }),
  })),
])

const suiteIds: readonly (readonly [unknown, Outcome])[] = [
  [undefined, gives(signed)],
  [null, gives(signed)],
  [0, gives(signed)],
  [unsigned, gives(unsigned)],
  [signed, gives(signed)],
  [0x9999, invalid],
  ['0478', invalid],
  ['ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY', invalid],
]
parity(
  'suiteId',
  suiteIds.map(([asked, both]): Row => ({
    what: inspect(asked),
    both,
    run: async ({ client }) =>
      (await client.encrypt(keyring, 'asdf', { suiteId: wrongType(asked) })).messageHeader.suiteId,
  })),
)

parity(
  'plaintextLength beside a plaintext whose length is known',
  // client-apis/encrypt.md#input: it must be ignored.
  [undefined, null, 0, 3, 4, 5, -1, NaN, Infinity, 2 ** 53, '3'].map((plaintextLength): Row => ({
    what: inspect(plaintextLength),
    both: gives('asdf'),
    run: (side) => sealed(side, { plaintextLength }),
  })),
)

const bounds: readonly (readonly [unknown, Outcome])[] = [
  [undefined, gives('asdf')],
  [0, gives('asdf')],
  [4, gives('asdf')],
  [5, gives('asdf')],
  [2 ** 53 - 1, gives('asdf')],
  [1, tooLarge],
  [3, tooLarge],
  [-1, invalid],
  [2 ** 53, invalid],
  [Infinity, invalid],
]
parity(
  'plaintextLength beside a stream is a maximum (client-apis/encrypt.md#plaintext-length-bound)',
  bounds.map(([plaintextLength, both]): Row => ({
    what: inspect(plaintextLength),
    both,
    run: (side) => sealed(side, { plaintextLength }, Readable.from(['as', 'df'])),
  })),
)

const badContext = refuses('INVALID_CONTEXT')
const contexts: readonly (readonly [string, unknown, Outcome])[] = [
  ['none', undefined, gives([])],
  ['empty', {}, gives([])],
  ['an empty key', { '': 'a' }, gives([['', 'a']])],
  ['an empty value', { a: '' }, gives([['a', '']])],
  ['the key __proto__', JSON.parse('{"__proto__":"a"}'), gives([['__proto__', 'a']])],
  ['no prototype', Object.assign(Object.create(null), { a: 'b' }), gives([['a', 'b']])],
  [
    'keys in scripts',
    { ключ: 'значение', '🔐': '～' },
    gives([
      ['ключ', 'значение'],
      ['🔐', '～'],
    ]),
  ],
  ['as much as fits', { a: 'x'.repeat(65_528) }, gives([['a', 'x'.repeat(65_528)]])],
  ['a byte more than fits', { a: 'x'.repeat(65_529) }, badContext],
  ['a value beyond a length field', { a: 'x'.repeat(65_536) }, badContext],
  ['a value that is a number', { a: 1 }, badContext],
  ['a value that is an object', { a: {} }, badContext],
  ['a value that is undefined', { a: undefined }, badContext],
  ['a value that is null', { a: null }, badContext],
  ['null', null, badContext],
  ['a string', 'a=b', badContext],
  ['the key of the public key', { 'aws-crypto-public-key': 'a' }, badContext],
]
async function contextOf({ client }: Side, encryptionContext: unknown): Promise<[string, string][]> {
  const options = { suiteId, encryptionContext: wrongType(encryptionContext) }
  const { result } = await client.encrypt(keyring, '', options)
  const { messageHeader } = await client.decrypt(keyring, result)
  return Object.entries(messageHeader.encryptionContext).toSorted(([a], [b]) => (a < b ? -1 : 1))
}
const reserved = 'client-apis/encrypt.md#encryption-context: keys with the reserved prefix must fail'
const altered =
  'framework/structures.md#encryption-context: pairs of UTF-8 strings; another context than was meant is none'
parity('encryptionContext', [
  ...contexts.map(([what, context, both]): Row => ({ what, both, run: (side) => contextOf(side, context) })),
  {
    what: 'a reserved key',
    theirs: gives([['aws-crypto-any', 'a']]),
    ours: badContext,
    because: reserved,
    run: (side) => contextOf(side, { 'aws-crypto-any': 'a' }),
  },
  {
    what: 'a lone surrogate',
    theirs: gives([['a', '\ufffd']]),
    ours: badContext,
    because: altered,
    run: (side) => contextOf(side, { a: '\ud800' }),
  },
  {
    what: 'an array',
    theirs: gives([['0', 'a']]),
    ours: badContext,
    because: altered,
    run: (side) => contextOf(side, ['a']),
  },
  {
    what: 'a Map',
    theirs: gives([]),
    ours: badContext,
    because: altered,
    run: (side) => contextOf(side, new Map([['a', 'b']])),
  },
])

const message = (await messages()).unsigned
// Of each frame, not of the message: 4 bytes is the frame length, 10 the whole.
const bodySizes: readonly (readonly [unknown, Outcome])[] = [
  [undefined, gives(text)],
  [0, gives(text)],
  [null, gives(text)],
  [false, gives(text)],
  [NaN, gives(text)],
  [4, gives(text)],
  [10, gives(text)],
  [Infinity, gives(text)],
  [3, tooLarge],
  [1, tooLarge],
  [-1, tooLarge],
  ['4', invalid],
  [true, invalid],
  [{}, invalid],
]
parity(
  'maxBodySize',
  bodySizes.map(([maxBodySize, both]): Row => ({
    what: inspect(maxBodySize),
    both,
    run: async ({ client }) =>
      (await client.decrypt(keyring, message, { maxBodySize: wrongType(maxBodySize) })).plaintext.toString(),
  })),
)

const three = new MultiKeyringNode({ generator: keyring, children: [otherKeyring, rawAes('third', 9)] })
const keyCounts: readonly (readonly [unknown, Outcome, Outcome])[] = [
  [undefined, gives(2), gives(3)],
  [false, gives(2), gives(3)],
  [1, tooLarge, tooLarge],
  [2, gives(2), tooLarge],
  [3, gives(2), gives(3)],
  [65_535, gives(2), gives(3)],
  [65_536, gives(2), gives(3)],
  [0, invalid, invalid],
  [-1, invalid, invalid],
  [0.5, invalid, invalid],
  [NaN, invalid, invalid],
  [null, invalid, invalid],
  ['x', invalid, invalid],
]
const [sealedUnderTwo, sealedUnderThree] = await Promise.all(
  [twoKeyrings, three].map(async (keys) => (await theirs.client.encrypt(keys, text, { suiteId })).result),
)
parity(
  'maxEncryptedDataKeys',
  keyCounts.flatMap(([maxEncryptedDataKeys, ofTwo, ofThree]): Row[] => {
    const build = ({ engine }: Side) => engine.buildClient(wrongType({ maxEncryptedDataKeys }))
    const what = inspect(maxEncryptedDataKeys)
    return [
      {
        what: `${what}, sealing under two`,
        both: ofTwo,
        run: async (side) => count(await build(side).encrypt(twoKeyrings, text)),
      },
      {
        what: `${what}, sealing under three`,
        both: ofThree,
        run: async (side) => count(await build(side).encrypt(three, text)),
      },
      {
        what: `${what}, opening two`,
        both: ofTwo,
        run: async (side) => count(await build(side).decrypt(keyring, sealedUnderTwo!)),
      },
      {
        what: `${what}, opening three`,
        both: ofThree,
        run: async (side) => count(await build(side).decrypt(keyring, sealedUnderThree!)),
      },
    ]
  }),
)

function count({ messageHeader }: { messageHeader: { encryptedDataKeys: readonly unknown[] } }): number {
  return messageHeader.encryptedDataKeys.length
}

const manyKeys = new MultiKeyringNode({
  generator: keyring,
  children: Array.from({ length: 256 }, (_, n) => rawAes(`key ${n}`)),
})
const sealedUnderMany = (await theirs.client.encrypt(manyKeys, text, { suiteId })).result
const bounded = 'what a message makes us hold is bounded unless the caller says otherwise (`Limits`)'
async function streamed(side: Side, frameLength: number): Promise<string> {
  const stream = side.client.encryptStream(keyring, { suiteId, frameLength }).end(text)
  return opened(await collect(stream))
}
parity('limits that client-node does not have', [
  {
    what: '257 data keys, sealing',
    theirs: gives(257),
    ours: tooLarge,
    because: bounded,
    run: async ({ client }) => count(await client.encrypt(manyKeys, text)),
  },
  {
    what: '257 data keys, opening',
    theirs: gives(257),
    ours: tooLarge,
    because: bounded,
    run: async ({ client }) => count(await client.decrypt(keyring, sealedUnderMany)),
  },
  {
    what: '257 data keys with maxEncryptedDataKeys: false',
    both: gives([257, 257]),
    run: async ({ engine }) => {
      const { encrypt, decrypt } = engine.buildClient(wrongType({ maxEncryptedDataKeys: false }))
      return [count(await encrypt(manyKeys, text)), count(await decrypt(keyring, sealedUnderMany))]
    },
  },
  {
    what: 'a stream with frames of 64 MiB',
    both: gives(text),
    run: (side) => streamed(side, 64 * 1024 * 1024),
  },
  {
    what: 'a stream with longer frames',
    theirs: gives(text),
    ours: tooLarge,
    because: bounded,
    run: (side) => streamed(side, 64 * 1024 * 1024 + 1),
  },
  {
    what: 'reading a stream with longer frames, of which none is that long',
    both: gives(text),
    run: async ({ client }) => {
      const { result } = await theirs.client.encrypt(keyring, text, { suiteId, frameLength: 2 ** 32 - 1 })
      return (await collect(client.decryptStream(keyring).end(result))).toString()
    },
  },
])

const policies: readonly (readonly [string, unknown, Outcome])[] = [
  ['nothing', undefined, gives(5)],
  ['an empty object', {}, gives(5)],
  ['a policy', 'FORBID_ENCRYPT_ALLOW_DECRYPT', gives(5)],
  ['a policy among options', { commitmentPolicy: 'FORBID_ENCRYPT_ALLOW_DECRYPT' }, gives(5)],
  ['an undefined policy', { commitmentPolicy: undefined }, gives(5)],
  ['an option of nobody’s', { unknown: 1 }, gives(5)],
  ['null', null, invalid],
  ['an unknown policy', 'SOMETIMES', invalid],
  ['an empty policy', '', invalid],
  ['an unknown policy among options', { commitmentPolicy: 'SOMETIMES' }, invalid],
  ['a policy that is null', { commitmentPolicy: null }, invalid],
]
const halves: Readonly<Record<'buildEncrypt' | 'buildDecrypt', readonly string[]>> = {
  buildEncrypt: ['encrypt', 'encryptStream'],
  buildDecrypt: ['decrypt', 'decryptStream', 'decryptUnsignedMessageStream'],
}
parity('buildClient, given', [
  ...policies.map(([what, given, both]): Row => ({
    what,
    both,
    run: ({ engine }) => Object.keys(engine.buildClient(wrongType(given))).length,
  })),
  {
    what: 'a name that every object has',
    theirs: gives(5),
    ours: invalid,
    because: 'it is no policy',
    run: ({ engine }) => Object.keys(engine.buildClient(wrongType('toString'))).length,
  },
])
for (const build of ['buildEncrypt', 'buildDecrypt'] as const) {
  parity(`${build}, given`, [
    {
      what: 'nothing',
      both: gives(halves[build]),
      run: ({ engine }) => Object.keys(engine[build]()).toSorted(),
    },
    {
      what: 'options',
      both: gives(halves[build]),
      run: ({ engine }) => Object.keys(engine[build]({ maxEncryptedDataKeys: 3 })).toSorted(),
    },
    { what: 'an unknown policy', both: invalid, run: ({ engine }) => engine[build](wrongType('SOMETIMES')) },
    { what: 'a limit of 0', both: invalid, run: ({ engine }) => engine[build]({ maxEncryptedDataKeys: 0 }) },
    {
      what: 'a limit of -1',
      both: invalid,
      run: ({ engine }) => engine[build]({ maxEncryptedDataKeys: -1 }),
    },
  ])
}
