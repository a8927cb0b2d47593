import { expect } from 'chai'
import { describe, it } from 'mocha'
import { buildClient, inspect } from '@sealring/core/envelope'
import { codeOf } from './code-of.js'
import { craftContext, craftedDataKeys, uint16, type CraftedMessage } from './craft-message.js'
import { craftSigner } from './craft-signer.js'
import { crafting, final, regular, type Crafting, type WrongMessages } from './crafting.js'
import { bytesOf, clientsFor, everySuite, publicKeyContextKey } from './fixture.js'
import { referenceDecode } from './reference-decoder.js'

const inContext = (serializedContext: Uint8Array) => ({ serializedContext })
const pairs = (...list: (readonly [string | Uint8Array, string | Uint8Array])[]) =>
  inContext(craftContext(list))
const oneOf = (suiteId: number, sealAs: number) => ({ suiteId, sealAs })

const contexts: WrongMessages = {
  'a context with a count and nothing else': ['MESSAGE_NOT_CANONICAL', inContext(uint16(0))],
  'a context with half a count': ['MESSAGE_NOT_CANONICAL', inContext(Buffer.from([0]))],
  'a context that counts too many pairs': ['MESSAGE_NOT_CANONICAL', inContext(craftContext([['a', 'b']], 2))],
  'a context that counts too few pairs': [
    'MESSAGE_NOT_CANONICAL',
    inContext(
      craftContext(
        [
          ['a', 'b'],
          ['c', 'd'],
        ],
        1,
      ),
    ),
  ],
  'a context that counts no pair': ['MESSAGE_NOT_CANONICAL', inContext(craftContext([['a', 'b']], 0))],
  'a context with a key twice': ['MESSAGE_NOT_CANONICAL', pairs(['a', 'b'], ['a', 'b'])],
  'a context with a key twice, two values': ['MESSAGE_NOT_CANONICAL', pairs(['a', 'b'], ['a', 'c'])],
  'a context out of order': ['MESSAGE_NOT_CANONICAL', pairs(['b', ''], ['a', ''])],
  'a context in the order of a locale': ['MESSAGE_NOT_CANONICAL', pairs(['a', ''], ['B', ''])],
  'a context in the order of UTF-16': ['MESSAGE_NOT_CANONICAL', pairs(['🔐', ''], ['～', ''])],
  'a longer context key before its beginning': ['MESSAGE_NOT_CANONICAL', pairs(['ab', ''], ['a', ''])],
  'a context key that is not UTF-8': ['MESSAGE_NOT_CANONICAL', pairs([Buffer.from([0xff]), ''])],
  'a context value that is not UTF-8': ['MESSAGE_NOT_CANONICAL', pairs(['a', Buffer.from([0xff])])],
  'a context key in more bytes than it takes': [
    'MESSAGE_NOT_CANONICAL',
    pairs([Buffer.from([0xc0, 0x80]), '']),
  ],
  'a context with a lone surrogate': ['MESSAGE_NOT_CANONICAL', pairs([Buffer.from([0xed, 0xa0, 0x80]), ''])],
  'a context with half a character': [
    'MESSAGE_NOT_CANONICAL',
    pairs(['a', Buffer.from('🔐').subarray(0, 3)]),
  ],
  'a context longer than its pairs': [
    'MESSAGE_NOT_CANONICAL',
    inContext(Buffer.concat([craftContext([['a', 'b']]), Buffer.alloc(1)])),
  ],
  'a context that states a byte too many': [
    'MESSAGE_NOT_CANONICAL',
    { ...pairs(['a', 'b']), contextLength: 9 },
  ],
  'a context that states a byte too few': [
    'MESSAGE_NOT_CANONICAL',
    { ...pairs(['a', 'b']), contextLength: 7 },
    'MESSAGE_TOO_LARGE',
  ],
  'a public key though the suite signs nothing': [
    'MESSAGE_NOT_CANONICAL',
    pairs([publicKeyContextKey, craftSigner('P-384').compressedPoint.toString('base64')]),
  ],
}

const fields: WrongMessages = {
  'no data key': ['MESSAGE_NOT_CANONICAL', { dataKeys: [] }],
  'a provider id that is not UTF-8': [
    'MESSAGE_NOT_CANONICAL',
    { dataKeys: [[Buffer.from([0xc0, 0x80]), 'info', 'ciphertext']] },
  ],
  'the frame length 0 though it has frames': [
    'MESSAGE_NOT_CANONICAL',
    { frameLength: 0, frames: [final(1, '')] },
  ],
  'the content type 0': ['MESSAGE_UNSUPPORTED', { contentType: 0 }],
  'the content type 3': ['MESSAGE_UNSUPPORTED', { contentType: 3 }],
  'the content type 255': ['MESSAGE_UNSUPPORTED', { contentType: 255 }],
  'message format 0': ['MESSAGE_UNSUPPORTED', { version: 0 }],
  'message format 3': ['MESSAGE_UNSUPPORTED', { version: 3 }],
}

const ofFormat: Readonly<Record<1 | 2, WrongMessages>> = {
  1: {
    'another type': ['MESSAGE_UNSUPPORTED', { type: 0x81 }],
    'the type 0': ['MESSAGE_UNSUPPORTED', { type: 0 }],
    'reserved bytes that are used': ['MESSAGE_NOT_CANONICAL', { reserved: 1 }],
    'reserved bytes that are used in front': ['MESSAGE_NOT_CANONICAL', { reserved: 0x80000000 }],
    'no IV': ['MESSAGE_NOT_CANONICAL', { ivLength: 0 }],
    'a shorter IV': ['MESSAGE_NOT_CANONICAL', { ivLength: 11 }],
    'a longer IV': ['MESSAGE_NOT_CANONICAL', { ivLength: 16 }],
    'another data key': ['HEADER_UNAUTHENTIC', {}],
    'message format 2': ['MESSAGE_UNSUPPORTED', { version: 2 }],
    'the suite 0': ['MESSAGE_UNSUPPORTED', oneOf(0, 0x0178)],
    'an unknown suite': ['MESSAGE_UNSUPPORTED', oneOf(0x0278, 0x0178)],
    'a suite of format 2': ['MESSAGE_UNSUPPORTED', oneOf(0x0478, 0x0178)],
    'a signed suite of format 2': ['MESSAGE_UNSUPPORTED', oneOf(0x0578, 0x0178)],
    'a suite of the S3 encryption client': ['MESSAGE_UNSUPPORTED', oneOf(0x0070, 0x0078)],
    'a suite of the database encryption client': ['MESSAGE_UNSUPPORTED', oneOf(0x6700, 0x0178)],
  },
  2: {
    'another data key': ['COMMITMENT_MISMATCH', {}],
    'another commitment': ['COMMITMENT_MISMATCH', { commitKey: bytesOf('commit', 32) }],
    'an empty commitment': ['COMMITMENT_MISMATCH', { commitKey: Buffer.alloc(32) }],
    'message format 1': ['MESSAGE_UNSUPPORTED', { version: 1 }],
    'an unknown suite': ['MESSAGE_UNSUPPORTED', oneOf(0x0678, 0x0478)],
    'a suite of format 1': ['MESSAGE_UNSUPPORTED', oneOf(0x0178, 0x0478)],
    'a signed suite of format 1': ['MESSAGE_UNSUPPORTED', oneOf(0x0378, 0x0478)],
    'a suite of the S3 encryption client': ['MESSAGE_UNSUPPORTED', oneOf(0x0073, 0x0478)],
    'a suite of the database encryption client': ['MESSAGE_UNSUPPORTED', oneOf(0x6701, 0x0478)],
  },
}

const policy = { commitmentPolicy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT' } as const

/** A row that lies about the suite is for the suite that it is sealed as. */
function appliesTo({ suite }: Crafting, { sealAs = suite.id }: Partial<CraftedMessage>): boolean {
  return sealAs === suite.id
}

for (const format of [1, 2] as const) {
  const suites = everySuite.filter((suite) => suite.format === format && suite.signature === undefined)
  const craftings = suites.map(crafting)

  describe(`crafted headers of format ${format}`, () => {
    for (const [what, [code, options, streamedCode]] of Object.entries({
      ...contexts,
      ...fields,
      ...ofFormat[format],
    })) {
      it(`are refused: ${what}`, async () => {
        const concerned = craftings.filter((crafting) => appliesTo(crafting, options))
        expect(concerned.length).to.be.greaterThan(0)
        for (const { craft, expectRefused, dataKey } of concerned) {
          const another = what === 'another data key' ? { dataKey: bytesOf('another', dataKey.length) } : {}
          await expectRefused(craft({ ...options, ...another }), code, streamedCode)
          if (options.frames !== undefined) continue
          await expectRefused(
            craft({ unframed: { content: Buffer.from('content') }, ...options, ...another }),
            code,
            streamedCode,
          )
        }
      })
    }

    it('are refused when they are the base64 text of a message', async () => {
      for (const { craft, expectRefused } of craftings) {
        await expectRefused(Buffer.from(craft().toString('base64')), 'MESSAGE_UNSUPPORTED')
      }
    })

    it('open with the context out of order only where the client says so', async () => {
      const lenient = buildClient({ ...policy, acceptUnsortedContext: true })
      for (const { suite, craft, keyring, expectRefused } of craftings) {
        const message = craft(pairs(['a', '1'], ['B', '2']))
        await expectRefused(message, 'MESSAGE_NOT_CANONICAL')
        expect((await lenient.decrypt(keyring, message)).plaintext.toString()).to.equal('content')
        const { oracle } = clientsFor(suite)
        expect((await oracle.decrypt(keyring, message)).plaintext.toString()).to.equal('content')
        expect(inspect(message, { acceptUnsortedContext: true }).encryptionContext).to.deep.equal({
          a: '1',
          B: '2',
        })
      }
    })

    it('are refused with a key twice, also where their order does not matter', async () => {
      const unsorted = { ...policy, acceptUnsortedContext: true }
      for (const { craft, keyring } of craftings) {
        const message = craft(pairs(['b', '1'], ['a', ''], ['b', '2']))
        const code = await codeOf(() => buildClient(unsorted).decrypt(keyring, message))
        expect(code).to.equal('MESSAGE_NOT_CANONICAL')
      }
    })

    it('open beside data keys with empty fields, which some writers leave', async () => {
      for (const { suite, craft, keyring, dataKey } of craftings) {
        const message = craft({ dataKeys: [['fixed', 'info', ''], ['', '', ''], ...craftedDataKeys] })
        const { plaintext, messageHeader } = await clientsFor(suite).ours.decrypt(keyring, message)
        expect(plaintext.toString()).to.equal('content')
        expect(messageHeader.encryptedDataKeys).to.have.length(1)
        expect(inspect(message).encryptedDataKeys).to.have.length(3)
        expect(referenceDecode(message, { dataKey }).dataKeys).to.have.length(3)
      }
    })

    it('keep every length within the message: none reads or allocates beyond it', async () => {
      for (const { suite, craft, keyring } of craftings) {
        for (const message of [
          craft({ frames: [regular(1), final(2)] }),
          craft({ unframed: { content: Buffer.from('content') } }),
        ]) {
          for (let offset = 0; offset + 4 <= message.length; offset += 1) {
            const hostile = Buffer.from(message)
            hostile.fill(0xff, offset, offset + 4)
            if (hostile.equals(message)) continue
            const code = await codeOf(() => clientsFor(suite).ours.decrypt(keyring, hostile))
            expect(code, `${suite.name}, offset ${offset}`).to.not.equal('no error')
          }
        }
      }
    })

    if (format === 1) {
      it('open whatever IV their tag was made with, and no other', async () => {
        const headerIv = bytesOf('header iv', 12)
        for (const { craft, expectOpens, expectRefused } of craftings) {
          const message = craft({ headerIv })
          await expectOpens(message, 'content')
          const changed = Buffer.from(message)
          changed.fill(0, message.indexOf(headerIv), message.indexOf(headerIv) + 12)
          await expectRefused(changed, 'HEADER_UNAUTHENTIC')
        }
      })
    }
  })
}
