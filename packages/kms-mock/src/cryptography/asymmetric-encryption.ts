import { constants, privateDecrypt, publicEncrypt } from 'node:crypto'
import { CryptographyError } from './cryptography-error.js'
import { keyObjectsOf } from './key-objects.js'
import { algorithmsOf } from './key-specs.js'
import type { EncryptionAlgorithm, KeySpec } from './key-specs.js'
import type { Awaitable } from './material-kind.js'
import { sm2Decrypt, sm2Encrypt } from './sm2-encryption.js'

/** The algorithms of asymmetric keys. */
export type AsymmetricEncryptionAlgorithm = Exclude<EncryptionAlgorithm, 'SYMMETRIC_DEFAULT'>

interface EncryptionScheme {
  /** By the size of the modulus for RSA. */
  readonly maxPlaintextBytes: (spec: KeySpec) => number
  readonly encrypt: (material: Buffer, plaintext: Buffer) => Buffer
  /** Throws `CIPHERTEXT_INVALID`, or rejects with it. */
  readonly decrypt: (material: Buffer, ciphertext: Buffer) => Awaitable<Buffer>
}

/** RSAES-OAEP with an empty label, MGF1 with the same hash (RFC 8017, section 7.1). */
const oaep = (oaepHash: string, hashBytes: number) => {
  const options = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }
  return {
    maxPlaintextBytes: (spec: KeySpec) => Number(spec.slice('RSA_'.length)) / 8 - 2 * hashBytes - 2,
    encrypt: (material: Buffer, plaintext: Buffer) =>
      publicEncrypt({ key: keyObjectsOf(material).publicKey, ...options }, plaintext),
    decrypt: (material: Buffer, ciphertext: Buffer): Buffer => {
      try {
        return privateDecrypt({ key: keyObjectsOf(material).privateKey, ...options }, ciphertext)
      } catch (cause) {
        throw new CryptographyError('CIPHERTEXT_INVALID', 'The ciphertext cannot be decrypted', { cause })
      }
    },
  }
}

const schemes = {
  RSAES_OAEP_SHA_1: oaep('sha1', 20),
  RSAES_OAEP_SHA_256: oaep('sha256', 32),
  SM2PKE: { maxPlaintextBytes: () => 1024, encrypt: sm2Encrypt, decrypt: sm2Decrypt },
} as const satisfies Record<AsymmetricEncryptionAlgorithm, EncryptionScheme>

const schemeOf = (spec: KeySpec, algorithm: EncryptionAlgorithm): EncryptionScheme => {
  if (algorithm === 'SYMMETRIC_DEFAULT' || !algorithmsOf(spec, 'ENCRYPT_DECRYPT')?.includes(algorithm))
    throw new CryptographyError('ALGORITHM_NOT_ALLOWED', `A key of ${spec} does not support ${algorithm}`)
  return schemes[algorithm]
}

/** The most bytes that Encrypt takes (API reference, Encrypt). Throws `ALGORITHM_NOT_ALLOWED`. */
export const maxPlaintextBytes = (spec: KeySpec, algorithm: EncryptionAlgorithm): number =>
  spec === 'SYMMETRIC_DEFAULT' && algorithm === 'SYMMETRIC_DEFAULT'
    ? 4096
    : schemeOf(spec, algorithm).maxPlaintextBytes(spec)

/** Encrypts under the public half. Throws `ALGORITHM_NOT_ALLOWED`, `MESSAGE_LENGTH`. */
export const encryptAsymmetric = (
  spec: KeySpec,
  material: Buffer,
  algorithm: AsymmetricEncryptionAlgorithm,
  plaintext: Buffer,
): Buffer => {
  const { encrypt, maxPlaintextBytes } = schemeOf(spec, algorithm)
  if (plaintext.length > maxPlaintextBytes(spec))
    throw new CryptographyError(
      'MESSAGE_LENGTH',
      `A plaintext under ${spec} with ${algorithm} has at most ${maxPlaintextBytes(spec)} bytes`,
    )
  return encrypt(material, plaintext)
}

/**
 * Decrypts; a promise for SM2PKE. Throws `ALGORITHM_NOT_ALLOWED` at once, and `CIPHERTEXT_INVALID` at once or as
 * a rejection; which of its checks a ciphertext failed is not told.
 */
export const decryptAsymmetric = (
  spec: KeySpec,
  material: Buffer,
  algorithm: AsymmetricEncryptionAlgorithm,
  ciphertext: Buffer,
): Awaitable<Buffer> => schemeOf(spec, algorithm).decrypt(material, ciphertext)

/** RSAES-OAEP alone, which needs no promise. Throws `CIPHERTEXT_INVALID`. */
export const decryptOaep = (
  algorithm: 'RSAES_OAEP_SHA_1' | 'RSAES_OAEP_SHA_256',
  material: Buffer,
  ciphertext: Buffer,
): Buffer => schemes[algorithm].decrypt(material, ciphertext)
