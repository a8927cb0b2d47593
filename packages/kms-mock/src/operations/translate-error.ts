import { CryptographyError } from '../cryptography/cryptography-error.js'
import type { CryptographyErrorCode } from '../cryptography/cryptography-error.js'
import { KmsError } from '../errors.js'

/** What KMS calls a cryptographic request that can't be served. */
const names: Readonly<Record<CryptographyErrorCode, string>> = {
  ALGORITHM_NOT_ALLOWED: 'InvalidKeyUsageException',
  MESSAGE_TYPE_NOT_ALLOWED: 'ValidationException',
  MESSAGE_LENGTH: 'ValidationException',
  PUBLIC_KEY_INVALID: 'ValidationException',
  CIPHERTEXT_INVALID: 'InvalidCiphertextException',
  WRAPPING_NOT_ALLOWED: 'ValidationException',
  ATTESTATION_INVALID: 'ValidationException',
}

/** The answer of KMS for what an operation threw; other errors as they are. */
export const translateError = (error: unknown): unknown =>
  error instanceof CryptographyError
    ? new KmsError(names[error.code], `${error.message}.`, { cause: error })
    : error
