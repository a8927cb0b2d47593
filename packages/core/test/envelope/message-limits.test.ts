import { expect } from 'chai'
import * as fc from 'fast-check'
import { describe, it } from 'mocha'
import { buildClient, CommitmentPolicy, inspect } from '@sealring/core/envelope'
import { bodySeal } from '#src/envelope/body-seal.js'
import { checkFrameNumber, framedLength, maxFrameLength, maxFrames } from '#src/envelope/frames.js'
import { readFrame } from '#src/envelope/read-frame.js'
import { maxUnframedLength, unframedLength } from '#src/envelope/unframed-body.js'
import { algorithmSuites } from '#src/materials/algorithm-suites.js'
import { codeOf } from './code-of.js'
import { crafting, final } from './crafting.js'
import { bytesOf, clientsFor, everySuite } from './fixture.js'
import { cut, throughStream } from './through-stream.js'

const uint32 = 2 ** 32 - 1

/** Bytes around the content (data-format/message-body.md), with numbers that have no limit. */
function exactFramedLength(plaintextLength: number, frameLength: number): { length: bigint; frames: bigint } {
  const [plaintext, frame] = [BigInt(plaintextLength), BigInt(frameLength)]
  const frames = plaintext === 0n ? 1n : (plaintext + frame - 1n) / frame
  const regular = 4n + 12n + 16n
  const final = 4n + 4n + 12n + 4n + 16n
  return { length: plaintext + (frames - 1n) * regular + final, frames }
}

describe('limits of the format, by arithmetic', () => {
  it('count frames and their content in 32 bits', () => {
    expect([maxFrames, maxFrameLength]).to.deep.equal([uint32, uint32])
  })

  for (const [plaintextLength, frameLength, frames] of [
    [0, 1, 1],
    [0, uint32, 1],
    [1, 1, 1],
    [uint32, 1, uint32],
    [uint32 * 4096, 4096, uint32],
    [uint32 * 4096 - 4095, 4096, uint32],
    [uint32, uint32, 1],
    [uint32 + 1, uint32, 2],
    [2 * uint32, uint32, 2],
    [2 * uint32 + 1, uint32, 3],
  ] as const) {
    it(`${plaintextLength} bytes in frames of ${frameLength} are ${frames} frames`, async () => {
      const exact = exactFramedLength(plaintextLength, frameLength)
      expect(exact.frames).to.equal(BigInt(frames))
      expect(BigInt(framedLength(plaintextLength, frameLength))).to.equal(exact.length)
    })
  }

  for (const [plaintextLength, frameLength] of [
    [uint32 + 1, 1],
    [uint32 * 4096 + 1, 4096],
    [Number.MAX_SAFE_INTEGER, 4096],
  ] as const) {
    it(`${plaintextLength} bytes in frames of ${frameLength} are too many frames`, async () => {
      expect(await codeOf(() => framedLength(plaintextLength, frameLength))).to.equal('MESSAGE_TOO_LARGE')
    })
  }

  it('whatever the sizes, the length is exact or refused', async () => {
    const sizes = fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: uint32 }))
    await fc.assert(
      fc.asyncProperty(fc.maxSafeNat(), sizes, async (natural, frameLength) => {
        const plaintextLength = Math.floor(natural / 2)
        const { length, frames } = exactFramedLength(plaintextLength, frameLength)
        if (frames > BigInt(uint32)) {
          expect(await codeOf(() => framedLength(plaintextLength, frameLength))).to.equal('MESSAGE_TOO_LARGE')
        } else {
          expect(BigInt(framedLength(plaintextLength, frameLength))).to.equal(length)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('number the last frame 2^32 − 1 and none beyond', async () => {
    checkFrameNumber(uint32, 1)
    expect(await codeOf(() => checkFrameNumber(uint32 + 1, 1))).to.equal('MESSAGE_TOO_LARGE')
    for (const suite of everySuite.filter(({ signature }) => signature === undefined)) {
      const { craft } = crafting(suite)
      const body = craft({ frames: [final(uint32)] }).subarray(craft({ frames: [] }).length)
      const rules = { messageFormat: suite.format, frameLength: 8, maxContentLength: 8 }
      expect(readFrame(body, 0, uint32, rules)).to.include({
        sequence: uint32,
        final: true,
        contentLength: 3,
      })
      // No 32-bit number is the next one.
      expect(await codeOf(() => readFrame(body, 0, uint32 + 1, rules))).to.equal('FRAME_OUT_OF_ORDER')
    }
  })

  it('authenticate a content length of 64 bits', () => {
    for (const [id, suite] of algorithmSuites) {
      const { inputs } = bodySeal(suite, Buffer.alloc(suite.keyLength), Buffer.alloc(16))
      for (const length of [0, 8, uint32, 2 ** 32, 2 ** 32 + 8, maxUnframedLength]) {
        const { aad } = inputs('unframed', 1, length)
        expect(aad.readBigUInt64BE(aad.length - 8), `${id}`).to.equal(BigInt(length))
      }
    }
  })

  it('hold an unframed body of 2^36 − 32 bytes', () => {
    expect(maxUnframedLength).to.equal(64 * 1024 ** 3 - 32)
    expect(unframedLength(maxUnframedLength)).to.equal(12 + 8 + maxUnframedLength + 16)
  })
})

const plaintext = bytesOf('plaintext', 100)

for (const suite of everySuite.filter(({ signature }) => signature === undefined)) {
  const { keyring } = crafting(suite)
  const commitmentPolicy =
    suite.format === 1
      ? CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT
      : CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT

  describe(`limits of a client, ${suite.name}`, () => {
    for (const unframed of [false, true]) {
      const body = unframed ? 'unframed' : 'framed'
      const options = { suiteId: suite.id, frameLength: 32, unframed }

      /** What each way of sealing and opening ends in. */
      async function codes(limits: object, message: Buffer): Promise<string[]> {
        const client = buildClient({ commitmentPolicy, ...limits })
        return Promise.all([
          codeOf(() => client.encrypt(keyring, plaintext, options)),
          codeOf(() => throughStream(client.encryptStream(keyring, options), cut(plaintext, [30, 30]))),
          codeOf(() => client.decrypt(keyring, message)),
          codeOf(() => throughStream(client.decryptStream(keyring), cut(message, [100, 100]))),
        ])
      }
      const each = (code: string) => [code, code, code, code]

      it(`${body}: messages of the size that arithmetic says, and of that size at the most`, async () => {
        const { result } = await clientsFor(suite).ours.encrypt(keyring, plaintext, options)
        const { headerLength } = inspect(result)
        const bodyLength = unframed ? unframedLength(100) : framedLength(100, 32)
        expect(result.length).to.equal(headerLength + bodyLength)
        expect(await codes({ maxMessageLength: result.length }, result)).to.deep.equal(each('no error'))
        expect(await codes({ maxMessageLength: result.length - 1 }, result)).to.deep.equal(
          each('MESSAGE_TOO_LARGE'),
        )
      })

      it(`${body}: no more content at once than maxFrameLength`, async () => {
        const { result } = await clientsFor(suite).ours.encrypt(keyring, plaintext, options)
        const most = unframed ? 100 : 32
        expect(await codes({ maxFrameLength: most }, result)).to.deep.equal(each('no error'))
        expect(await codes({ maxFrameLength: most - 1 }, result)).to.deep.equal(each('MESSAGE_TOO_LARGE'))
      })

      it(`${body}: a stream of more bytes than it was announced with`, async () => {
        const { encryptStream } = clientsFor(suite).ours
        for (const [plaintextLength, code] of [
          [100, 'no error'],
          [99, 'MESSAGE_TOO_LARGE'],
        ] as const) {
          const stream = encryptStream(keyring, { ...options, plaintextLength })
          expect(await codeOf(() => throughStream(stream, cut(plaintext, [30, 30])))).to.equal(code)
        }
      })
    }
  })
}
