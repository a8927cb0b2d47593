import { openCiphertext, readCiphertextHeader } from '../ciphertext.js'
import type { EncryptionContext } from '../encryption-context.js'
import { KmsError } from '../errors.js'
import { currentMaterial, keyIdentity, usableMaterial } from '../state/key.js'
import type { KmsKey } from '../state/key.js'
import { requireKeyState } from '../state/key-state.js'
import { cryptographicKeyId } from '../state/resolve-key.js'
import { keyByIdentity } from '../state/state.js'
import type { OperationContext } from './operation.js'
import { requireSymmetric } from './require-usage.js'

/** What Decrypt and ReEncrypt decrypt. */
export interface DecryptRequest {
  ciphertext: Uint8Array | undefined
  /** The key that the caller expects, in any form. */
  keyId: string | undefined
  context: EncryptionContext | undefined
  dryRun: boolean
  /** `DryRunModifiers: [IGNORE_CIPHERTEXT]`: only the key is looked at. */
  ignoreCiphertext: boolean
}

/** What came out; `plaintext` is absent if the ciphertext was ignored, and otherwise the caller's to wipe. */
export interface Decrypted {
  key: KmsKey
  materialId: string
  plaintext: Buffer | undefined
}

const invalidCiphertext = (): KmsError =>
  new KmsError('InvalidCiphertextException', 'The ciphertext is not valid.')

const checkPresence = ({ ciphertext, keyId, dryRun, ignoreCiphertext }: DecryptRequest): void => {
  if (ignoreCiphertext && !dryRun) {
    throw new KmsError('ValidationException', 'DryRunModifiers can only be used when DryRun is true.')
  }
  if (ignoreCiphertext && keyId === undefined) {
    throw new KmsError('ValidationException', 'KeyId is required when DryRunModifiers is IGNORE_CIPHERTEXT.')
  }
  if (!ignoreCiphertext && ciphertext === undefined) {
    throw new KmsError(
      'ValidationException',
      "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null",
    )
  }
}

/**
 * Finds the key of a ciphertext, checks its state, and opens it (API Reference, Decrypt).
 * @throws KmsError ValidationException, NotFoundException, DisabledException, KMSInvalidStateException,
 * IncorrectKeyException, InvalidCiphertextException; AccessDeniedException for an intact ciphertext whose key isn't in
 * this region, as AWS doesn't tell whether it exists
 */
export const decryptCiphertext = (request: DecryptRequest, context: OperationContext): Decrypted => {
  checkPresence(request)
  const expected = request.keyId === undefined ? undefined : context.key(request.keyId, cryptographicKeyId)
  if (expected !== undefined) requireKeyState(expected, 'cryptographic')
  if (expected !== undefined) requireSymmetric(expected, context.operation)
  if (request.ignoreCiphertext || request.ciphertext === undefined) {
    return { key: expected!, materialId: currentMaterial(expected!)!.id, plaintext: undefined }
  }
  const header = readCiphertextHeader(request.ciphertext)
  if (header === undefined) throw invalidCiphertext()
  if (expected !== undefined && keyIdentity(expected) !== header.identity) {
    throw new KmsError(
      'IncorrectKeyException',
      'The key ID in the request does not identify a CMK that can perform this operation.',
    )
  }
  const key = expected ?? keyByIdentity(context.state, context.caller.region, header.identity)
  if (key === undefined) {
    throw new KmsError(
      'AccessDeniedException',
      'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
    )
  }
  context.used(key)
  requireKeyState(key, 'cryptographic')
  const material = usableMaterial(key, header.materialId)
  const plaintext = material && openCiphertext(material, request.ciphertext, request.context)
  if (plaintext === undefined) throw invalidCiphertext()
  return { key, materialId: header.materialId, plaintext }
}
