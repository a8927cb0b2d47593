import { KeyringError, type KeyringErrorCode } from '../errors.js'
import { failureName } from './error-name.js'
import { keyFailure } from './key-failure.js'
import type { KmsFailure } from './kms-clients.js'

/** Which call, under which key, and AWS's name for what went wrong. */
export function described({ operation, keyId, error }: KmsFailure): string {
  return `${operation} under ${keyId.replaceAll(/\p{C}/gu, '?')}: ${failureName(error)}`
}

/**
 * A call of one of AWS's KMS keyrings, which is made anew with the list of `failures` that its client fills. Throws
 * `code` with what KMS said as `cause`.
 */
export async function callingKms<Material>(
  code: KeyringErrorCode,
  call: (failures: KmsFailure[]) => Promise<Material>,
): Promise<Material> {
  const failures: KmsFailure[] = []
  try {
    return await call(failures)
  } catch (error) {
    if (error instanceof KeyringError) throw error
    if (failures.length === 0) throw keyFailure(code, 'The KMS keyring failed: see the cause', [error])
    throw keyFailure(
      code,
      `AWS KMS: ${failures.map(described).join('; ')}`,
      failures.map((failure) => failure.error),
    )
  }
}
