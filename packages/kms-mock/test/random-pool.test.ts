import { expect } from 'chai'
import { describe, it } from 'mocha'
import { deriveMaterial, generateMaterial } from '#src/cryptography/material.js'
import type { KeySpec } from '#src/cryptography/key-specs.js'
import { fillRandomly, randomMaterial, randomOutput } from '#src/random-pool.js'

describe('pool of random bytes', () => {
  it('gives each once, across refills, whatever is asked of it', () => {
    const seen = new Set<string>()
    let drawn = 0
    for (let n = 0; n < 20_000; n += 1) {
      const draw = n % 2 === 0 ? randomMaterial : randomOutput
      // 8 bytes of chance are enough to tell a repetition from an accident.
      const bytes = draw(16 + (n % 250))
      for (let at = 0; at + 8 <= bytes.length; at += 8, drawn += 1)
        seen.add(bytes.toString('latin1', at, at + 8))
    }
    expect(seen.size).to.equal(drawn)
  })

  it('fills just what it is asked to', () => {
    for (const length of [0, 1, 12, 32, 256, 257, 5000]) {
      const target = fillRandomly(Buffer.alloc(length + 20), 10, length)
      expect([...target.subarray(0, 10), ...target.subarray(10 + length)]).to.deep.equal(Array(20).fill(0))
    }
  })

  it('keeps material away from what is given away', () => {
    const material = Array.from({ length: 500 }, () => randomMaterial(32).buffer)
    const given = new Set(Array.from({ length: 500 }, () => randomOutput(32).buffer))
    expect(material.filter((buffer) => given.has(buffer))).to.deep.equal([])
  })
})

/** Those whose private keys are made of a few random bytes. */
const drawnSpecs: readonly KeySpec[] = [
  'ECC_NIST_P256',
  'ECC_NIST_P384',
  'ECC_NIST_P521',
  'ECC_SECG_P256K1',
  'ECC_NIST_EDWARDS25519',
  'SM2',
  'ML_DSA_44',
  'ML_DSA_87',
  'ML_KEM_512',
  'ML_KEM_1024',
]

describe('material of key pairs', () => {
  for (const spec of drawnSpecs)
    it(`${spec}: what it was derived from is wiped`, async () => {
      const drawn: Buffer[] = []
      const material = await deriveMaterial(spec, (length) => {
        drawn.push(randomMaterial(length))
        return drawn.at(-1)!
      })
      expect(drawn.length).to.be.greaterThan(0)
      expect(drawn.every((bytes) => bytes.every((byte) => byte === 0))).to.equal(true)
      expect(material.some((byte) => byte !== 0)).to.equal(true)
    })

  it('of secrets it is the material itself', async () => {
    for (const spec of ['SYMMETRIC_DEFAULT', 'HMAC_512'] as const)
      expect((await generateMaterial(spec)).some((byte) => byte !== 0)).to.equal(true)
  })
})
