import { copyOf } from '../bytes.js'
import { openCiphertext, readCiphertextHeader } from '../ciphertext.js'
import { decryptAsymmetric } from '../cryptography/asymmetric-encryption.js'
import type { EncryptionAlgorithm } from '../cryptography/key-specs.js'
import type { EncryptionContext } from '../encryption-context.js'
import { KmsError, validationError } from '../errors.js'
import { isKeyId } from '../state/arn.js'
import { currentMaterial, keyIdentity, usableMaterial } from '../state/key.js'
import type { KmsKey } from '../state/key.js'
import { requireKeyState } from '../state/key-state.js'
import { cryptographicKeyId } from '../state/resolve-key.js'
import { accountRegion, keyByIdentity } from '../state/state.js'
import { materialOf } from './cryptographic-key.js'
import { refuseContext } from './encrypt-plaintext.js'
import type { OperationContext } from './operation.js'
import { requireBacking } from './require-backing.js'
import { requireAlgorithm, requireUsage } from './require-usage.js'

/** What Decrypt and ReEncrypt decrypt. */
export interface DecryptRequest {
  ciphertext: Uint8Array | undefined
  /** The key that the caller expects, in any form. */
  keyId: string | undefined
  context: EncryptionContext | undefined
  /** SYMMETRIC_DEFAULT unless the caller names another. */
  algorithm: EncryptionAlgorithm
  dryRun: boolean
  /** `DryRunModifiers: [IGNORE_CIPHERTEXT]`: only the key is looked at. */
  ignoreCiphertext: boolean
}

/** What came out; `plaintext` is absent if the ciphertext was ignored, and otherwise the caller's to wipe. */
export interface Decrypted {
  key: KmsKey
  /** Of symmetric keys alone, as in the answers of KMS. */
  materialId?: string
  plaintext: Buffer | undefined
}

const invalidCiphertext = (): KmsError =>
  new KmsError('InvalidCiphertextException', 'The ciphertext is not valid.')

const incorrectKey = (): KmsError =>
  new KmsError(
    'IncorrectKeyException',
    'The key ID in the request does not identify a CMK that can perform this operation.',
  )

const checkPresence = ({ ciphertext, keyId, dryRun, ignoreCiphertext }: DecryptRequest): void => {
  if (ignoreCiphertext && !dryRun) {
    throw validationError('DryRunModifiers can only be used when DryRun is true.')
  }
  if (ignoreCiphertext && keyId === undefined) {
    throw validationError('KeyId is required when DryRunModifiers is IGNORE_CIPHERTEXT.')
  }
  if (!ignoreCiphertext && ciphertext === undefined) {
    throw validationError(
      "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null",
    )
  }
}

/** The ciphertext itself says which key it is of. */
const decryptSymmetric = (
  request: DecryptRequest,
  expected: KmsKey | undefined,
  context: OperationContext,
): Decrypted => {
  if (expected !== undefined) {
    // API Reference, InvalidKeyUsageException: usage and spec of the key that the request names come before what it encrypted.
    requireUsage(expected, 'ENCRYPT_DECRYPT', context.operation)
    requireAlgorithm(expected, 'ENCRYPT_DECRYPT', request.algorithm)
  }
  if (request.ignoreCiphertext || request.ciphertext === undefined) {
    requireBacking(expected!, context)
    return { key: expected!, materialId: currentMaterial(expected!)!.id, plaintext: undefined }
  }
  const header = readCiphertextHeader(request.ciphertext)
  if (header === undefined) throw invalidCiphertext()
  if (expected !== undefined && keyIdentity(expected) !== header.identity) throw incorrectKey()
  const key = expected ?? keyByIdentity(context.state, context.caller.region, header.identity)
  if (key === undefined) {
    throw new KmsError(
      'AccessDeniedException',
      'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
    )
  }
  context.used(key)
  requireKeyState(key, 'cryptographic')
  requireBacking(key, context)
  const material = usableMaterial(key, header.materialId)
  const plaintext = material && openCiphertext(material, request.ciphertext, request.context)
  if (plaintext === undefined) throw invalidCiphertext()
  return { key, materialId: header.materialId, plaintext }
}

/** The ciphertext is what the public key made of the plaintext, and says nothing else. */
const decryptPrivately = async (
  request: DecryptRequest,
  key: KmsKey | undefined,
  context: OperationContext,
): Promise<Decrypted> => {
  if (key === undefined) {
    throw validationError(`A key is required to decrypt with ${request.algorithm}.`)
  }
  requireUsage(key, 'ENCRYPT_DECRYPT', context.operation)
  const algorithm = requireAlgorithm(key, 'ENCRYPT_DECRYPT', request.algorithm)
  refuseContext(algorithm, request.context)
  if (request.ignoreCiphertext || request.ciphertext === undefined || algorithm === 'SYMMETRIC_DEFAULT') {
    return { key, plaintext: undefined }
  }
  const { bytes } = materialOf(key)
  const plaintext = await decryptAsymmetric(key.keySpec, bytes, algorithm, copyOf(request.ciphertext))
  // Anybody can encrypt nothing with the public key; KMS has no plaintext without bytes.
  if (plaintext.length === 0) throw invalidCiphertext()
  return { key, plaintext }
}

/**
 * The key that the request names. A short key id may be that of another account's key, if the ciphertext is symmetric and of
 * this key (API Reference, Decrypt and ReEncrypt, "Cross-account use"); the caller's own key comes first.
 */
const expectedKey = (request: DecryptRequest, context: OperationContext): KmsKey | undefined => {
  const { keyId, ciphertext, algorithm } = request
  if (keyId === undefined) return undefined
  const { state, caller } = context
  if (
    algorithm === 'SYMMETRIC_DEFAULT' &&
    ciphertext !== undefined &&
    isKeyId(keyId) &&
    !accountRegion(state, caller).keys.has(keyId)
  ) {
    const header = readCiphertextHeader(ciphertext)
    const key = header && keyByIdentity(state, caller.region, header.identity)
    if (key?.keyId === keyId) return context.used(key)
  }
  return context.key(keyId, cryptographicKeyId)
}

/**
 * Finds the key of a ciphertext, checks its state, and opens it (API Reference, Decrypt); at once if it is symmetric.
 * @throws KmsError ValidationException, NotFoundException, DisabledException, KMSInvalidStateException,
 * IncorrectKeyException, InvalidKeyUsageException, InvalidCiphertextException; AccessDeniedException for an intact
 * ciphertext whose key isn't in this region, as AWS doesn't tell whether it exists
 * @throws CryptographyError CIPHERTEXT_INVALID
 */
export const decryptCiphertext = (
  request: DecryptRequest,
  context: OperationContext,
): Decrypted | Promise<Decrypted> => {
  checkPresence(request)
  const expected = expectedKey(request, context)
  if (expected !== undefined) requireKeyState(expected, 'cryptographic')
  return request.algorithm === 'SYMMETRIC_DEFAULT'
    ? decryptSymmetric(request, expected, context)
    : decryptPrivately(request, expected, context)
}
