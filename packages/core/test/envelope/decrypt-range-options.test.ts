import { expect } from 'chai'
import { describe, it } from 'mocha'
import {
  buildClient,
  decryptRange,
  type DecryptRangeOptions,
  type PlaintextRange,
} from '@sealring/core/envelope'
import { codeOf } from './code-of.js'
import { craftMessage, type CraftedFrame, type CraftedMessage } from './craft-message.js'
import { fixedKeyring } from './fixed-keyring.js'
import { bytesOf, keyring, otherKeyring, ours, severalKeyrings, unsigned } from './fixture.js'
import { wrongType } from './wrong-type.js'

const plaintext = bytesOf('options', 1000)
const form = { suiteId: unsigned, frameLength: 100 }

describe('decryptRange: arguments and options', () => {
  const message = () => ours.encrypt(keyring, plaintext, form)

  const badRanges: Readonly<Record<string, unknown>> = {
    'no range': undefined,
    'a range that is null': null,
    'a number for a range': 5,
    'a negative start': { start: -1 },
    'a fraction': { start: 0.5 },
    'no start': { end: 5 },
    'a start that is no number': { start: '0' },
    'a start beyond 2^53': { start: 2 ** 53 },
    'a start that is not a number at all': { start: Number.NaN },
    'a negative end': { start: 0, end: -1 },
    'an end that is null': { start: 0, end: null },
    'an infinite end': { start: 0, end: Infinity },
    'an end before the start': { start: 6, end: 5 },
  }
  for (const [what, range] of Object.entries(badRanges)) {
    it(`refuses ${what}`, async () => {
      const { result } = await message()
      expect(await codeOf(() => decryptRange(keyring, result, wrongType(range)))).to.equal('INVALID_ARGUMENT')
    })
  }

  it('refuses wrong options as the client does', async () => {
    const { result } = await message()
    for (const options of [
      { maxFrameLength: 0 },
      { commitmentPolicy: 'SOMETIMES' },
      { maxBodySize: '1' },
      null,
      'none',
    ]) {
      const run = () => decryptRange(keyring, result, { start: 0 }, wrongType(options))
      expect(await codeOf(run)).to.equal('INVALID_ARGUMENT')
    }
  })

  it('demands commitment unless the policy says otherwise', async () => {
    const { encrypt } = buildClient('FORBID_ENCRYPT_ALLOW_DECRYPT')
    const { result } = await encrypt(keyring, plaintext, { ...form, suiteId: 0x0178 })
    const range = { start: 250, end: 260 }
    for (const options of [{}, { commitmentPolicy: 'REQUIRE_ENCRYPT_REQUIRE_DECRYPT' } as const]) {
      const code = await codeOf(() => decryptRange(otherKeyring, result, range, options))
      expect(code).to.equal('SUITE_NOT_ALLOWED')
    }
    const allowed = { commitmentPolicy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT' } as const
    const opened = await decryptRange(keyring, result, range, allowed)
    expect(opened.plaintext.equals(plaintext.subarray(250, 260))).to.equal(true)
  })

  it('refuses an unframed message, before a keyring is asked', async () => {
    const { result } = await ours.encrypt(keyring, plaintext, { suiteId: unsigned, unframed: true })
    const code = await codeOf(() => decryptRange(otherKeyring, result, { start: 0 }))
    expect(code).to.equal('MESSAGE_UNSUPPORTED')
  })

  it('refuses another data key, and a keyring that has none', async () => {
    const { result } = await ours.encrypt(fixedKeyring(bytesOf('data key', 32)), plaintext, form)
    const another = fixedKeyring(bytesOf('another', 32))
    expect(await codeOf(() => decryptRange(another, result, { start: 0 }))).to.equal('COMMITMENT_MISMATCH')
    expect(await codeOf(() => decryptRange(keyring, result, { start: 0 }))).to.equal('NO_DATA_KEY')
  })

  it('holds the message to the context that the caller reproduces', async () => {
    const { result } = await ours.encrypt(keyring, plaintext, { ...form, encryptionContext: { a: 'b' } })
    const withContext = (encryptionContext: Record<string, string>) => () =>
      decryptRange(keyring, result, { start: 0, end: 1 }, { encryptionContext })
    expect(await codeOf(withContext({ a: 'b' }))).to.equal('no error')
    expect(await codeOf(withContext({ a: 'c' }))).to.equal('CONTEXT_NOT_REPRODUCED')
    expect(await codeOf(withContext({ x: 'y' }))).to.not.equal('no error')
  })

  it('keeps to the limits', async () => {
    const { result } = await ours.encrypt(severalKeyrings, plaintext, form)
    const range = { start: 150, end: 450 }
    const limits: readonly [DecryptRangeOptions, DecryptRangeOptions][] = [
      [{ maxFrameLength: 99 }, { maxFrameLength: 100 }],
      [{ maxBodySize: 99 }, { maxBodySize: 100 }],
      [{ maxBodySize: -1 }, { maxBodySize: 0 }],
      [{ maxBodySize: 99.5 }, { maxBodySize: Infinity }],
      [{ maxEncryptedDataKeys: 1 }, { maxEncryptedDataKeys: 2 }],
      // The message may be longer, the plaintext that is returned may not.
      [{ maxMessageLength: 299 }, { maxMessageLength: 300 }],
    ]
    for (const [tooLittle, enough] of limits) {
      const refused = await codeOf(() => decryptRange(keyring, result, range, tooLittle))
      expect(refused, JSON.stringify(tooLittle)).to.equal('MESSAGE_TOO_LARGE')
      const { plaintext: opened } = await decryptRange(keyring, result, range, enough)
      expect(opened.equals(plaintext.subarray(150, 450)), JSON.stringify(enough)).to.equal(true)
    }
  })
})

describe('decryptRange: frames that are authentic, but not where they stand', () => {
  const dataKey = bytesOf('data key', 32)
  const regular = (sequence: number, content = '8 bytes.'): CraftedFrame => ({
    sequence,
    final: false,
    content: Buffer.from(content),
  })
  const final = (sequence: number, content = 'end'): CraftedFrame => ({
    sequence,
    final: true,
    content: Buffer.from(content),
  })
  const craft = (options: Partial<CraftedMessage>) =>
    craftMessage({ suiteId: unsigned, messageId: bytesOf('message id', 32), dataKey, ...options })
  const open = (message: Buffer, range: PlaintextRange, options?: DecryptRangeOptions) =>
    decryptRange(fixedKeyring(dataKey), message, range, options)

  const cases: Readonly<Record<string, readonly [readonly CraftedFrame[], PlaintextRange, string]>> = {
    'an exchanged frame': [
      [regular(1), regular(3), regular(2), final(4)],
      { start: 9, end: 12 },
      'FRAME_OUT_OF_ORDER',
    ],
    'no exchanged frame': [[regular(1), regular(3), regular(2), final(4)], { start: 0, end: 8 }, 'no error'],
    'a repeated frame': [[regular(1), regular(1), final(3)], { start: 8, end: 16 }, 'FRAME_OUT_OF_ORDER'],
    'a gap': [[regular(1), final(3)], { start: 8 }, 'FRAME_OUT_OF_ORDER'],
    'frames counted from 0': [[regular(0), final(1)], { start: 0, end: 1 }, 'FRAME_OUT_OF_ORDER'],
    'no final frame': [[regular(1), regular(2)], { start: 0 }, 'MESSAGE_TRUNCATED'],
    'no final frame, which is not needed': [[regular(1), regular(2)], { start: 0, end: 16 }, 'no error'],
    'no final frame where only that tells': [[regular(1), regular(2)], { start: 17 }, 'MESSAGE_TRUNCATED'],
    'a frame behind the final one': [
      [final(1, '8 bytes.'), regular(2), final(3)],
      { start: 0 },
      'MESSAGE_TRAILING_BYTES',
    ],
    'a final frame between others': [
      [regular(1), final(2), regular(3), final(4)],
      { start: 9, end: 30 },
      'MESSAGE_TRAILING_BYTES',
    ],
    'the final frame twice': [[regular(1), final(2), final(2)], { start: 9 }, 'MESSAGE_TRAILING_BYTES'],
    'a final frame longer than the frame length': [
      [final(1, 'nine byte')],
      { start: 0 },
      'MESSAGE_NOT_CANONICAL',
    ],
    'a final frame that understates its length': [
      [{ ...final(1, '8 bytes.'), statedLength: 7 }],
      { start: 0 },
      'FRAME_UNAUTHENTIC',
    ],
    'a final frame that overstates its length': [
      [{ ...final(1, '7 bytes'), statedLength: 8 }],
      { start: 0 },
      'MESSAGE_TRUNCATED',
    ],
    'an IV of its own': [
      [{ ...regular(1), iv: bytesOf('iv', 12) }, final(2)],
      { start: 0, end: 4 },
      'FRAME_UNAUTHENTIC',
    ],
    'the IV of another frame': [
      [regular(1), { ...final(2), iv: Buffer.concat([Buffer.alloc(11), Buffer.from([1])]) }],
      { start: 8 },
      'FRAME_UNAUTHENTIC',
    ],
  }
  for (const [what, [frames, range, code]] of Object.entries(cases)) {
    it(`${code}: ${what}`, async () => {
      expect(await codeOf(() => open(craft({ frames }), range))).to.equal(code)
    })
  }

  it('FRAME_UNAUTHENTIC: a regular frame that was given the final marker', async () => {
    const message = craft({ frames: [regular(1), regular(2), final(3)] })
    const at = message.length - (40 + 3) - 40 // frame 2, in front of the final one
    const frame = message.subarray(at, at + 40)
    const marked = Buffer.concat([
      Buffer.alloc(4, 0xff),
      frame.subarray(0, 16),
      Buffer.from([0, 0, 0, 8]),
      frame.subarray(16),
    ])
    const shortened = Buffer.concat([message.subarray(0, at), marked])
    for (const range of [{ start: 8 }, { start: 8, end: 16 }, { start: 100 }]) {
      expect(await codeOf(() => open(shortened, range))).to.equal('FRAME_UNAUTHENTIC')
    }
  })

  it('opens a full regular frame with an empty final one behind it', async () => {
    const message = craft({ frames: [regular(1), final(2, '')] })
    for (const [range, text, totalLength] of [
      [{ start: 0, end: 8 }, '8 bytes.', undefined],
      [{ start: 8, end: 8 }, '', undefined],
      [{ start: 0, end: 9 }, '8 bytes.', 8],
      [{ start: 2 }, 'bytes.', 8],
      [{ start: 8 }, '', 8],
      [{ start: 9 }, '', 8],
    ] as const) {
      const result = await open(message, range)
      expect([result.plaintext.toString(), result.totalLength]).to.deep.equal([text, totalLength])
      expect(result.end - result.start).to.equal(text.length)
    }
  })

  it('opens a single frame whose header promises larger ones, and reads no more than the limit for it', async () => {
    const message = craft({ frameLength: 0xffff_ffff })
    const asked: number[] = []
    const source = {
      read: async (start: number, end: number) => {
        asked.push(end - start)
        return message.subarray(start, end)
      },
    }
    const result = await decryptRange(fixedKeyring(dataKey), source, { start: 3 }, { maxFrameLength: 10 })
    expect(result).to.deep.include({ totalLength: 7, plaintext: Buffer.from('tent') })
    expect(Math.max(...asked)).to.be.at.most(4096)
    expect(await codeOf(() => open(message, { start: 0 }, { maxFrameLength: 6 }))).to.equal(
      'MESSAGE_TOO_LARGE',
    )
    const two = craft({ frameLength: 0xffff_ffff, frames: [{ ...regular(1), content: Buffer.alloc(5000) }] })
    for (const size of [two.length, 2 ** 40, undefined]) {
      asked.length = 0
      const sized = {
        ...source,
        size,
        read: async (start: number, end: number) => {
          asked.push(end - start)
          return two.subarray(start, end)
        },
      }
      const run = () => decryptRange(fixedKeyring(dataKey), sized, { start: 0 }, { maxFrameLength: 10 })
      expect(await codeOf(run)).to.equal('MESSAGE_TOO_LARGE')
      expect(Math.max(...asked)).to.be.at.most(4096)
    }
  })
})
