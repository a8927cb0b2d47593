import { expect } from 'chai'
import { before, describe, it } from 'mocha'
import { inspect } from '@sealring/core/envelope'
import { codeOf } from './code-of.js'
import { fixedKeyring } from './fixed-keyring.js'
import { bytesOf, clientsFor, everySuite, keyring, referenceKeys } from './fixture.js'
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
  'MESSAGE_TOO_LARGE',
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

// Signed and unsigned ones of both formats, and one without key derivation.
const suites = everySuite.filter(({ id }) => [0x0014, 0x0178, 0x0214, 0x0478, 0x0578].includes(id))

// One keyring leaves everything to the envelope, the other binds the data key to the context: that concerns the header.
for (const { keyringName, headerAlone, bodies } of [
  { keyringName: 'fixed keyring', headerAlone: false, bodies: ['framed', 'unframed'] },
  { keyringName: 'raw AES keyring', headerAlone: true, bodies: ['framed'] },
] as const) {
  for (const suite of suites.filter(({ signature }) => !headerAlone || signature === undefined)) {
    const { ours } = clientsFor(suite)
    const dataKey = bytesOf('data key', suite.keyLength)
    const writer = headerAlone ? keyring : fixedKeyring(dataKey)
    const secret = headerAlone ? referenceKeys : { dataKey }

    for (const body of bodies) {
      describe(`a damaged message (${suite.name}, ${body}, ${keyringName})`, () => {
        let message: Buffer
        before(async () => {
          const unframed = body === 'unframed'
          const options = { suiteId: suite.id, encryptionContext: { a: 'b' }, frameLength: 8, unframed }
          message = (await ours.encrypt(writer, 'ten bytes.', options)).result
          expect(inspect(message).contentType).to.equal(body)
        })

        it('is refused with every bit flipped, by a code that fits the place', async () => {
          const info = inspect(message)
          const seen = new Set<string>()
          const length = headerAlone ? info.headerLength : message.length
          for (let bit = 0; bit < length * 8; bit += 1) {
            const offset = bit >> 3
            const damaged = Buffer.from(message)
            damaged[offset]! ^= 1 << (bit & 7)
            const code = await codeOf(() => ours.decrypt(writer, damaged))
            expect(codesAt(offset, info), `bit ${bit}`).to.include(code)
            seen.add(code)
            expect(() => referenceDecode(damaged, secret), `bit ${bit}`).to.throw()
          }
          expect(seen).to.include('HEADER_UNAUTHENTIC')
          if (suite.format === 2) expect(seen).to.include('COMMITMENT_MISMATCH')
          if (headerAlone) return
          expect(seen).to.include('FRAME_UNAUTHENTIC')
          if (suite.signature !== undefined) expect(seen).to.include('SIGNATURE_INVALID')
        }).timeout(180_000)

        it('is refused wherever it is cut off', async () => {
          for (let length = 0; length < message.length; length += 1) {
            const short = message.subarray(0, length)
            const code = await codeOf(() => ours.decrypt(writer, short))
            expect(code, `${length} bytes`).to.equal('MESSAGE_TRUNCATED')
            expect(await codeOf(() => inspect(short)), `${length} bytes`).to.equal('MESSAGE_TRUNCATED')
            expect(() => referenceDecode(short, secret), `${length} bytes`).to.throw('truncated')
          }
        }).timeout(180_000)

        it('is refused with bytes behind it, even with itself', async () => {
          for (const trailing of [Buffer.alloc(1), Buffer.alloc(100), message]) {
            const longer = Buffer.concat([message, trailing])
            expect(await codeOf(() => ours.decrypt(writer, longer))).to.equal('MESSAGE_TRAILING_BYTES')
            expect(await codeOf(() => inspect(longer))).to.equal('MESSAGE_TRAILING_BYTES')
            expect(() => referenceDecode(longer, secret)).to.throw('trailing bytes')
          }
        })
      })
    }
  }
}
