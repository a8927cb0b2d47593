import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { codeOf } from './code-of.js'
import { craftRawAesDataKey } from './craft-data-key.js'
import { uint16, type CraftedMessage } from './craft-message.js'
import { crafting, type Crafting } from './crafting.js'
import {
  clientsFor,
  everySuite,
  keyring as rawAesKeyring,
  publicKeyContextKey,
  referenceKey,
} from './fixture.js'
import { plainHeader } from './plain-header.js'
import { serializeReferenceContext } from './reference-context.js'
import { referenceDecode, type ReferenceSecret } from './reference-decoder.js'
import { cut, throughStream } from './through-stream.js'

type Pairs = Record<string, string>

const stored = { a: 'stored', z: 'stored too' }
const required = { ключ: 'значение', b: '', 'not stored': 'but authenticated' }
const serialize = (pairs: Pairs) => serializeReferenceContext(new Map(Object.entries(pairs)))

function withPublicKey(pairs: Pairs, { signer }: Crafting): Pairs {
  if (signer === undefined) return pairs
  return { ...pairs, [publicKeyContextKey]: signer.compressedPoint.toString('base64') }
}

/** A message whose header lacks the required pairs; its tag covers them. */
function craft(crafted: Crafting, options: Partial<CraftedMessage> = {}): Buffer {
  return crafted.craft({
    serializedContext: serialize(withPublicKey(stored, crafted)),
    requiredContext: serialize(required),
    ...options,
  })
}

const opening: Readonly<Record<string, Pairs>> = {
  'the required pairs': required,
  'the required pairs in another order': Object.fromEntries(Object.entries(required).toReversed()),
  'all pairs': { ...stored, ...required },
  'the required pairs and some of the stored ones': { ...required, z: 'stored too' },
}

const refused: Readonly<Record<string, readonly [string, Pairs]>> = {
  'no pair': ['HEADER_UNAUTHENTIC', {}],
  'the stored pairs': ['HEADER_UNAUTHENTIC', stored],
  'one pair less': ['HEADER_UNAUTHENTIC', { ключ: 'значение', b: '' }],
  'one pair more': ['HEADER_UNAUTHENTIC', { ...required, more: '' }],
  'another value': ['HEADER_UNAUTHENTIC', { ...required, b: 'x' }],
  'another key': ['HEADER_UNAUTHENTIC', { ключ: 'значение', B: '', 'not stored': 'but authenticated' }],
  // The same bytes but for the lengths between them.
  'another border between key and value': [
    'HEADER_UNAUTHENTIC',
    { ключ: 'значение', b: '', 'not stored ': 'ut authenticated' },
  ],
  'another value for a stored pair': ['CONTEXT_NOT_REPRODUCED', { ...required, a: 'x' }],
  'another value for a stored pair and nothing else': ['CONTEXT_NOT_REPRODUCED', { a: '' }],
}

for (const suite of everySuite) {
  const crafted = crafting(suite)
  const { keyring, dataKey } = crafted
  const { ours } = clientsFor(suite)

  async function expectRefused(message: Buffer, code: string, pairs: Pairs = required): Promise<void> {
    const options = { encryptionContext: pairs }
    expect(await codeOf(() => ours.decrypt(keyring, message, options))).to.equal(code)
    const stream = () => throughStream(ours.decryptStream(keyring, options), cut(message, [7, 0, 50]))
    expect(await codeOf(stream), 'streamed').to.equal(code)
    expect(() => referenceDecode(message, { dataKey }, pairs)).to.throw()
  }

  async function expectOpens(
    message: Buffer,
    pairs: Pairs,
    reader = keyring,
    secret: ReferenceSecret = { dataKey },
  ): Promise<void> {
    const options = { encryptionContext: pairs }
    const { plaintext, messageHeader } = await ours.decrypt(reader, message, options)
    expect(plaintext.toString()).to.equal('content')
    const streamed = await throughStream(ours.decryptStream(reader, options), cut(message, [7, 0, 50]))
    expect(streamed.bytes.toString()).to.equal('content')
    expect(plainHeader(streamed.messageHeader!)).to.deep.equal(plainHeader(messageHeader))
    expect({ ...messageHeader.encryptionContext }).to.deep.equal(
      withPublicKey({ ...stored, ...required }, crafted),
    )
    expect(referenceDecode(message, secret, pairs).plaintext.toString()).to.equal('content')
  }

  describe(`required encryption context, ${suite.name}`, () => {
    for (const [what, pairs] of Object.entries(opening)) {
      it(`opens with ${what}`, async () => {
        await expectOpens(craft(crafted), pairs)
        await expectOpens(craft(crafted, { unframed: { content: Buffer.from('content') } }), pairs)
      })
    }

    for (const [what, [code, pairs]] of Object.entries(refused)) {
      it(`does not open with ${what}`, async () => {
        await expectRefused(craft(crafted), code, pairs)
        await expectRefused(craft(crafted, { unframed: { content: Buffer.from('content') } }), code, pairs)
      })
    }

    it('binds the data key of a raw AES keyring to all pairs, stored or not', async () => {
      const all = serialize(withPublicKey({ ...stored, ...required }, crafted))
      const wrapped = randomBytes(suite.keyLength)
      const dataKeys = [craftRawAesDataKey(referenceKey, wrapped, all)]
      const message = craft(crafted, { dataKey: wrapped, dataKeys })
      await expectOpens(message, required, rawAesKeyring, [referenceKey])
      expect(await codeOf(() => ours.decrypt(rawAesKeyring, message))).to.equal('DATA_KEY_NOT_UNWRAPPED')
      expect(() => referenceDecode(message, [referenceKey])).to.throw('no data key opens')
    })

    it('refuses tags over anything but the header body and what it lacks, serialized', async () => {
      for (const requiredContext of [
        // As if it stood in a header: with the length in front.
        Buffer.concat([uint16(serialize(required).length), serialize(required)]),
        serialize(withPublicKey({ ...stored, ...required }, crafted)),
        serialize(required).subarray(2),
        // Nothing is serialized as nothing.
        Buffer.alloc(2),
        Buffer.alloc(0),
      ]) {
        await expectRefused(craft(crafted, { requiredContext }), 'HEADER_UNAUTHENTIC')
      }
      await expectRefused(craft(crafted, { requiredContext: Buffer.alloc(2) }), 'HEADER_UNAUTHENTIC', stored)
    })

    it('takes no reserved pair from the caller', async () => {
      const { signer } = crafted
      const key = signer?.compressedPoint.toString('base64') ?? ''
      const message = craft(crafted, {
        serializedContext: serialize(stored),
        requiredContext: serialize({ [publicKeyContextKey]: key }),
      })
      await expectRefused(message, 'INVALID_CONTEXT', { [publicKeyContextKey]: key })
    })
  })
}
