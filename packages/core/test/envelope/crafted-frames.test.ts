import { describe, it } from 'mocha'
import { crafting, final, regular, type WrongMessages } from './crafting.js'
import { bytesOf, everySuite } from './fixture.js'

const wrong: WrongMessages = {
  'frames swapped': ['FRAME_OUT_OF_ORDER', { frames: [regular(2), regular(1), final(3)] }],
  'a frame twice': ['FRAME_OUT_OF_ORDER', { frames: [regular(1), regular(1), final(2)] }],
  'a frame left out': ['FRAME_OUT_OF_ORDER', { frames: [regular(1), final(3)] }],
  'no first frame': ['FRAME_OUT_OF_ORDER', { frames: [regular(2), final(3)] }],
  'frames counted from 0': ['FRAME_OUT_OF_ORDER', { frames: [regular(0), final(1)] }],
  'the final frame first': ['FRAME_OUT_OF_ORDER', { frames: [final(2), regular(1)] }],
  'no final frame': ['MESSAGE_TRUNCATED', { frames: [regular(1), regular(2)] }],
  'no frame at all': ['MESSAGE_TRUNCATED', { frames: [] }],
  'two final frames': ['MESSAGE_TRAILING_BYTES', { frames: [regular(1), final(2), final(3)] }],
  'the final frame twice': ['MESSAGE_TRAILING_BYTES', { frames: [final(1), final(1)] }],
  'a frame behind the final one': ['MESSAGE_TRAILING_BYTES', { frames: [final(1), regular(2)] }],
  'a final frame longer than frames are': ['MESSAGE_NOT_CANONICAL', { frames: [final(1, 'nine byte')] }],
  'a later final frame longer than frames are': [
    'MESSAGE_NOT_CANONICAL',
    { frames: [regular(1), final(2, 'nine byte')] },
  ],
  'a final frame that understates its length': [
    'MESSAGE_TRAILING_BYTES',
    { frames: [{ ...final(1, '8 bytes.'), statedLength: 7 }] },
    'FRAME_UNAUTHENTIC',
  ],
  'a final frame that overstates its length': [
    'MESSAGE_TRUNCATED',
    { frames: [{ ...final(1, '7 bytes'), statedLength: 8 }] },
  ],
  'a regular frame shorter than the frame length': ['MESSAGE_TRUNCATED', { frames: [regular(1, '7 bytes')] }],
  'a regular frame that says it is final': [
    'FRAME_UNAUTHENTIC',
    { frames: [{ ...final(1, '8 bytes.'), sealedAs: 'Frame' }] },
  ],
  'a final frame that says it is regular': [
    'FRAME_UNAUTHENTIC',
    { frames: [{ ...regular(1), sealedAs: 'Final Frame' }, final(2)] },
  ],
  'a frame of 4 GiB': [
    'MESSAGE_TOO_LARGE',
    { frameLength: 0xffffffff, frames: [{ ...final(1), statedLength: 0xffffffff }] },
  ],
  'regular frames of 4 GiB': [
    'MESSAGE_TOO_LARGE',
    { frameLength: 0xffffffff, frames: [regular(1), final(2)] },
  ],
  'bytes behind it': ['MESSAGE_TRAILING_BYTES', { trailing: Buffer.from('x') }],
  'itself behind it': ['MESSAGE_TRAILING_BYTES', { trailing: bytesOf('anything', 1000) }],
  'unframed content': [
    'FRAME_OUT_OF_ORDER',
    { contentType: 2, frameLength: 8, unframed: { content: Buffer.from('content') } },
  ],
}

const withOwnIvs = [
  { ...regular(1), iv: bytesOf('first iv', 12) },
  { ...final(2), iv: bytesOf('second iv', 12) },
]

for (const format of [1, 2] as const) {
  const suites = everySuite.filter((suite) => suite.format === format && suite.signature === undefined)
  const craftings = suites.map(crafting)

  describe(`crafted frames of format ${format}`, () => {
    it('open when they are right, here, in client-node and in the reference decoder', async () => {
      for (const { craft, expectOpens } of craftings) {
        await expectOpens(craft(), 'content')
        await expectOpens(craft({ frames: [regular(1), regular(2), final(3)] }), '8 bytes.8 bytes.end')
        // A full last frame may be a regular one with an empty final frame behind it.
        await expectOpens(craft({ frames: [regular(1), final(2, '')] }), '8 bytes.')
        await expectOpens(craft({ frames: [final(1, '8 bytes.')] }), '8 bytes.')
        await expectOpens(craft({ frames: [final(1, '')] }), '')
        await expectOpens(craft({ frameLength: 0xffffffff }), 'content')
      }
    })

    for (const [what, [code, options, streamedCode]] of Object.entries(wrong)) {
      it(`are refused: ${what}`, async () => {
        for (const { craft, expectRefused } of craftings)
          await expectRefused(craft(options), code, streamedCode)
      })
    }

    const ownIvs = format === 1 ? 'open, as early writers left them' : 'are refused'
    it(`${ownIvs}: authentic frames with IVs of their own`, async () => {
      for (const { craft, expectOpens, expectRefused } of craftings) {
        const message = craft({ frames: withOwnIvs })
        if (format === 1) await expectOpens(message, '8 bytes.end')
        else await expectRefused(message, 'FRAME_UNAUTHENTIC')
      }
    })
  })
}
