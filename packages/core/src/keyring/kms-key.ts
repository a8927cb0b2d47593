import type { KMSClient } from '@aws-sdk/client-kms'
import { KeyringError, type KeyringErrorCode } from '../errors.js'
import { described } from './calling-kms.js'
import { keyFailure } from './key-failure.js'
import { kmsClients, type KmsClientOptions, type KmsFailure } from './kms-clients.js'
import { parseKmsKeyArn } from './kms-key-arn.js'

export interface KmsKeyOptions extends KmsClientOptions {
  /** The key's ARN: of a multi-Region key, that in the Region that is to be asked. */
  readonly keyId: string
  readonly grantTokens?: readonly string[]
}

/** One key of AWS KMS. */
export interface KmsKey {
  readonly keyId: string
  /** What a request names: the key and the grant tokens. */
  readonly request: { readonly KeyId: string; readonly GrantTokens?: string[] }
  /** Calls KMS in the key's Region. Throws `code` with what KMS said as `cause`, or KEYRING_INVALID without a client for it. */
  call<Output>(
    code: KeyringErrorCode,
    operation: KmsFailure['operation'],
    send: (client: KMSClient) => Promise<Output>,
  ): Promise<Output>
}

/** Makes no call, and no client before one is needed. Throws KEYRING_INVALID. */
export function kmsKey(options: KmsKeyOptions): KmsKey {
  const { keyId, grantTokens } = options
  const arn = typeof keyId === 'string' ? parseKmsKeyArn(keyId) : undefined
  if (arn === undefined) throw new KeyringError('KEYRING_INVALID', 'keyId must be the ARN of a KMS key')
  const clientFor = kmsClients(options)
  return {
    keyId,
    request: { KeyId: keyId, ...(grantTokens === undefined ? {} : { GrantTokens: [...grantTokens] }) },
    async call(code, operation, send) {
      const client = clientFor(arn.region)
      if (client === undefined || client === false) {
        throw new KeyringError('KEYRING_INVALID', 'There is no client for the Region of this keyring')
      }
      try {
        return await send(client)
      } catch (error) {
        throw keyFailure(code, `AWS KMS: ${described({ operation, keyId, error })}`, [error])
      }
    },
  }
}
