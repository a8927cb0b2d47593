import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { describe, it } from 'mocha'
import { encodeEncryptionContext } from '#src/encryption-context.js'
import type { EncryptionContext } from '#src/encryption-context.js'
import { nameOf } from './support/caught.js'
import { newKey } from './support/new-key.js'

/** What other stand-ins do; kept to show that the property below can fail. */
const naiveEncoding = (context: EncryptionContext): Buffer =>
  Buffer.from(
    Object.entries(context)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => key + value)
      .join(''),
  )

// Few letters and short strings, NUL, length-like bytes and Unicode look-alikes: collisions, if there are any, are near.
const text = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', '\0', '\u0001', '\u0002', 'é', 'e\u0301', ':', ',', '🌍'),
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

const injectivity = (encode: (context: EncryptionContext) => Buffer): void => {
  const pairs = fc.oneof(
    fc.tuple(contexts, contexts),
    fc.tuple(contexts, fc.nat(8)).map(([context, by]) => [context, shifted(context, by)] as const),
  )
  fc.assert(
    fc.property(pairs, ([left, right]) => encode(left).equals(encode(right)) === same(left, right)),
    { numRuns: 20_000, seed: 4, endOnFailure: true },
  )
}

const adversarial: readonly (readonly [EncryptionContext, EncryptionContext])[] = [
  [{ ab: 'c' }, { a: 'bc' }],
  [{ a: 'b', c: 'd' }, { a: 'bcd' }],
  [{ a: 'b', c: 'd' }, { 'a\0b': 'c\0d' }],
  [{ '': 'ab' }, { ab: '' }],
  [{}, { '': '' }],
  [{ a: '\0\0\0\u0001b' }, { a: 'b' }],
  [{ é: '1' }, { 'e\u0301': '1' }],
  [
    { a: '1', b: '2' },
    { a: '2', b: '1' },
  ],
  [{ A: '1' }, { a: '1' }],
]

describe('encryption context', () => {
  it('is encoded injectively', () => injectivity(encodeEncryptionContext))

  it('the same property fails for a naive concatenation', () => {
    expect(() => injectivity(naiveEncoding)).to.throw(/Property failed/)
  })

  for (const [left, right] of adversarial) {
    it(`${JSON.stringify(left)} does not open what ${JSON.stringify(right)} sealed`, async () => {
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
      const { CiphertextBlob } = await kms.handle('Encrypt', {
        KeyId,
        Plaintext: Buffer.from('x'),
        EncryptionContext: right,
      })
      await kms.handle('Decrypt', { CiphertextBlob, EncryptionContext: right })
      expect(await nameOf(kms.handle('Decrypt', { CiphertextBlob, EncryptionContext: left }))).to.equal(
        'InvalidCiphertextException',
      )
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
