import { expect } from 'chai'
import { describe, it } from 'mocha'
import { counterKdf } from '#src/keyring/counter-kdf.js'
import { fixedInputVectors, saltVectors } from './counter-kdf-vectors.js'

const bytes = (hex: string) => Buffer.from(hex, 'hex')

describe('the KDF in counter mode', () => {
  it('derives what the vectors of the material providers library say', () => {
    for (const [key, fixedInput, derived] of fixedInputVectors)
      expect(counterKdf(bytes(key), bytes(fixedInput)).toString('hex')).to.equal(derived)
  })

  it('and with the label of the hierarchical keyring', () => {
    for (const [key, salt, derived] of saltVectors) {
      const fixedInput = Buffer.concat([Buffer.from('aws-kms-hierarchy\0'), bytes(salt), bytes('00000100')])
      expect(counterKdf(bytes(key), fixedInput).toString('hex')).to.equal(derived)
    }
  })
})
