import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { describe, it } from 'mocha'
import { encodeEncryptionContext } from '#src/encryption-context.js'
import type { EncryptionContext } from '#src/encryption-context.js'
import { nameOf } from './support/caught.js'
import { newKey } from './support/new-key.js'

type Encode = (context: EncryptionContext) => Buffer
type Pair = readonly [key: string, value: string]

const joined =
  (write: (pair: Pair) => string, between = ''): Encode =>
  (context) =>
    Buffer.from(
      Object.entries(context)
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(write)
        .join(between),
    )
const lengthAnd = (text: string): string => `${text.length}:${text}`

/** The encoding by its description. */
const described: Encode = (context) => {
  const length = (count: number): Buffer => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(count)
    return bytes
  }
  const pairs = Object.entries(context).toSorted(([one], [other]) => (one < other ? -1 : 1))
  const parts = pairs.flat().map((part) => Buffer.from(part))
  return Buffer.concat([length(pairs.length), ...parts.flatMap((part) => [length(part.length), part])])
}

/** What others do, or could; kept to show that the tests below can fail. The first one is what stand-ins do. */
const weakEncodings: Readonly<Record<string, Encode>> = {
  'a naive concatenation': joined(([key, value]) => key + value),
  'a NUL between all parts': joined((pair) => pair.join('\0'), '\0'),
  'JSON without its quotes': joined(([key, value]) => `${key}:${value}`, ','),
  'a length before each pair alone': joined(([key, value]) => lengthAnd(key + value)),
  'a length before each key alone': joined(([key, value]) => lengthAnd(key) + value),
  'composed characters': joined((pair) => pair.map((part) => lengthAnd(part.normalize('NFC'))).join('')),
  'small letters': joined((pair) => pair.map((part) => lengthAnd(part.toLowerCase())).join('')),
  'characters of one byte': joined((pair) =>
    pair.map((part) => lengthAnd(Buffer.from(part, 'latin1').toString('latin1'))).join(''),
  ),
  'keys and values as they come': (context) =>
    Buffer.from(
      Object.values(context)
        .concat(Object.keys(context))
        .toSorted()
        .map((part) => lengthAnd(part))
        .join(''),
    ),
  'the order of the request': (context) =>
    Buffer.from(
      Object.entries(context)
        .flat()
        .map((part) => lengthAnd(part))
        .join(''),
    ),
}

// Few letters and short strings, NUL, length-like bytes and Unicode look-alikes: collisions, if there are any, are near.
const text = fc.string({
  unit: fc.constantFrom('a', 'A', 'b', 'c', '\0', '\u0001', '\u0002', 'é', 'e\u0301', 'ĩ', ':', ',', '🌍'),
  maxLength: 4,
})
const contexts = fc.dictionary(text, text, { maxKeys: 3 })

const same = (left: EncryptionContext, right: EncryptionContext): boolean => {
  const keys = Object.keys(left)
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && left[key] === right[key])
  )
}

/** Another cut of the same letters, which a concatenation can't tell. */
const shifted = (context: EncryptionContext, by: number): EncryptionContext =>
  Object.fromEntries(
    Object.entries(context).map(([key, value]) => {
      const all = key + value
      const cut = by % (all.length + 1)
      return [all.slice(0, cut), all.slice(cut)]
    }),
  )

/** Keys and values in each other's places. */
const turned = (context: EncryptionContext): EncryptionContext =>
  Object.fromEntries(Object.entries(context).map(([key, value]) => [value, key]))

const reversed = (context: EncryptionContext): EncryptionContext =>
  Object.fromEntries(Object.entries(context).toReversed())

const rewritten = (context: EncryptionContext, write: (text: string) => string): EncryptionContext =>
  Object.fromEntries(Object.entries(context).map(([key, value]) => [write(key), write(value)]))

const near: readonly ((context: EncryptionContext, by: number) => EncryptionContext)[] = [
  shifted,
  turned,
  reversed,
  (context) => rewritten(context, (part) => part.normalize('NFD')),
  (context) => rewritten(context, (part) => part.toLowerCase()),
  (context) => rewritten(context, (part) => Buffer.from(part, 'latin1').toString('latin1')),
  // Pairs in the value of the first one, as an encoding would write them.
  (context) => {
    const [[key, value] = ['', ''], ...others] = Object.entries(context)
    return { [key]: value + others.map(([name, text]) => lengthAnd(name) + text).join('') }
  },
  // Two pairs in one, with what may stand between them.
  (context, by) => {
    const between = ['', '\0', ':', ',', '\0\0\0\u0001'][by % 5]!
    const [first = ['', ''], ...others] = Object.entries(context)
    return { [first[0]]: [first[1], ...others.flat()].join(between) }
  },
]

const injectivity = (encode: Encode): void => {
  const pairs = fc.oneof(
    fc.tuple(contexts, contexts),
    fc
      .tuple(contexts, fc.nat(8), fc.constantFrom(...near))
      .map(([context, by, change]) => [context, change(context, by)] as const),
  )
  fc.assert(
    fc.property(pairs, ([left, right]) => encode(left).equals(encode(right)) === same(left, right)),
    { numRuns: 20_000, seed: 4, endOnFailure: true },
  )
}

/** Each is two contexts that some encoding takes for one. */
const adversarial: readonly (readonly [about: string, EncryptionContext, EncryptionContext])[] = [
  ['a shifted boundary', { ab: 'c' }, { a: 'bc' }],
  ['a shifted boundary, by all', { '': 'ab' }, { ab: '' }],
  ['a shifted boundary between pairs', { a: 'b', c: 'd' }, { a: 'bcd' }],
  ['a key that moved into the pair before', { a: '', bc: 'd' }, { a: 'b', c: 'd' }],
  ['a NUL as a boundary', { a: 'b', c: 'd' }, { 'a\0b': 'c\0d' }],
  ['a NUL at the end', { a: 'b' }, { a: 'b\0' }],
  ['a NUL in front of nothing', { a: '' }, { a: '\0' }],
  ['signs of JSON as a boundary', { a: 'b', c: 'd' }, { a: 'b,c:d' }],
  ['the length prefix of a value in it', { a: '\0\0\0\u0001b' }, { a: 'b' }],
  ['the length prefix of a key in it', { '\0\0\0\u0001a': 'b' }, { a: 'b' }],
  ['a pair, with its length prefixes, in a value', { a: 'b', c: 'd' }, { a: 'b\0\0\0\u0001c\0\0\0\u0001d' }],
  ['a length of two digits', { a: '1'.repeat(11) }, { a: '1'.repeat(12) }],
  ['a length in digits, for a key alone', { a: '1:b' }, { a: '', b: '' }],
  ['no pair, or an empty one', {}, { '': '' }],
  ['Unicode, composed or not, in a key', { é: '1' }, { 'e\u0301': '1' }],
  ['Unicode, composed or not, in a value', { a: 'é' }, { a: 'e\u0301' }],
  ['Unicode, a compatible form', { a: '\ufb01' }, { a: 'fi' }],
  ['Unicode, a character that one byte cuts short', { a: 'ĩ' }, { a: ')' }],
  ['Unicode, beyond the first plane', { a: '🌍' }, { a: '\ufffd' }],
  ["values in each other's places", { a: '1', b: '2' }, { a: '2', b: '1' }],
  ["a key and its value in each other's places", { a: 'b' }, { b: 'a' }],
  ['capitals', { A: '1' }, { a: '1' }],
]

describe('encryption context', () => {
  it('is encoded injectively', () => injectivity(encodeEncryptionContext))

  it('is what its description says: ciphertexts outlive this version', () => {
    const parts = fc.oneof(text, fc.string({ unit: 'grapheme', maxLength: 80 }))
    fc.assert(
      fc.property(
        fc.dictionary(parts, parts, { maxKeys: 40, size: 'max' }),
        fc.uint8Array(),
        (context, before) => {
          expect(encodeEncryptionContext(context)).to.deep.equal(described(context))
          expect(encodeEncryptionContext(context, before)).to.deep.equal(
            Buffer.concat([before, described(context)]),
          )
        },
      ),
    )
  })

  for (const [name, encode] of Object.entries(weakEncodings)) {
    it(`the same property fails for ${name}`, () => {
      expect(() => injectivity(encode)).to.throw(/Property failed/)
    })
  }

  it('no adversarial pair collides; of a naive concatenation and of a NUL between, several do', () => {
    const collisions = (encode: Encode): string[] =>
      adversarial.filter(([, left, right]) => encode(left).equals(encode(right))).map(([about]) => about)
    expect(collisions(encodeEncryptionContext)).to.deep.equal([])
    expect(collisions(weakEncodings['a naive concatenation']!)).to.include.members([
      'a shifted boundary',
      'a shifted boundary, by all',
      'a shifted boundary between pairs',
      'a key that moved into the pair before',
      'no pair, or an empty one',
    ])
    expect(collisions(weakEncodings['a NUL between all parts']!)).to.include('a NUL as a boundary')
    expect(collisions(weakEncodings['JSON without its quotes']!)).to.include('signs of JSON as a boundary')
    expect(collisions(weakEncodings['composed characters']!)).to.include(
      'Unicode, composed or not, in a value',
    )
  })

  for (const [about, left, right] of adversarial) {
    it(`${about}: ${JSON.stringify(left)} does not open what ${JSON.stringify(right)} sealed, nor the other way round`, async () => {
      const kms = createKms({
        keys: [
          {
            region: 'us-east-1',
            keyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
            material: Buffer.alloc(32).toString('base64'),
          },
        ],
      })
      const KeyId = '1234abcd-12ab-34cd-56ef-1234567890ab'
      for (const [one, other] of [
        [left, right],
        [right, left],
      ]) {
        const Plaintext = Buffer.from('x')
        const { CiphertextBlob } = await kms.handle('Encrypt', { KeyId, Plaintext, EncryptionContext: other })
        await kms.handle('Decrypt', { CiphertextBlob, EncryptionContext: other })
        const opened = kms.handle('Decrypt', { CiphertextBlob, EncryptionContext: one })
        expect(await nameOf(opened)).to.equal('InvalidCiphertextException')
      }
    })
  }

  it('has no order; absent is empty; __proto__ is a key like any other', () => {
    const proto: EncryptionContext = { ['__proto__']: 'x' }
    expect(encodeEncryptionContext({ b: '2', a: '1' })).to.deep.equal(
      encodeEncryptionContext({ a: '1', b: '2' }),
    )
    expect(encodeEncryptionContext()).to.deep.equal(encodeEncryptionContext({}))
    expect(encodeEncryptionContext(proto)).not.to.deep.equal(encodeEncryptionContext({}))
  })

  it('__proto__ is authenticated through the whole handler', async () => {
    const kms = createKms()
    const KeyId = await newKey(kms)
    const EncryptionContext: unknown = JSON.parse('{"__proto__":"x"}')
    const { CiphertextBlob } = await kms.handle('Encrypt', {
      KeyId,
      Plaintext: Buffer.from('x'),
      EncryptionContext,
    })
    await kms.handle('Decrypt', { CiphertextBlob, EncryptionContext })
    expect(await nameOf(kms.handle('Decrypt', { CiphertextBlob }))).to.equal('InvalidCiphertextException')
  })

  it('refuses lone surrogates, which UTF-8 would merge', async () => {
    const kms = createKms()
    for (const EncryptionContext of [{ a: '\ud800' }, { '\udfff': 'a' }]) {
      const call = kms.handle('Encrypt', { KeyId: 'alias/a', Plaintext: Buffer.from('x'), EncryptionContext })
      expect(await nameOf(call)).to.equal('SerializationException')
    }
  })
})
