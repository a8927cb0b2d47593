import { expect } from 'chai'
import { describe, it } from 'mocha'
import { frameMap } from '#src/envelope/frame-map.js'
import { algorithmSuites } from '#src/materials/algorithm-suites.js'
import { decryptRange, type PlaintextRange } from '@sealring/core/envelope'
import { codeOf } from './code-of.js'
import { buffersHeld } from './collect-garbage.js'
import { fixedKeyring } from './fixed-keyring.js'
import { generatedDataKey, generatedMessage } from './generated-message.js'

const mebibyte = 2 ** 20
const gibibyte = 2 ** 30
const keyring = fixedKeyring(generatedDataKey)

describe('decryptRange of a message of 1 GiB', () => {
  const ranges: readonly PlaintextRange[] = [
    { start: 0, end: 1 },
    { start: 123_456_789, end: 123_456_790 },
    { start: 700_000_000, end: 700_000_000 + 100_000 },
    { start: 3 * 65_536, end: 5 * 65_536 },
    { start: 536_870_000, end: 536_870_000 + 3 * mebibyte },
    { start: gibibyte - 5, end: gibibyte },
    { start: gibibyte - 5 },
    { start: gibibyte },
    { start: 2 * gibibyte },
  ]
  for (const frameLength of [4096, 65_536, mebibyte, 1_000_003]) {
    it(`reads the header and the frames it needs, of ${frameLength} bytes each`, async () => {
      const frames = Math.ceil(gibibyte / frameLength)
      for (const range of ranges) {
        const message = await generatedMessage({ frameLength, plaintextLength: gibibyte, tellsSize: true })
        const result = await decryptRange(keyring, message, range)
        const { start, end, plaintext } = result
        const clip = (offset = Infinity) => Math.min(offset, gibibyte)
        expect([start, end]).to.deep.equal([clip(range.start), clip(range.end)])
        expect(plaintext.equals(message.plaintext(start, end))).to.equal(true)

        const last = Math.min(frames, Math.ceil((range.end ?? Infinity) / frameLength))
        const first = Math.min(last, Math.floor(range.start / frameLength) + 1)
        expect(result.totalLength).to.equal(last === frames ? gibibyte : undefined)
        const needed = (last - first + 1) * (frameLength + 32)
        const what = `${JSON.stringify(range)}: ${message.counts.bytes} bytes for ${needed}`
        expect(message.counts.bytes, what).to.be.at.most(4096 + needed + 9 * (message.counts.reads - 1))
        expect(message.counts.reads, what).to.be.at.most(1 + Math.ceil(needed / (3 * mebibyte)))
        // Two of the first read, one for the nine bytes behind each piece.
        expect(message.counts.frames, what).to.be.at.most(last - first + 2 + 2 * message.counts.reads)
      }
    }).timeout(180_000)
  }

  it('holds no more memory than the range and a piece need', async () => {
    const message = await generatedMessage({
      frameLength: 65_536,
      plaintextLength: gibibyte,
      tellsSize: true,
    })
    let peak = 0
    const observed = {
      size: message.size,
      read: async (start: number, end: number) => {
        peak = Math.max(peak, buffersHeld())
        return message.read(start, end, {})
      },
    }
    const before = buffersHeld()
    for (const start of [0, 500, 1000, 1020].map((n) => n * mebibyte)) {
      await decryptRange(keyring, observed, { start, end: start + mebibyte })
    }
    expect(peak - before).to.be.below(24 * mebibyte)
  }).timeout(180_000)

  it('finds the end where the source does not tell its size', async () => {
    const message = await generatedMessage({
      frameLength: 65_536,
      plaintextLength: gibibyte + 7,
      tellsSize: false,
    })
    const result = await decryptRange(keyring, message, { start: 2 * gibibyte })
    expect(result).to.include({ start: gibibyte + 7, end: gibibyte + 7, totalLength: gibibyte + 7 })
    const tail = await decryptRange(keyring, message, { start: result.totalLength! - 100 })
    expect(tail.plaintext.equals(message.plaintext(gibibyte - 93, gibibyte + 7))).to.equal(true)
  }).timeout(180_000)
})

describe('decryptRange at the limits of the format', () => {
  const maxFrames = 2 ** 32 - 1

  it('opens the last of 2^32 − 1 frames', async () => {
    const plaintextLength = maxFrames * 65_536 - 10
    for (const tellsSize of [true, false]) {
      const message = await generatedMessage({ frameLength: 65_536, plaintextLength, tellsSize })
      for (const [range, length, total] of [
        [{ start: plaintextLength - 3 }, 3, plaintextLength],
        [{ start: plaintextLength - 65_536, end: plaintextLength }, 65_536, plaintextLength],
        [{ start: plaintextLength + 1 }, 0, plaintextLength],
        [{ start: 2 ** 53 - 1 }, 0, plaintextLength],
        [{ start: 2 ** 47, end: 2 ** 47 + 5 }, 5, undefined],
      ] as const) {
        const { start, end, plaintext, totalLength } = await decryptRange(keyring, message, range)
        expect([plaintext.length, totalLength]).to.deep.equal([length, total])
        expect(plaintext.equals(message.plaintext(start, end))).to.equal(true)
      }
    }
  }).timeout(180_000)

  it('refuses what lies beyond 2^53 bytes of source as cut off', async () => {
    const frameLength = 4 * mebibyte
    const plaintextLength = 2 ** 53 - 1
    const message = await generatedMessage({ frameLength, plaintextLength, tellsSize: false })
    for (const range of [{ start: 2 ** 53 - 2, end: 2 ** 53 - 1 }, { start: 2 ** 53 - 1 }]) {
      expect(await codeOf(() => decryptRange(keyring, message, range))).to.equal('MESSAGE_TRUNCATED')
    }
    const far = 2 ** 52
    const { plaintext } = await decryptRange(keyring, message, { start: far, end: far + 3 })
    expect(plaintext.equals(message.plaintext(far, far + 3))).to.equal(true)
  }).timeout(180_000)

  it('computes every place exactly', () => {
    for (const suiteId of [0x0014, 0x0478, 0x0578, 0x0214]) {
      const suite = algorithmSuites.get(suiteId)!
      for (const frameLength of [1, 2, 3, 4093, 4096, 2 ** 26, 2 ** 32 - 1]) {
        const map = frameMap(suite, 99, frameLength)
        const step = BigInt(frameLength) + 32n
        for (const sequence of [1, 2, 3, 1000, 2 ** 21, 2 ** 31, maxFrames]) {
          const offset = 99n + BigInt(sequence - 1) * step
          if (offset + 2n * step > Number.MAX_SAFE_INTEGER) {
            expect(map.offset(sequence + 2)).to.be.above(Number.MAX_SAFE_INTEGER)
            continue
          }
          expect(BigInt(map.offset(sequence))).to.equal(offset)
          const first = (sequence - 1) * frameLength
          expect(map.holding(first)).to.equal(sequence)
          expect(map.holding(first + frameLength - 1)).to.equal(sequence)
          if (suite.signature !== undefined) continue
          for (const content of [0, 1, frameLength]) {
            expect(map.finalIn(Number(offset) + 40 + content), `${frameLength} ${content}`).to.equal(sequence)
          }
        }
      }
    }
  })

  it('never looks for the final frame of a signed message behind it', () => {
    for (const suiteId of [0x0214, 0x0346, 0x0578]) {
      const suite = algorithmSuites.get(suiteId)!
      for (const frameLength of [1, 5, 64, 4096]) {
        const map = frameMap(suite, 200, frameLength)
        for (const frames of [1, 2, 10]) {
          for (const content of [0, 1, frameLength]) {
            for (let footer = 10; footer <= (suiteId === 0x0214 ? 74 : 106); footer += 1) {
              const size = map.offset(frames) + 40 + content + footer
              expect(map.finalIn(size)).to.be.at.most(frames)
              expect(map.finalIn(size)).to.be.at.least(Math.max(1, frames - 4))
              // However it ends, so many bytes from the next frame's place on are not all there.
              expect(map.offset(frames + 1) + 33 + map.beyond).to.be.above(size)
            }
          }
        }
      }
    }
  })
})
