import type { EncryptionAlgorithm, KeySpec } from './key-specs.js'
import type { Awaitable } from './material.js'

/** The algorithms of asymmetric keys. */
export type AsymmetricEncryptionAlgorithm = Exclude<EncryptionAlgorithm, 'SYMMETRIC_DEFAULT'>

const notYet = (): never => {
  throw new Error('not implemented yet')
}

/**
 * The most bytes that Encrypt takes (API reference, Encrypt): 4096 for SYMMETRIC_DEFAULT. Undefined
 * when the spec has no such algorithm.
 */
export const maxPlaintextBytes: (spec: KeySpec, algorithm: EncryptionAlgorithm) => number | undefined = notYet

/** Encrypts under the public half. Throws `ALGORITHM_NOT_ALLOWED`, `MESSAGE_LENGTH`. */
export const encryptAsymmetric: (
  spec: KeySpec,
  material: Buffer,
  algorithm: AsymmetricEncryptionAlgorithm,
  plaintext: Buffer,
) => Awaitable<Buffer> = notYet

/**
 * Decrypts. Throws `ALGORITHM_NOT_ALLOWED` at once, `CIPHERTEXT_INVALID` at once or as a rejection; which
 * of its checks a ciphertext failed is not told.
 */
export const decryptAsymmetric: (
  spec: KeySpec,
  material: Buffer,
  algorithm: AsymmetricEncryptionAlgorithm,
  ciphertext: Buffer,
) => Awaitable<Buffer> = notYet
