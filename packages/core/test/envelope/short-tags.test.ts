import { expect } from 'chai'
import { describe, it } from 'mocha'
import { algorithmSuites } from '#src/materials/algorithm-suites.js'
import { decryptBlock, decryptInto, encryptInto, verify } from '#src/envelope/aes-gcm.js'
import { bytesOf } from './fixture.js'

// node:crypto takes tags from 4 bytes on unless it is told their length.
describe('a tag that is cut short', () => {
  for (const suite of algorithmSuites.values()) {
    it(`opens nothing (${suite.name})`, () => {
      const [key, iv, aad] = [bytesOf('key', suite.keyLength), Buffer.alloc(12), Buffer.from('aad')]
      for (const plaintext of [Buffer.alloc(0), Buffer.from('text')]) {
        const sealed = Buffer.alloc(plaintext.length + 16)
        encryptInto(sealed, 0, suite, key, iv, aad, plaintext)
        const content = sealed.subarray(0, plaintext.length)
        const tag = sealed.subarray(plaintext.length)
        expect(decryptBlock(suite, key, iv, aad, content, tag)?.equals(plaintext)).to.equal(true)
        if (plaintext.length === 0) expect(verify(suite, key, iv, aad, tag)).to.equal(true)
        for (let length = 0; length < tag.length; length += 1) {
          const short = tag.subarray(0, length)
          const target = Buffer.alloc(content.length)
          expect(() => decryptBlock(suite, key, iv, aad, content, short)).to.throw()
          expect(() => decryptInto(target, 0, suite, key, iv, aad, content, short)).to.throw()
          expect(() => verify(suite, key, iv, aad, short)).to.throw()
          expect(target.equals(Buffer.alloc(content.length))).to.equal(true)
        }
      }
    })
  }
})
