import { expect } from 'chai'
import { describe, it } from 'mocha'
import { CryptographyError } from '#src/cryptography/cryptography-error.js'
import type { SigningAlgorithm } from '#src/cryptography/key-specs.js'
import { sign, verify } from '#src/cryptography/signature.js'
import { keyOf } from './keys.js'
import { inputOf, message, parties, rows } from './signature-parties.js'

const isSigningAlgorithm = (name: string): name is SigningAlgorithm => Object.hasOwn(parties, name)
const refusal = (run: () => unknown): string | undefined => {
  try {
    run()
    return undefined
  } catch (error) {
    return error instanceof CryptographyError ? error.code : String(error)
  }
}

describe('signatures', function () {
  this.timeout(120_000)

  it('covers 28 pairs of key spec and algorithm', () => {
    expect(rows).to.have.lengthOf(28)
  })

  for (const { spec, algorithm, party } of rows) {
    it(`${spec} ${algorithm}: every message type gives a signature of the same message`, async () => {
      const key = await keyOf(spec)
      for (const type of party.types) {
        const signature = await sign(spec, key, algorithm, await inputOf(spec, party, type), type)
        for (const other of party.types) {
          const input = await inputOf(spec, party, other)
          expect(await verify(spec, key, algorithm, input, signature, other), `${type}, ${other}`).to.equal(
            true,
          )
          const tampered = Buffer.from(input)
          tampered[0]! ^= 1
          expect(await verify(spec, key, algorithm, tampered, signature, other)).to.equal(false)
          for (const index of [0, signature.length >> 1, signature.length - 1]) {
            const wrong = Buffer.from(signature)
            wrong[index]! ^= 1
            expect(await verify(spec, key, algorithm, input, wrong, other), `byte ${index}`).to.equal(false)
          }
          for (const wrong of [
            Buffer.alloc(0),
            signature.subarray(0, -1),
            Buffer.concat([signature, Buffer.of(0)]),
          ])
            expect(await verify(spec, key, algorithm, input, wrong, other), `${wrong.length} bytes`).to.equal(
              false,
            )
        }
      }
    })

    it(`${spec} ${algorithm}: takes no message of another type or length`, async () => {
      const key = await keyOf(spec)
      for (const type of ['RAW', 'DIGEST', 'EXTERNAL_MU'] as const) {
        const code = (length: number) => [
          refusal(() => sign(spec, key, algorithm, Buffer.alloc(length), type)),
          refusal(() => verify(spec, key, algorithm, Buffer.alloc(length), Buffer.alloc(64), type)),
        ]
        const twice = (expected: string | undefined) => [expected, expected]
        if (!party.types.includes(type)) {
          expect(code(64), type).to.deep.equal(twice('MESSAGE_TYPE_NOT_ALLOWED'))
          continue
        }
        const length = type === 'RAW' ? 4096 : (await inputOf(spec, party, type)).length
        expect(code(length + 1), type).to.deep.equal(twice('MESSAGE_LENGTH'))
        if (type !== 'RAW') expect(code(length - 1), type).to.deep.equal(twice('MESSAGE_LENGTH'))
        expect(code(length), type).to.deep.equal(twice(undefined))
      }
      const foreign = Object.keys(parties)
        .filter(isSigningAlgorithm)
        .filter((name) => !rows.some((row) => row.spec === spec && row.algorithm === name))
      for (const name of foreign)
        expect(
          refusal(() => sign(spec, key, name, message)),
          name,
        ).to.equal('ALGORITHM_NOT_ALLOWED')
    })
  }

  it('takes an empty RAW message', async () => {
    const key = await keyOf('ECC_NIST_P256')
    const signature = await sign('ECC_NIST_P256', key, 'ECDSA_SHA_256', Buffer.alloc(0))
    expect(await verify('ECC_NIST_P256', key, 'ECDSA_SHA_256', Buffer.alloc(0), signature)).to.equal(true)
  })

  it('gives values, not promises, where node:crypto signs', async () => {
    for (const { spec, algorithm, party } of rows) {
      const type = party.types[0]!
      const made = sign(spec, await keyOf(spec), algorithm, await inputOf(spec, party, type), type)
      const asynchronous = algorithm === 'ED25519_PH_SHA_512' || algorithm === 'ML_DSA_SHAKE_256'
      expect(Buffer.isBuffer(made), `${spec} ${algorithm}`).to.equal(!asynchronous)
      await made
    }
  })
})
