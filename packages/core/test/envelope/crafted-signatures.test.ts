import { expect } from 'chai'
import { describe, it } from 'mocha'
import { craftContext, uint16, type CraftedMessage } from './craft-message.js'
import { craftSigner, type CraftedSigner } from './craft-signer.js'
import { crafting, final, regular } from './crafting.js'
import { everySuite, publicKeyContextKey } from './fixture.js'

const withKeyText = (text: string): Partial<CraftedMessage> => ({
  serializedContext: craftContext([[publicKeyContextKey, text]]),
})
const withKey = (point: Buffer) => withKeyText(point.toString('base64'))
const unsigned = { signWith: undefined }
const content = Buffer.from('content')

type Row = readonly [string, (signer: CraftedSigner) => Partial<CraftedMessage>]

const wrong: Readonly<Record<string, Row>> = {
  'no public key': ['SIGNATURE_INVALID', () => ({ serializedContext: Buffer.alloc(0) })],
  'a public key of another length': [
    'SIGNATURE_INVALID',
    ({ compressedPoint }) => withKey(compressedPoint.subarray(1)),
  ],
  'a public key that is no point': [
    'SIGNATURE_INVALID',
    ({ compressedPoint }) => withKey(Buffer.from([2, ...Buffer.alloc(compressedPoint.length - 1, 0xff)])),
  ],
  'a public key in another form': [
    'SIGNATURE_INVALID',
    ({ compressedPoint }) => withKey(Buffer.from([5, ...compressedPoint.subarray(1)])),
  ],
  'an uncompressed public key': ['SIGNATURE_INVALID', ({ uncompressedPoint }) => withKey(uncompressedPoint)],
  'a public key with a line break in its base64': [
    'SIGNATURE_INVALID',
    ({ compressedPoint }) => withKeyText(`${compressedPoint.toString('base64')}\n`),
  ],
  'a public key whose base64 is padded otherwise': [
    'SIGNATURE_INVALID',
    ({ compressedPoint }) => {
      const text = compressedPoint.toString('base64')
      return withKeyText(text.endsWith('=') ? text.slice(0, -1) : `${text}=`)
    },
  ],
  'the point at infinity': ['SIGNATURE_INVALID', () => withKey(Buffer.from([0]))],
  'no signature': ['MESSAGE_TRUNCATED', () => unsigned],
  'an empty signature': ['SIGNATURE_INVALID', () => ({ ...unsigned, trailing: uint16(0) })],
  'a signature longer than the message': ['MESSAGE_TRUNCATED', () => ({ ...unsigned, trailing: uint16(70) })],
  'half a signature length': ['MESSAGE_TRUNCATED', () => ({ ...unsigned, trailing: Buffer.alloc(1) })],
  'a signature and bytes behind it': ['MESSAGE_TRAILING_BYTES', () => ({ trailing: Buffer.alloc(3) })],
  'no final frame': ['MESSAGE_TRUNCATED', () => ({ ...unsigned, frames: [regular(1)] })],
  'frames swapped': ['FRAME_OUT_OF_ORDER', () => ({ frames: [regular(2), regular(1), final(3)] })],
  'a frame twice': ['FRAME_OUT_OF_ORDER', () => ({ frames: [regular(1), regular(1), final(2)] })],
  'a frame left out': ['FRAME_OUT_OF_ORDER', () => ({ frames: [regular(1), final(3)] })],
  // The second one is taken for a signature of 65,535 bytes.
  'two final frames': ['MESSAGE_TRUNCATED', () => ({ frames: [final(1), final(2)] })],
  'a final frame longer than frames are': [
    'MESSAGE_NOT_CANONICAL',
    () => ({ frames: [final(1, 'nine byte')] }),
  ],
}

for (const suite of everySuite.filter(({ signature }) => signature !== undefined)) {
  const { signer, craft, expectOpens, expectRefused } = crafting(suite)
  const { curve } = suite.signature!

  describe(`crafted signed messages, ${suite.name}`, () => {
    it('open when they are right, here, in client-node and in the reference decoder', async () => {
      await expectOpens(craft(), 'content')
      await expectOpens(craft({ frames: [regular(1), regular(2), final(3)] }), '8 bytes.8 bytes.end')
      await expectOpens(craft({ unframed: { content } }), 'content')
    })

    for (const [what, [code, options]] of Object.entries(wrong)) {
      it(`are refused: ${what}`, async () => {
        const changes = options(signer!)
        await expectRefused(craft(changes), code)
        if (changes.frames === undefined)
          await expectRefused(craft({ unframed: { content }, ...changes }), code)
      })
    }

    it('are refused: the signature of another key', async () => {
      const another = { signWith: craftSigner(curve).privateKey }
      await expectRefused(craft(another), 'SIGNATURE_INVALID')
      await expectRefused(craft({ ...another, unframed: { content } }), 'SIGNATURE_INVALID')
    })

    // A point of P-256 fills its last character.
    if (curve === 'P-384') {
      it('are refused: a public key whose base64 has a bit that stands for nothing', async () => {
        const text = signer!.compressedPoint.toString('base64')
        const last = String.fromCodePoint(text.codePointAt(text.length - 3)! + 1)
        const other = `${text.slice(0, -3)}${last}==`
        expect(Buffer.from(other, 'base64').equals(signer!.compressedPoint)).to.equal(true)
        await expectRefused(craft(withKeyText(other)), 'SIGNATURE_INVALID')
      })
    }

    it('are refused: a key and a signature of another curve', async () => {
      const { compressedPoint, privateKey } = craftSigner(curve === 'P-256' ? 'P-384' : 'P-256')
      await expectRefused(craft({ ...withKey(compressedPoint), signWith: privateKey }), 'SIGNATURE_INVALID')
    })

    it('are refused: the signature of another message', async () => {
      const footerOf = (message: Buffer, unsignedMessage: Buffer) => message.subarray(unsignedMessage.length)
      for (const [right, other] of [
        [{}, { frames: [final(1, 'another')] }],
        [{ unframed: { content } }, { unframed: { content: Buffer.from('another') } }],
      ] as const) {
        const trailing = footerOf(craft(other), craft({ ...other, ...unsigned }))
        await expectRefused(craft({ ...right, ...unsigned, trailing }), 'SIGNATURE_INVALID')
      }
    })
  })
}
