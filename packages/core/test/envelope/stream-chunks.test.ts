import type { Duplex } from 'node:stream'
import { inspect, type Client, type EncryptOptions, type EncryptOutput } from '@sealring/core/envelope'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { describe, it } from 'mocha'
import { bytesOf, clientsFor, contextsFor, everySuite, keyring, referenceKeys } from './fixture.js'
import { plainHeader } from './plain-header.js'
import { referenceDecode } from './reference-decoder.js'
import type { ReferenceSuite } from './reference-suites.js'
import { bytewise, cut, throughStream } from './through-stream.js'

const frameLength = 64
const sizes = [0, 1, frameLength - 1, frameLength, frameLength + 1, 3 * frameLength, 5 * frameLength + 7]

/** From single bytes to more than a frame; empty chunks too. */
const chunkSizes = fc.array(
  fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 * frameLength })),
  { minLength: 1, maxLength: 40 },
)

interface Case {
  readonly suite: ReferenceSuite
  readonly plaintext: Buffer
  readonly options: EncryptOptions & { readonly frameLength: number }
}

type Chunker = (bytes: Uint8Array) => Iterable<Uint8Array>

/** What does not change from one message to another. */
function shape(message: Buffer): object {
  const { formatVersion, suite, contentType, frameLength, headerLength, plaintextLength, encryptionContext } =
    inspect(message)
  const context = Object.keys(encryptionContext)
  return { formatVersion, suite, contentType, frameLength, headerLength, plaintextLength, context }
}

function decryptStreams({ decryptStream, decryptUnsignedMessageStream }: Client, suite: ReferenceSuite) {
  return suite.signature === undefined ? [decryptStream, decryptUnsignedMessageStream] : [decryptStream]
}

async function decryptsAlike(
  { suite, plaintext }: Case,
  whole: EncryptOutput,
  chunks: Chunker,
): Promise<void> {
  for (const decryptStream of decryptStreams(clientsFor(suite).ours, suite)) {
    const opened = await throughStream(decryptStream(keyring), chunks(whole.result))
    expect(plaintext.equals(opened.bytes)).to.equal(true)
    expect(plainHeader(opened.messageHeader!)).to.deep.equal(plainHeader(whole.messageHeader))
  }
}

async function encryptsAlike(
  { suite, plaintext, options }: Case,
  whole: EncryptOutput,
  chunks: Chunker,
): Promise<void> {
  const stream: Duplex = clientsFor(suite).ours.encryptStream(keyring, options)
  const sealed = await throughStream(stream, chunks(plaintext))
  const reference = referenceDecode(sealed.bytes, referenceKeys)
  expect(plaintext.equals(reference.plaintext)).to.equal(true)
  expect(Buffer.from(sealed.messageHeader!.messageId).equals(reference.messageId)).to.equal(true)
  expect(shape(sealed.bytes)).to.deep.equal(shape(whole.result))
  // A stream may have written a full frame as a regular one before it knows that nothing comes any more.
  const { frames } = inspect(whole.result)
  const full = !options.unframed && plaintext.length > 0 && plaintext.length % options.frameLength === 0
  expect(full ? [frames, frames + 1] : [frames]).to.include(reference.frames)
}

async function streamsAlike(streamed: Case, whole: EncryptOutput, chunks: Chunker): Promise<void> {
  await decryptsAlike(streamed, whole, chunks)
  await encryptsAlike(streamed, whole, chunks)
}

describe('streams give what whole buffers give', () => {
  for (const suite of everySuite) {
    for (const [context, encryptionContext] of Object.entries(contextsFor(suite))) {
      for (const unframed of [false, true]) {
        it(`${suite.name}, context ${context}, ${unframed ? 'unframed' : 'framed'}`, async () => {
          const options = { suiteId: suite.id, encryptionContext, frameLength, unframed }
          for (const size of sizes) {
            const streamed = { suite, plaintext: bytesOf(context, size), options }
            const whole = await clientsFor(suite).ours.encrypt(keyring, streamed.plaintext, options)
            const atRandom = fc.asyncProperty(chunkSizes, (sizes) =>
              streamsAlike(streamed, whole, (bytes) => cut(bytes, sizes)),
            )
            await fc.assert(atRandom, { numRuns: 1, unbiased: true })
            // The largest header takes 65,000 chunks: once for each suite is enough.
            const once = size === frameLength && !unframed
            if (context !== 'maximum' || once) await streamsAlike(streamed, whole, bytewise)
          }
        })
      }
    }
  }

  it('whatever the frame length, the plaintext and the cuts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...everySuite),
        fc.boolean(),
        fc.integer({ min: 1, max: 300 }),
        fc.uint8Array({ maxLength: 1000 }),
        chunkSizes,
        async (suite, unframed, frameLength, bytes, sizes) => {
          const options = { suiteId: suite.id, encryptionContext: { a: 'b' }, frameLength, unframed }
          const streamed = { suite, plaintext: Buffer.from(bytes), options }
          const whole = await clientsFor(suite).ours.encrypt(keyring, streamed.plaintext, options)
          await streamsAlike(streamed, whole, (all) => cut(all, sizes))
        },
      ),
      { numRuns: 100 },
    )
  }).timeout(180_000)
})
