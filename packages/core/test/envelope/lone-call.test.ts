import { expect } from 'chai'
import { describe, it } from 'mocha'
import { beginCall, endCall, isAlone } from '#src/envelope/lone-call.js'
import { codeOf } from './code-of.js'
import { keyring, ours, signed } from './fixture.js'

const small = Buffer.alloc(65_536)

describe('a signature is made at once', () => {
  it('only for a small message that is under way alone', () => {
    expect(isAlone(small)).to.equal(false)
    beginCall()
    expect(isAlone(small)).to.equal(true)
    expect(isAlone(Buffer.alloc(65_537))).to.equal(false)
    beginCall()
    expect(isAlone(small)).to.equal(false)
    endCall()
    expect(isAlone(small)).to.equal(true)
    endCall()
    expect(isAlone(small)).to.equal(false)
  })

  it('and calls are counted out again, those that failed too', async () => {
    const { result } = await ours.encrypt(keyring, 'text', { suiteId: signed })
    const damaged = Buffer.from(result)
    damaged[damaged.length - 1]! ^= 1
    expect(await codeOf(() => ours.decrypt(keyring, damaged))).to.equal('SIGNATURE_INVALID')
    expect(
      await codeOf(() => ours.decrypt(keyring, result, { encryptionContext: { other: 'one' } })),
    ).to.equal('DATA_KEY_NOT_UNWRAPPED')
    expect(await codeOf(() => ours.encrypt(keyring, 'text', { frameLength: -1 }))).to.equal(
      'INVALID_ARGUMENT',
    )
    beginCall()
    expect(isAlone(small)).to.equal(true)
    endCall()
  })

  it('or on the pool among others: every message opens, and a wrong one is refused either way', async () => {
    const { result } = await ours.encrypt(keyring, 'text', { suiteId: signed })
    const damaged = Buffer.from(result)
    damaged[damaged.length - 1]! ^= 1
    expect(await codeOf(() => ours.decrypt(keyring, damaged))).to.equal('SIGNATURE_INVALID')
    const settled = await Promise.allSettled(
      [result, damaged, result, damaged].map((message) => ours.decrypt(keyring, message)),
    )
    expect(settled.map(({ status }) => status)).to.deep.equal([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
    ])
    for (const outcome of settled) {
      if (outcome.status === 'rejected') expect(outcome.reason).to.have.property('code', 'SIGNATURE_INVALID')
      else expect(outcome.value.plaintext.toString()).to.equal('text')
    }
  })
})
