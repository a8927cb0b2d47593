import { createDecipheriv } from 'node:crypto'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { counterKdf } from '#src/keyring/counter-kdf.js'
import { unwrapUnder, versionOf, wrapUnder } from '#src/keyring/hierarchical-wrapping.js'
import { bytesOf } from '../envelope/fixture.js'
import { holding } from '#src/keyring/branch-key.js'

const version = '01234567-89ab-4cde-8f01-23456789abcd'
const branchKey = holding({ branchKeyId: 'ключ', version, encryptionContext: {} }, bytesOf('branch key', 32))
const context = bytesOf('context', 40)

describe('the ciphertext of the hierarchical keyring', () => {
  it('is salt, IV, version, wrapped key and tag, as the specification has them', () => {
    for (const length of [16, 24, 32]) {
      const dataKey = bytesOf('data key', length)
      const ciphertext = Buffer.from(wrapUnder(branchKey, dataKey, context))
      expect(ciphertext.byteLength).to.equal(16 + 12 + 16 + length + 16)
      const versionBytes = ciphertext.subarray(28, 44)
      expect(versionBytes.toString('hex')).to.equal(version.replaceAll('-', ''))
      const fixedInput = Buffer.concat([
        Buffer.from('aws-kms-hierarchy\0'),
        ciphertext.subarray(0, 16),
        Buffer.of(0, 0, 1, 0),
      ])
      const key = counterKdf(branchKey.key, fixedInput)
      const decipher = createDecipheriv('aes-256-gcm', key, ciphertext.subarray(16, 28))
      decipher.setAAD(
        Buffer.concat([Buffer.from('aws-kms-hierarchy'), Buffer.from('ключ'), versionBytes, context]),
      )
      decipher.setAuthTag(ciphertext.subarray(-16))
      const opened = Buffer.concat([decipher.update(ciphertext.subarray(44, -16)), decipher.final()])
      expect(opened.equals(dataKey)).to.equal(true)
      expect(versionOf(ciphertext, length)).to.equal(version)
      expect(Buffer.from(unwrapUnder(branchKey, ciphertext, [context])).equals(dataKey)).to.equal(true)
    }
  })

  it('has a fresh salt and IV each time', () => {
    const starts = Array.from({ length: 100 }, () =>
      Buffer.from(wrapUnder(branchKey, bytesOf('data key', 32), context)).toString('hex', 0, 28),
    )
    expect(new Set(starts.map((start) => start.slice(0, 32)))).to.have.length(100)
    expect(new Set(starts.map((start) => start.slice(32)))).to.have.length(100)
  })

  it('opens with nothing changed, and with nothing else', () => {
    const ciphertext = wrapUnder(branchKey, bytesOf('data key', 32), context)
    for (let at = 0; at < ciphertext.byteLength; at += 1) {
      const changed = Uint8Array.from(ciphertext)
      changed[at]! ^= 1
      expect(() => unwrapUnder(branchKey, changed, [context])).to.throw()
    }
    expect(() => unwrapUnder(branchKey, ciphertext, [bytesOf('another', 40)])).to.throw()
    for (const length of [0, 59, 60, 91, 93])
      expect(() => versionOf(new Uint8Array(length), 32)).to.throw('length')
  })
})
