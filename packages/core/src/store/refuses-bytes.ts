import { KeyringError } from '../errors.js'
import { awsErrorName } from '../keyring/error-name.js'

/** KMS's words for a wrapped data key that it can't authenticate (API reference, Decrypt, "Errors"). */
const refusals: ReadonlySet<string> = new Set(['InvalidCiphertextException', 'IncorrectKeyException'])

/**
 * Whether KMS could be asked and refused the bytes themselves: the data key or the encryption context was changed.
 * Everything else that a keyring says (denied, disabled, unreachable, not mine) tells nothing about the bytes.
 */
export function refusesBytes(error: unknown): boolean {
  return (
    error instanceof KeyringError &&
    error.code === 'DATA_KEY_NOT_UNWRAPPED' &&
    refusals.has(awsErrorName(error) ?? '')
  )
}
