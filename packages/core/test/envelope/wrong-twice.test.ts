import { setImmediate as turn } from 'node:timers/promises'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { inspect } from '@sealring/core/envelope'
import { codeOf } from './code-of.js'
import { bytesOf, keyring, ours, signed } from './fixture.js'

const plaintext = bytesOf('wrong twice', 300_000)
const { result: message } = await ours.encrypt(keyring, plaintext, { suiteId: signed })
const { signatureLength } = inspect(message)
const footerLength = 2 + signatureLength
const middleOfBody = message.length - footerLength - 150_000

/** What can be wrong behind the body, alone: none of it hides what is wrong within. */
const wrongFooters: Readonly<Record<string, { code: string; make: (message: Buffer) => Buffer }>> = {
  'a signature that does not fit': {
    code: 'SIGNATURE_INVALID',
    make: (bytes) => {
      bytes[bytes.length - 1]! ^= 1
      return bytes
    },
  },
  'a footer that is cut off': { code: 'MESSAGE_TRUNCATED', make: (bytes) => bytes.subarray(0, -1) },
  'a byte behind the footer': {
    code: 'MESSAGE_TRAILING_BYTES',
    make: (bytes) => Buffer.concat([bytes, Buffer.alloc(1)]),
  },
}

// The signature is checked while the frames are opened.
describe('a signed message with', () => {
  for (const [what, { code, make }] of Object.entries(wrongFooters)) {
    it(`${what} is ${code}, and FRAME_UNAUTHENTIC where a frame is wrong, too`, async () => {
      expect(await codeOf(() => ours.decrypt(keyring, make(Buffer.from(message))))).to.equal(code)
      const twice = make(Buffer.from(message))
      twice[middleOfBody]! ^= 1
      expect(await codeOf(() => ours.decrypt(keyring, twice))).to.equal('FRAME_UNAUTHENTIC')
      // A rejection that nobody handles would fail the test.
      await turn()
    })
  }

  it('bytes that are changed during the check opens to what was given', async () => {
    const given = Buffer.from(message)
    const opening = ours.decrypt(keyring, given)
    given.fill(0)
    expect((await opening).plaintext.equals(plaintext)).to.equal(true)
  })
})
