import { expect } from 'chai'
import * as fc from 'fast-check'
import { before, describe, it } from 'mocha'
import { decryptRange, inspect, type DecryptRangeOptions, type PlaintextRange } from '@sealring/core/envelope'
import { codeOf } from './code-of.js'
import { bytesGiven, countingSource } from './counting-source.js'
import { bytesOf, keyring, otherKeyring, ours, signed, unsigned } from './fixture.js'
import { anyPolicy, firstRead, longHeaderMessage } from './long-header.js'

const unsignedSuites = [0x0014, 0x0046, 0x0078, 0x0114, 0x0146, 0x0178, unsigned]
const signedSuites = [0x0214, 0x0346, 0x0378, signed]
const skipping: DecryptRangeOptions = { ...anyPolicy, dangerouslySkipSignature: true }

/** What a range must come to, said without a word about frames except whether the final one is needed. */
function expected(plaintext: Buffer, { start, end = Infinity }: PlaintextRange) {
  const { length } = plaintext
  const clipped = { start: Math.min(start, length), end: Math.min(end, length) }
  return { ...clipped, hex: plaintext.subarray(clipped.start, clipped.end).toString('hex') }
}

/** The bytes of the frames that a range needs, from the outside: [first, behind the last). */
function neededBytes(message: Buffer, { start, end = Infinity }: PlaintextRange): [number, number] {
  const { headerLength, bodyLength, frameLength, frames } = inspect(message)
  const last = Math.min(frames, Math.max(1, Math.ceil(end / frameLength)))
  const first = Math.min(last, Math.floor(start / frameLength) + 1)
  const step = frameLength + 32
  return [
    headerLength + (first - 1) * step,
    last === frames ? headerLength + bodyLength : headerLength + last * step,
  ]
}

async function checkRange(
  message: Buffer,
  plaintext: Buffer,
  range: PlaintextRange,
  options: DecryptRangeOptions,
): Promise<void> {
  const { headerLength, frameLength, frames } = inspect(message)
  const { end = Infinity } = range
  const reachesFinal = end > (frames - 1) * frameLength || frames === 1
  for (const size of [message.length, undefined]) {
    const source = countingSource(message, size)
    const result = await decryptRange(keyring, source, range, options)
    const what = `${JSON.stringify(range)} of ${plaintext.length} in ${frameLength}, size ${size}`
    const { start, end: resultEnd } = result
    expect({ start, end: resultEnd, hex: result.plaintext.toString('hex') }, what).to.deep.equal(
      expected(plaintext, range),
    )
    expect(result.totalLength, what).to.equal(reachesFinal ? plaintext.length : undefined)
    expect([result.plaintext.byteOffset, result.plaintext.buffer.byteLength]).to.deep.equal([
      0,
      result.plaintext.length,
    ])
    if (size === undefined) continue
    const [from, to] = neededBytes(message, range)
    const isHead = (read: { start: number }) => read.start < headerLength
    const head = source.reads.filter(isHead)
    expect(head.length, what).to.be.at.most(headerLength <= firstRead ? 1 : 2)
    // Eight bytes more for a final frame, one that tells whether anything follows.
    const frameReads = source.reads.filter((read) => !isHead(read))
    for (const read of frameReads) {
      expect(read.start, what).to.be.at.least(from)
      expect(read.end, what).to.be.at.most(to + 9)
    }
    expect(bytesGiven(frameReads), what).to.be.at.most(to - from + 9)
  }
  const { plaintext: fromBytes } = await decryptRange(keyring, message, range, options)
  expect(fromBytes.toString('hex')).to.equal(expected(plaintext, range).hex)
}

describe('decryptRange', () => {
  it('gives every range of small messages, however their ends lie to their frames', async () => {
    for (const [suiteId, frameLength] of [
      [unsigned, 1],
      [unsigned, 3],
      [0x0178, 2],
      [0x0014, 4],
    ] as const) {
      for (let length = 0; length <= 3 * frameLength + 1; length += 1) {
        const plaintext = bytesOf('small', length)
        const message = await longHeaderMessage(plaintext, { suiteId, frameLength, headerLength: 4090 })
        const beyond = length + 2 * frameLength + 1
        for (let start = 0; start <= beyond; start += 1) {
          await checkRange(message, plaintext, { start }, anyPolicy)
          for (let end = start; end <= beyond; end += 1) {
            await checkRange(message, plaintext, { start, end }, anyPolicy)
          }
        }
      }
    }
  }).timeout(180_000)

  it('gives any range of any message, and reads the frames of the range alone', async () => {
    const offset = fc.oneof(fc.nat({ max: 40_000 }), fc.maxSafeNat())
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...unsignedSuites),
        fc.integer({ min: 100, max: 9000 }),
        fc.nat({ max: 30_000 }),
        fc.integer({ min: 300, max: 5000 }),
        fc.array(fc.tuple(offset, fc.option(offset, { nil: undefined })), { minLength: 1, maxLength: 8 }),
        async (suiteId, frameLength, length, headerLength, ranges) => {
          const plaintext = bytesOf('any', length)
          const message = await longHeaderMessage(plaintext, { suiteId, frameLength, headerLength })
          for (const [a, b] of ranges) {
            const range = b === undefined ? { start: a } : { start: Math.min(a, b), end: Math.max(a, b) }
            await checkRange(message, plaintext, range, anyPolicy)
          }
        },
      ),
      { numRuns: 150 },
    )
  }).timeout(180_000)

  it('reads a header of any length that the limits allow', async () => {
    const plaintext = bytesOf('x', 100)
    for (const headerLength of [4095, 4096, 4097, 16_384, 16_385, 60_000]) {
      const message = await longHeaderMessage(plaintext, { suiteId: unsigned, frameLength: 8, headerLength })
      for (const size of [message.length, undefined]) {
        const source = countingSource(message, size)
        const result = await decryptRange(keyring, source, { start: 50, end: 60 })
        expect(result.plaintext.equals(plaintext.subarray(50, 60))).to.equal(true)
        expect(source.reads.length).to.be.at.most(4)
        expect(
          await codeOf(() =>
            decryptRange(keyring, source, { start: 50 }, { maxHeaderLength: headerLength - 1 }),
          ),
        ).to.equal('MESSAGE_TOO_LARGE')
        await decryptRange(keyring, source, { start: 50 }, { maxHeaderLength: headerLength })
      }
    }
  })

  it('needs one read for a small message, two for a large one, and then reads 4 MiB at once', async () => {
    const small = (await ours.encrypt(keyring, 'small', { suiteId: unsigned })).result
    const plaintext = bytesOf('large', 9 * 1024 * 1024)
    const large = (await ours.encrypt(keyring, plaintext, { suiteId: unsigned })).result
    for (const [message, range, reads] of [
      [small, { start: 1 }, 1],
      [large, { start: 1_000_000, end: 1_100_000 }, 2],
      [large, { start: 0 }, 4],
    ] as const) {
      const source = countingSource(message, message.length)
      const result = await decryptRange(keyring, source, range)
      expect(source.reads).to.have.length(reads)
      for (const { start, end } of source.reads) expect(end - start).to.be.at.most(4 * 1024 * 1024)
      if (message === large) {
        expect(result.plaintext.equals(plaintext.subarray(result.start, result.end))).to.equal(true)
      }
    }
  })

  it('tells the header as decrypt does', async () => {
    const options = { suiteId: unsigned, encryptionContext: { a: 'b' } }
    const { result } = await ours.encrypt(keyring, 'text', options)
    const { messageHeader } = await ours.decrypt(keyring, result)
    expect((await decryptRange(keyring, result, { start: 0 })).messageHeader).to.deep.equal(messageHeader)
  })

  describe('of a signed message', () => {
    it('refuses, before a keyring is asked', async () => {
      const { result } = await ours.encrypt(keyring, 'text')
      for (const options of [{}, { dangerouslySkipSignature: false }]) {
        expect(await codeOf(() => decryptRange(otherKeyring, result, { start: 0 }, options))).to.equal(
          'SUITE_NOT_ALLOWED',
        )
      }
    })

    it('gives every range where the caller says that the signature may stay unverified', async () => {
      for (const suiteId of signedSuites) {
        for (const frameLength of suiteId === signed ? [1, 5, 100] : [5]) {
          for (const length of [0, 1, frameLength, frameLength + 1, 3 * frameLength, 4 * frameLength + 2]) {
            const plaintext = bytesOf('signed', length)
            const message = await longHeaderMessage(plaintext, { suiteId, frameLength, headerLength: 4090 })
            const starts = [0, 1, frameLength, length - 1, length, length + 1, length + 9 * frameLength, 1e9]
            for (const start of starts.filter((offset) => offset >= 0)) {
              for (const end of [undefined, start, start + 1, start + 2 * frameLength]) {
                const range = { start, end }
                for (const size of [message.length, undefined]) {
                  const source = countingSource(message, size)
                  const result = await decryptRange(keyring, source, range, skipping)
                  const { start: from, end: to } = result
                  expect(
                    { start: from, end: to, hex: result.plaintext.toString('hex') },
                    `${suiteId}, ${length} in ${frameLength}, ${JSON.stringify(range)}, ${size}`,
                  ).to.deep.equal(expected(plaintext, range))
                  if (end === undefined) expect(result.totalLength).to.equal(length)
                }
              }
            }
          }
        }
      }
    }).timeout(180_000)
  })

  describe('of a message that was cut off', () => {
    const plaintext = bytesOf('cut', 24)
    const ranges: readonly PlaintextRange[] = [
      { start: 0 },
      { start: 0, end: 0 },
      { start: 0, end: 8 },
      { start: 3, end: 11 },
      { start: 8, end: 16 },
      { start: 16, end: 16 },
      { start: 15, end: 17 },
      { start: 16, end: 24 },
      { start: 0, end: 24 },
      { start: 23 },
      { start: 24 },
      { start: 25 },
      { start: 30, end: 30 },
      { start: 5, end: 1000 },
      { start: 1000 },
      { start: 2 ** 53 - 1 },
    ]
    for (const [name, suiteId, length] of [
      ['format 2, the last frame full', unsigned, 24],
      ['format 2, the last frame short', unsigned, 19],
      ['format 1, the last frame full', 0x0178, 24],
      ['format 1, the last frame short', 0x0178, 19],
      ['one frame', unsigned, 5],
      ['no plaintext', unsigned, 0],
    ] as const) {
      it(`never takes it for a short one: ${name}`, async () => {
        const part = plaintext.subarray(0, length)
        const form = { suiteId, frameLength: 8, headerLength: 4090 }
        const message = await longHeaderMessage(part, form)
        const { frames, headerLength } = inspect(message)
        for (let cut = 0; cut < message.length; cut += cut < 4060 ? 290 : 1) {
          const bytes = message.subarray(0, cut)
          const sources = [
            bytes,
            countingSource(bytes, cut),
            countingSource(bytes, undefined),
            countingSource(bytes, message.length),
          ]
          for (const [index, source] of sources.entries()) {
            for (const range of ranges) {
              const last = Math.max(1, Math.ceil((range.end ?? Infinity) / 8))
              const enough = last < frames && headerLength + last * 40 <= cut
              const what = `cut at ${cut}, ${JSON.stringify(range)}, source ${index}`
              if (!enough || index === 3) {
                const code = await codeOf(() => decryptRange(keyring, source, range, anyPolicy))
                // A source that states more than it has is found out, unless it isn't read that far.
                const codes =
                  index === 3 && enough ? ['MESSAGE_TRUNCATED', 'no error'] : ['MESSAGE_TRUNCATED']
                expect(codes, what).to.include(code)
                continue
              }
              const result = await decryptRange(keyring, source, range, anyPolicy)
              expect(result, what).to.include({ start: range.start, end: range.end })
              expect(result, what).to.not.have.property('totalLength')
              expect(result.plaintext.equals(part.subarray(range.start, range.end)), what).to.equal(true)
            }
          }
        }
      }).timeout(180_000)
    }
  })

  describe('of a message that was changed', () => {
    let message: Buffer
    const plaintext = bytesOf('changed', 20)
    before(async () => {
      message = await longHeaderMessage(plaintext, {
        suiteId: unsigned,
        frameLength: 8,
        headerLength: 4090,
      })
    })

    it('refuses wherever a bit of the header or of a needed frame is another, and only there', async () => {
      const codes = new Set<string>()
      for (const range of [{ start: 9, end: 12 }, { start: 2, end: 10 }, { start: 17 }, { start: 100 }]) {
        const [from, to] = neededBytes(message, range)
        // Of the header, every bit of the commit key and of the tag.
        for (let bit = 0; bit < message.length * 8; bit += bit < 4000 * 8 ? 1001 : 1) {
          const offset = bit >> 3
          const damaged = Buffer.from(message)
          damaged[offset]! ^= 1 << (bit & 7)
          const code = await codeOf(() =>
            decryptRange(keyring, countingSource(damaged, damaged.length), range),
          )
          const matters = offset < 4090 || (offset >= from && offset < to)
          expect(code === 'no error', `bit ${bit}, ${JSON.stringify(range)}: ${code}`).to.equal(!matters)
          codes.add(code)
        }
      }
      expect(codes).to.include.members([
        'COMMITMENT_MISMATCH',
        'HEADER_UNAUTHENTIC',
        'FRAME_UNAUTHENTIC',
        'FRAME_OUT_OF_ORDER',
      ])
    }).timeout(180_000)

    for (const length of [17, 20, 24]) {
      it(`refuses bytes behind a final frame of ${length - 16} bytes as soon as it reads that`, async () => {
        const part = bytesOf('changed', length)
        const form = { suiteId: unsigned, frameLength: 8, headerLength: 4090 }
        const whole = await longHeaderMessage(part, form)
        for (const trailing of [1, 7, 8, 9, 32, 39, 40, 41, 1000]) {
          const longer = Buffer.concat([whole, Buffer.alloc(trailing)])
          for (const size of [longer.length, undefined]) {
            const source = countingSource(longer, size)
            const what = `${trailing} more, size ${size}`
            for (const range of [{ start: 0 }, { start: 16, end: 17 }, { start: 16, end: 500 }]) {
              const code = await codeOf(() => decryptRange(keyring, source, range))
              expect(code, what).to.equal('MESSAGE_TRAILING_BYTES')
            }
            const { plaintext: inner } = await decryptRange(keyring, source, { start: 3, end: 15 })
            expect(inner.equals(part.subarray(3, 15)), what).to.equal(true)
            // Behind the end, what was put there stands where the final frame should.
            const code = await codeOf(() => decryptRange(keyring, source, { start: 500 }))
            const codes = ['MESSAGE_TRAILING_BYTES', 'MESSAGE_TRUNCATED', 'FRAME_OUT_OF_ORDER']
            expect(codes, what).to.include(code)
          }
        }
      })
    }
  })
})
