import type { Duplex } from 'node:stream'
import { SealringError } from '@sealring/core'
import { inspect } from '@sealring/core/envelope'
import { expect } from 'chai'
import { before, describe, it } from 'mocha'
import { fixedKeyring } from './fixed-keyring.js'
import { bytesOf, clientsFor, everySuite } from './fixture.js'
import { cut } from './through-stream.js'

interface Outcome {
  readonly code: string
  readonly errors: number
  readonly released: Buffer
}

/** Writes the chunks and ends. How often it fails, with what, and what it had released before. */
function outcome(stream: Duplex, chunks: Iterable<Uint8Array>): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const pieces: Uint8Array[] = []
    let code = 'no error'
    let errors = 0
    stream.on('data', (piece: Uint8Array) => pieces.push(piece))
    stream.on('error', (error) => {
      errors += 1
      if (error instanceof SealringError) code = error.code
      else reject(error)
    })
    stream.on('close', () => {
      // A second error, were there one, would come after this one.
      setImmediate(() => resolve({ code, errors, released: Buffer.concat(pieces) }))
    })
    for (const chunk of chunks) if (!stream.destroyed) stream.write(chunk)
    if (!stream.destroyed) stream.end()
  })
}

const plaintext = bytesOf('plaintext', 27)
const frameLength = 8
const suites = everySuite.filter(({ id }) => [0x0178, 0x0214, 0x0478, 0x0578].includes(id))

for (const suite of suites) {
  const { ours } = clientsFor(suite)
  const keyring = fixedKeyring(bytesOf('data key', suite.keyLength))
  for (const unframed of [false, true]) {
    describe(`a damaged stream (${suite.name}, ${unframed ? 'unframed' : 'framed'})`, () => {
      let message: Buffer
      let headerLength: number
      before(async () => {
        const options = { suiteId: suite.id, encryptionContext: { a: 'b' }, frameLength, unframed }
        message = (await ours.encrypt(keyring, plaintext, options)).result
        ;({ headerLength } = inspect(message))
      })

      /** Plaintext of the regular frames that end before this offset. */
      function authentic(offset: number): number {
        if (unframed) return 0
        const frames = Math.floor((offset - headerLength) / (4 + 12 + frameLength + 16))
        return frameLength * Math.max(0, Math.min(frames, Math.floor(plaintext.length / frameLength)))
      }

      async function failsHaving(damaged: Buffer, offset: number, sizes: readonly number[]): Promise<void> {
        const { code, errors, released } = await outcome(ours.decryptStream(keyring), cut(damaged, sizes))
        const what = `offset ${offset}, ${code}`
        expect(code, what).to.not.equal('no error')
        expect(errors, what).to.equal(1)
        expect(released.length, what).to.be.at.most(authentic(offset))
        expect(plaintext.subarray(0, released.length).equals(released), what).to.equal(true)
      }

      it('fails once, releasing nothing of the damaged frame or after it', async () => {
        for (let offset = 0; offset < message.length; offset += 1) {
          const damaged = Buffer.from(message)
          damaged[offset]! ^= 1 << (offset & 7)
          await failsHaving(damaged, offset, offset % 2 === 0 ? [] : Array(message.length).fill(7))
        }
      }).timeout(180_000)

      it('fails once wherever it is cut off', async () => {
        for (let length = 0; length < message.length; length += 1) {
          const sizes = length % 2 === 0 ? [] : Array(length).fill(1)
          await failsHaving(message.subarray(0, length), length, sizes)
        }
      }).timeout(180_000)

      it('fails with bytes behind it, and does not give out the end', async () => {
        for (const sizes of [[], Array(message.length).fill(1), [message.length]]) {
          const longer = Buffer.concat([message, Buffer.alloc(1)])
          const { code, errors } = await outcome(ours.decryptStream(keyring), cut(longer, sizes))
          expect([code, errors]).to.deep.equal(['MESSAGE_TRAILING_BYTES', 1])
        }
      })

      it('reads no other message behind a header that is wrong', async () => {
        const wrong = Buffer.from(message.subarray(0, headerLength))
        // The type of the content, counted from the end of the header.
        wrong[headerLength - (suite.format === 1 ? 38 : 53)] = 7
        const both = Buffer.concat([wrong, message])
        for (const size of [both.length, 100, 10, 1]) {
          const stream = ours.decryptStream(keyring)
          let headers = 0
          stream.on('MessageHeader', () => (headers += 1))
          const { code, errors, released } = await outcome(stream, cut(both, Array(both.length).fill(size)))
          const seen = [code, errors, headers, released.length]
          expect(seen, `chunks of ${size}`).to.deep.equal(['MESSAGE_UNSUPPORTED', 1, 0, 0])
        }
      })
    })
  }
}
