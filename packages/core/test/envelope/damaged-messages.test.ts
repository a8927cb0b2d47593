import { expect } from 'chai'
import { before, describe, it } from 'mocha'
import { inspect } from '@sealring/core/envelope'
import { codeOf } from './code-of.js'
import { fixedKeyring } from './fixed-keyring.js'
import { bytesOf, keyring, ours, referenceKeys, suites } from './fixture.js'
import { referenceDecode } from './reference-decoder.js'

const headerCodes = [
  'MESSAGE_UNSUPPORTED',
  'MESSAGE_TRUNCATED',
  'MESSAGE_NOT_CANONICAL',
  'MESSAGE_TOO_LARGE',
  'SUITE_NOT_ALLOWED',
  'NO_DATA_KEY',
  'DATA_KEY_NOT_UNWRAPPED',
  'SIGNATURE_INVALID',
  'COMMITMENT_MISMATCH',
  'HEADER_UNAUTHENTIC',
]
const bodyCodes = [
  'FRAME_UNAUTHENTIC',
  'FRAME_OUT_OF_ORDER',
  'MESSAGE_NOT_CANONICAL',
  'MESSAGE_TRUNCATED',
  'MESSAGE_TRAILING_BYTES',
]
const footerCodes = ['SIGNATURE_INVALID', 'MESSAGE_TRUNCATED', 'MESSAGE_TRAILING_BYTES']

function codesAt(
  offset: number,
  { headerLength, bodyLength }: ReturnType<typeof inspect>,
): readonly string[] {
  if (offset < headerLength) return headerCodes
  return offset < headerLength + bodyLength ? bodyCodes : footerCodes
}

// One keyring binds the context to the data key, the other leaves everything to the envelope.
const keyrings = { 'raw AES keyring': keyring, 'fixed keyring': fixedKeyring(bytesOf('data key', 32)) }

for (const { suiteId, name } of suites) {
  for (const [keyringName, writer] of Object.entries(keyrings)) {
    describe(`a damaged message (${name}, ${keyringName})`, () => {
      let message: Buffer
      before(async () => {
        const options = { suiteId, encryptionContext: { a: 'b', c: 'd' }, frameLength: 8 }
        message = (await ours.encrypt(writer, 'some twenty bytes..', options)).result
      })

      it('is refused with every bit flipped, by a code that fits the place', async () => {
        const info = inspect(message)
        const seen = new Set<string>()
        for (let bit = 0; bit < message.length * 8; bit += 1) {
          const offset = bit >> 3
          const damaged = Buffer.from(message)
          damaged[offset]! ^= 1 << (bit & 7)
          const code = await codeOf(() => ours.decrypt(writer, damaged))
          expect(codesAt(offset, info), `bit ${bit}`).to.include(code)
          seen.add(code)
          if (writer === keyring) {
            expect(() => referenceDecode(damaged, referenceKeys), `bit ${bit}`).to.throw()
          }
        }
        expect(seen).to.include.members(['COMMITMENT_MISMATCH', 'HEADER_UNAUTHENTIC', 'FRAME_UNAUTHENTIC'])
      }).timeout(60_000)

      it('is refused wherever it is cut off', async () => {
        for (let length = 0; length < message.length; length += 1) {
          const code = await codeOf(() => ours.decrypt(writer, message.subarray(0, length)))
          expect(code, `${length} bytes`).to.equal('MESSAGE_TRUNCATED')
          expect(await codeOf(() => inspect(message.subarray(0, length)))).to.equal('MESSAGE_TRUNCATED')
        }
      }).timeout(60_000)

      it('is refused with bytes behind it, even with itself', async () => {
        for (const trailing of [Buffer.alloc(1), Buffer.alloc(100), message]) {
          const longer = Buffer.concat([message, trailing])
          expect(await codeOf(() => ours.decrypt(writer, longer))).to.equal('MESSAGE_TRAILING_BYTES')
          expect(await codeOf(() => inspect(longer))).to.equal('MESSAGE_TRAILING_BYTES')
        }
      })
    })
  }
}
