import { readFileSync } from 'node:fs'
import type { AsymmetricEncryptionAlgorithm } from '#src/cryptography/asymmetric-encryption.js'
import type { KeySpec } from '#src/cryptography/key-specs.js'

interface Case {
  readonly file: string
  readonly tcId: number
  readonly comment: string
}

interface Wycheproof {
  readonly mlDsa: readonly (Case & {
    readonly spec: KeySpec
    readonly privateKey: string
    readonly publicKey: string
    readonly message: string
    readonly mu: string
    readonly signature: string
    readonly valid: boolean
  })[]
  readonly mlKem: readonly (Case & {
    readonly spec: KeySpec
    readonly seed: string
    readonly encapsulationKey: string
    readonly ciphertext: string
    readonly sharedSecret: string
    readonly valid: boolean
  })[]
  readonly ecdh: readonly (Case & {
    readonly spec: KeySpec
    readonly privateKey: string
    readonly publicKey: string
    readonly sharedSecret: string
    readonly result: 'valid' | 'acceptable' | 'invalid'
  })[]
  readonly oaep: readonly {
    readonly algorithm: AsymmetricEncryptionAlgorithm
    readonly privateKey: string
    readonly cases: readonly (Omit<Case, 'file'> & {
      readonly ciphertext: string
      readonly message: string
      readonly valid: boolean
    })[]
  }[]
}

/** A few cases of C2SP/wycheproof (Apache-2.0), bytes in base64. */
export const wycheproof: Wycheproof = JSON.parse(
  readFileSync(new URL('../../test/cryptography/wycheproof.json', import.meta.url), 'utf8'),
)

/** Bytes of a case. */
export const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64')
