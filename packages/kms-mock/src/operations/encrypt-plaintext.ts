import { asBuffer } from '../bytes.js'
import { sealCiphertext } from '../ciphertext.js'
import { encryptAsymmetric, maxPlaintextBytes } from '../cryptography/asymmetric-encryption.js'
import type { EncryptionAlgorithm } from '../cryptography/key-specs.js'
import type { EncryptionContext } from '../encryption-context.js'
import { validationError } from '../errors.js'
import type { KeySource } from '../key-source.js'
import { keyIdentity } from '../state/key.js'
import type { KmsKey } from '../state/key.js'
import { materialOf } from './cryptographic-key.js'

/** Encrypts under the current material of a symmetric key. */
export const encryptPlaintext = (
  key: KmsKey,
  plaintext: Uint8Array,
  context: EncryptionContext | undefined,
  { ivKey }: KeySource,
): { ciphertext: Buffer; materialId: string } => {
  const material = materialOf(key)
  return {
    ciphertext: sealCiphertext(keyIdentity(key), material, plaintext, context, ivKey),
    materialId: material.id,
  }
}

/**
 * Refuses an encryption context with an asymmetric key, whose ciphertexts have no room for one (API Reference, Encrypt).
 * @throws KmsError ValidationException
 */
export const refuseContext = (
  algorithm: EncryptionAlgorithm,
  context: EncryptionContext | undefined,
): void => {
  if (algorithm === 'SYMMETRIC_DEFAULT' || context === undefined || Object.keys(context).length === 0) return
  throw validationError(`EncryptionContext is not supported with algorithm ${algorithm}.`)
}

/**
 * Refuses more than an algorithm of the key takes (API Reference, Encrypt).
 * @throws KmsError ValidationException
 */
export const checkPlaintextSize = (
  { keySpec }: KmsKey,
  algorithm: EncryptionAlgorithm,
  size: number,
): void => {
  const most = maxPlaintextBytes(keySpec, algorithm)
  if (most !== undefined && size <= most) return
  throw validationError(
    `Algorithm ${algorithm} and key spec ${keySpec} cannot encrypt data larger than ${most} bytes.`,
  )
}

/** Encrypts with an algorithm that the key has; `materialId` is of symmetric keys alone, as in the answers of KMS. */
export const encryptWith = (
  algorithm: EncryptionAlgorithm,
  key: KmsKey,
  plaintext: Uint8Array,
  context: EncryptionContext | undefined,
  keySource: KeySource,
): { ciphertext: Buffer; materialId?: string } =>
  algorithm === 'SYMMETRIC_DEFAULT'
    ? encryptPlaintext(key, plaintext, context, keySource)
    : { ciphertext: encryptAsymmetric(key.keySpec, materialOf(key).bytes, algorithm, asBuffer(plaintext)) }
