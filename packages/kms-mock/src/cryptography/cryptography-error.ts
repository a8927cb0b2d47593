/**
 * - `ALGORITHM_NOT_ALLOWED`: the key spec has no such algorithm (KMS: InvalidKeyUsageException)
 * - `MESSAGE_TYPE_NOT_ALLOWED`: the algorithm takes no message of this type (KMS: ValidationException)
 * - `MESSAGE_LENGTH`: a digest, a µ or a plaintext whose length the algorithm does not take (KMS: ValidationException)
 * - `PUBLIC_KEY_INVALID`: not the public key of a peer on the same curve (KMS: ValidationException)
 * - `CIPHERTEXT_INVALID`: opens to nothing (KMS: InvalidCiphertextException, IncorrectKeyMaterialException for imports)
 * - `WRAPPING_NOT_ALLOWED`: a wrapping algorithm that does not fit the wrapping key or the key spec
 *   (KMS: ValidationException, UnsupportedOperationException)
 * - `ATTESTATION_INVALID`: not an attestation document with a public key (KMS: ValidationException)
 */
export type CryptographyErrorCode =
  | 'ALGORITHM_NOT_ALLOWED'
  | 'MESSAGE_TYPE_NOT_ALLOWED'
  | 'MESSAGE_LENGTH'
  | 'PUBLIC_KEY_INVALID'
  | 'CIPHERTEXT_INVALID'
  | 'WRAPPING_NOT_ALLOWED'
  | 'ATTESTATION_INVALID'

/** A cryptographic request that cannot be served. Operations translate the code into an answer of KMS. */
export class CryptographyError extends Error {
  readonly code: CryptographyErrorCode

  constructor(code: CryptographyErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'CryptographyError'
    this.code = code
  }
}
