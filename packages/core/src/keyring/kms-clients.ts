import { DecryptCommand, EncryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import type { KMSClientConfig } from '@aws-sdk/client-kms'
import type { KmsKeyringNodeInput } from '@aws-crypto/kms-keyring-node'
import { KeyringError } from '../errors.js'

/** What AWS's KMS keyring calls. */
type KmsInterface = Exclude<ReturnType<NonNullable<KmsKeyringNodeInput['clientProvider']>>, false>

/** Gives the client for a region; `undefined` or `false` leaves the region out. */
export type KmsClientFor = (region: string) => KMSClient | undefined | false

export interface KmsClientOptions {
  /** One client for everything: a KMSClient or a KMS. */
  readonly client?: KMSClient
  /** The client for each region. `region` is '' for a key id or alias without one. */
  readonly clientFor?: KmsClientFor
  /** Configuration of the clients that are made, one for each region, when first needed. */
  readonly clientConfig?: KMSClientConfig
}

/** A hostile message names regions too, and they become host names. */
const regionGrammar = /^[a-z0-9-]{0,63}$/
const maxClients = 32

/** Throws KEYRING_INVALID. */
export function kmsClients({ client, clientFor, clientConfig }: KmsClientOptions): KmsClientFor {
  if ([client, clientFor, clientConfig].filter((way) => way !== undefined).length > 1) {
    throw new KeyringError('KEYRING_INVALID', 'Give one of client, clientFor and clientConfig')
  }
  if (client !== undefined) return () => client
  if (clientFor !== undefined) return clientFor
  const made = new Map<string, KMSClient>()
  return (region) => {
    if (!regionGrammar.test(region)) return false
    const known = made.get(region)
    if (known !== undefined) return known
    const fresh = new KMSClient({ ...clientConfig, ...(region === '' ? {} : { region }) })
    const [oldest] = made.keys()
    // Bounded, whatever regions the messages name; a client in use finishes its calls.
    if (made.size >= maxClients && oldest !== undefined) made.delete(oldest)
    made.set(region, fresh)
    return fresh
  }
}

/** One KMS call that failed. */
export interface KmsFailure {
  readonly operation:
    'DescribeKey' | 'GenerateDataKey' | 'Encrypt' | 'Decrypt' | 'DeriveSharedSecret' | 'GetPublicKey'
  readonly keyId: string
  readonly error: unknown
}

/**
 * A client in the shape that AWS's keyring wants: it calls `generateDataKey`, `encrypt` and `decrypt`, which a
 * KMSClient doesn't have. What each call throws is noted in `failures`, because the keyring keeps only its text;
 * `learn` is told which key answered for which identifier.
 */
export function kmsInterface(
  client: KMSClient,
  failures: KmsFailure[],
  learn?: (keyId: string | undefined, arn: string | undefined) => void,
): KmsInterface {
  const noting = async <Output extends { readonly KeyId?: string | undefined }>(
    operation: KmsFailure['operation'],
    keyId: string | undefined,
    output: Promise<Output>,
  ): Promise<Output> => {
    try {
      const answer = await output
      learn?.(keyId, answer.KeyId)
      return answer
    } catch (error) {
      failures.push({ operation, keyId: keyId ?? '', error })
      throw error
    }
  }
  return {
    generateDataKey: (input) =>
      noting('GenerateDataKey', input.KeyId, client.send(new GenerateDataKeyCommand(input))),
    encrypt: (input) => noting('Encrypt', input.KeyId, client.send(new EncryptCommand(input))),
    decrypt: (input) => noting('Decrypt', input.KeyId, client.send(new DecryptCommand(input))),
  }
}
