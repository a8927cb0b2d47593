import { expect } from 'chai'
import { describe, it } from 'mocha'
import { buildClient } from '@sealring/core/envelope'
import { codeOf } from './code-of.js'
import type { CraftedContent } from './craft-message.js'
import { crafting, final, type WrongMessages } from './crafting.js'
import { bytesOf, everySuite } from './fixture.js'

const lenient = buildClient('REQUIRE_ENCRYPT_ALLOW_DECRYPT')
const content = Buffer.from('8 bytes.')
const maxFrameLength = 64 * 1024 * 1024
const stating = (statedLength: bigint): CraftedContent => ({ content, statedLength })

const wrong: WrongMessages = {
  'a content length that understates': [
    'MESSAGE_TRAILING_BYTES',
    { unframed: stating(7n) },
    'FRAME_UNAUTHENTIC',
  ],
  'a content length that overstates': ['MESSAGE_TRUNCATED', { unframed: stating(9n) }],
  'a content length of all that may be held': [
    'MESSAGE_TRUNCATED',
    { unframed: stating(BigInt(maxFrameLength)) },
  ],
  'a content length beyond what may be held': [
    'MESSAGE_TOO_LARGE',
    { unframed: stating(BigInt(maxFrameLength) + 1n) },
  ],
  'the largest content length that the format allows': [
    'MESSAGE_TOO_LARGE',
    { unframed: stating(2n ** 36n - 32n) },
  ],
  'a content length beyond the format': ['MESSAGE_NOT_CANONICAL', { unframed: stating(2n ** 36n - 31n) }],
  // Nothing may take the lower half, or the double nearest to it, for the length.
  'a content length of 2^32 and the truth': ['MESSAGE_TOO_LARGE', { unframed: stating(2n ** 32n + 8n) }],
  'a content length of 2^40 and the truth': ['MESSAGE_NOT_CANONICAL', { unframed: stating(2n ** 40n + 8n) }],
  'a content length of 2^53 and the truth': ['MESSAGE_NOT_CANONICAL', { unframed: stating(2n ** 53n + 8n) }],
  'a content length of 2^63 and the truth': ['MESSAGE_NOT_CANONICAL', { unframed: stating(2n ** 63n + 8n) }],
  'the largest content length that can be written': [
    'MESSAGE_NOT_CANONICAL',
    { unframed: stating(2n ** 64n - 1n) },
  ],
  'content sealed as a frame': ['FRAME_UNAUTHENTIC', { unframed: { content, sealedAs: 'Final Frame' } }],
  'no body': ['MESSAGE_TRUNCATED', { frames: [], contentType: 1, frameLength: 0 }],
  'a frame length in the header': ['MESSAGE_NOT_CANONICAL', { unframed: { content }, frameLength: 8 }],
  'bytes behind it': ['MESSAGE_TRAILING_BYTES', { unframed: { content }, trailing: Buffer.alloc(1) }],
  'another body behind it': [
    'MESSAGE_TRAILING_BYTES',
    { unframed: { content }, trailing: bytesOf('body', 44) },
  ],
}

for (const format of [1, 2] as const) {
  const suites = everySuite.filter((suite) => suite.format === format && suite.signature === undefined)
  const craftings = suites.map(crafting)

  describe(`crafted unframed messages of format ${format}`, () => {
    it('open when they are right, here, in client-node and in the reference decoder', async () => {
      for (const { craft, expectOpens } of craftings) {
        for (const text of ['', '8 bytes.', 'longer than any frame'.repeat(1000)]) {
          await expectOpens(craft({ unframed: { content: Buffer.from(text) } }), text)
        }
      }
    })

    for (const [what, [code, options, streamedCode]] of Object.entries(wrong)) {
      it(`are refused: ${what}`, async () => {
        for (const { craft, expectRefused } of craftings)
          await expectRefused(craft(options), code, streamedCode)
      })
    }

    it('are refused: frames in place of the content', async () => {
      for (const { craft, keyring } of craftings) {
        const message = craft({ contentType: 1, frameLength: 0, frames: [final(1)] })
        const code = await codeOf(() => lenient.decrypt(keyring, message))
        expect(['MESSAGE_TRAILING_BYTES', 'FRAME_UNAUTHENTIC']).to.include(code)
      }
    })

    const ownIv = format === 1 ? 'open, as early writers left them' : 'are refused'
    it(`${ownIv}: authentic content with an IV of its own`, async () => {
      for (const { craft, expectOpens, expectRefused } of craftings) {
        const message = craft({ unframed: { content, iv: bytesOf('iv', 12) } })
        if (format === 1) await expectOpens(message, '8 bytes.')
        else await expectRefused(message, 'FRAME_UNAUTHENTIC')
      }
    })

    it('are refused when the tag does not fit', async () => {
      for (const { craft, expectRefused } of craftings) {
        const message = craft({ unframed: { content } })
        message[message.length - 1]! ^= 1
        await expectRefused(message, 'FRAME_UNAUTHENTIC')
      }
    })

    it('keep to the limits of client and call', async () => {
      for (const { craft, keyring } of craftings) {
        const message = craft({ unframed: { content } })
        for (const [limit, code] of [
          [7, 'MESSAGE_TOO_LARGE'],
          [8, 'no error'],
        ] as const) {
          const strict = buildClient({
            commitmentPolicy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT',
            maxFrameLength: limit,
          })
          expect(await codeOf(() => strict.decrypt(keyring, message))).to.equal(code)
          expect(await codeOf(() => lenient.decrypt(keyring, message, { maxBodySize: limit }))).to.equal(code)
        }
      }
    })

    it('of any size are read where the client allows it', async () => {
      const allowing = buildClient({
        commitmentPolicy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT',
        maxFrameLength: 2 ** 40,
      })
      for (const { craft, keyring } of craftings) {
        for (const [length, code] of [
          [2n ** 32n + 8n, 'MESSAGE_TRUNCATED'],
          [2n ** 36n - 32n, 'MESSAGE_TRUNCATED'],
          [2n ** 36n - 31n, 'MESSAGE_NOT_CANONICAL'],
          [2n ** 53n + 8n, 'MESSAGE_NOT_CANONICAL'],
        ] as const) {
          const message = craft({ unframed: stating(length) })
          expect(await codeOf(() => allowing.decrypt(keyring, message)), `${length}`).to.equal(code)
        }
      }
    })
  })
}
