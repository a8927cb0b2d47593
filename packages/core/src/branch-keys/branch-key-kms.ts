import {
  DecryptCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  ReEncryptCommand,
  type KMSClient,
} from '@aws-sdk/client-kms'
import type { CallOptions } from '../backend/backend.js'
import { KeyringError } from '../errors.js'
import { branchKeyLength } from '../keyring/branch-key.js'
import { failureName } from '../keyring/error-name.js'
import { kmsClients, type KmsClientFor, type KmsClientOptions } from '../keyring/kms-clients.js'
import { namesSameKmsKey, parseKmsKeyArn } from '../keyring/kms-key-arn.js'
import { kmsContext, shown, type Attributes } from './branch-key-attributes.js'
import type { BranchKeyRecord } from './branch-key-storage.js'

/** framework/branch-key-store.md#aws-kms-configuration; one of the three. */
export interface BranchKeyKmsOptions extends KmsClientOptions {
  /** ARN of the KMS key that wraps the branch keys. Records that name another one are refused. */
  readonly keyArn?: string
  /** Likewise; but records that name another Region's replica of the multi-Region key are taken, too. */
  readonly mrkArn?: string
  /**
   * Whatever key a record names, as long as KMS lets you use it; with `region`, its replica there where the key is a
   * multi-Region key. Such a store neither creates nor rotates.
   */
  readonly discovery?: true | { readonly region: string }
  readonly grantTokens?: readonly string[]
}

export interface BranchKeyKms {
  /** The configured key. Throws KEYRING_INVALID in discovery. */
  readonly wrappingKey: () => string
  /** The key to use for a record that names `kmsArn`. Throws BRANCH_KEY_INVALID. */
  readonly keyFor: (kmsArn: string) => string
  /** A new key, encrypted. These four throw BRANCH_KEY_UNAVAILABLE or BRANCH_KEY_INVALID, with KMS's error as `cause`. */
  readonly generate: (
    keyId: string,
    attributes: Attributes,
    options?: CallOptions,
  ) => Promise<BranchKeyRecord>
  /** The key of `record`, encrypted with other attributes. */
  readonly reEncrypt: (
    keyId: string,
    record: BranchKeyRecord,
    attributes: Attributes,
    options?: CallOptions,
  ) => Promise<BranchKeyRecord>
  readonly decrypt: (keyId: string, record: BranchKeyRecord, options?: CallOptions) => Promise<Uint8Array>
}

type Operation = 'GenerateDataKeyWithoutPlaintext' | 'ReEncrypt' | 'Decrypt'

/** KMS: what was encrypted is not this ciphertext, or not with this context or key (API reference, Decrypt). */
const contradictions: ReadonlySet<string> = new Set(['InvalidCiphertextException', 'IncorrectKeyException'])

function failure(operation: Operation, keyId: string, cause: unknown): KeyringError {
  const name = failureName(cause)
  const code = contradictions.has(name) ? 'BRANCH_KEY_INVALID' : 'BRANCH_KEY_UNAVAILABLE'
  return new KeyringError(code, `AWS KMS: ${operation} under ${shown(keyId)}: ${name}`, { cause })
}

function invalid(message: string): KeyringError {
  return new KeyringError('KEYRING_INVALID', message)
}

function checkedArn(arn: unknown): string {
  if (typeof arn === 'string' && parseKmsKeyArn(arn) !== undefined) return arn
  throw invalid('keyArn and mrkArn must be the ARN of a KMS key, not of an alias')
}

type Choice = Pick<BranchKeyKms, 'wrappingKey' | 'keyFor'>

function configured(arn: string, fits: (stored: string) => boolean): Choice {
  return {
    wrappingKey: () => arn,
    keyFor(stored) {
      if (fits(stored)) return arn
      throw new KeyringError(
        'BRANCH_KEY_INVALID',
        `The branch key is wrapped by ${shown(stored)}, and ${arn} is configured`,
      )
    },
  }
}

function discovering(region: string | undefined): Choice {
  return {
    wrappingKey() {
      throw invalid('In discovery no branch key is created or rotated: name the KMS key')
    },
    keyFor(stored) {
      const arn = parseKmsKeyArn(stored)
      if (arn === undefined) {
        throw new KeyringError('BRANCH_KEY_INVALID', `${shown(stored)} is no ARN of a KMS key`)
      }
      if (region === undefined || !arn.multiRegion) return stored
      return `arn:${arn.partition}:kms:${region}:${arn.account}:key/${arn.keyId}`
    },
  }
}

function chosen({ keyArn, mrkArn, discovery }: BranchKeyKmsOptions): Choice {
  if ([keyArn, mrkArn, discovery].filter((way) => way !== undefined).length !== 1) {
    throw invalid('Give one of keyArn, mrkArn and discovery')
  }
  if (keyArn !== undefined) return configured(checkedArn(keyArn), (stored) => stored === keyArn)
  if (mrkArn !== undefined) {
    return configured(checkedArn(mrkArn), (stored) => namesSameKmsKey(mrkArn, stored))
  }
  if (discovery === true) return discovering(undefined)
  if (typeof discovery?.region === 'string') return discovering(discovery.region)
  throw invalid('discovery must be true or name a region')
}

/** The calls of framework/branch-key-store.md, on the user's client or on one for each Region. Throws KEYRING_INVALID. */
export function branchKeyKms(options: BranchKeyKmsOptions, logicalName: string): BranchKeyKms {
  const { client, clientFor, clientConfig, grantTokens } = options
  // #kms-client
  const marked = { customUserAgent: 'aws-kms-hierarchy', ...clientConfig }
  const own = client === undefined && clientFor === undefined
  const clientOf: KmsClientFor = kmsClients(own ? { clientConfig: marked } : options)
  const GrantTokens = grantTokens === undefined ? undefined : [...grantTokens]

  async function call<Output>(
    operation: Operation,
    keyId: string,
    { signal }: CallOptions,
    send: (client: KMSClient, http: { abortSignal?: AbortSignal }) => Promise<Output>,
  ): Promise<Output> {
    signal?.throwIfAborted()
    const kmsClient = clientOf(parseKmsKeyArn(keyId)?.region ?? '')
    if (!kmsClient) throw new KeyringError('BRANCH_KEY_UNAVAILABLE', `No client for ${shown(keyId)}`)
    try {
      return await send(kmsClient, signal === undefined ? {} : { abortSignal: signal })
    } catch (error) {
      signal?.throwIfAborted()
      throw failure(operation, keyId, error)
    }
  }

  function encrypted(operation: Operation, keyId: string, blob: Uint8Array | undefined): Uint8Array {
    if (blob !== undefined && blob.byteLength > 0) return blob
    throw failure(operation, keyId, new Error('KMS gave no ciphertext'))
  }

  return {
    ...chosen(options),

    // #wrapped-branch-key-creation
    async generate(keyId, attributes, callOptions = {}) {
      const operation = 'GenerateDataKeyWithoutPlaintext'
      const EncryptionContext = kmsContext(attributes, logicalName)
      const input = { KeyId: keyId, NumberOfBytes: branchKeyLength, EncryptionContext, GrantTokens }
      const { CiphertextBlob } = await call(operation, keyId, callOptions, (kmsClient, http) =>
        kmsClient.send(new GenerateDataKeyWithoutPlaintextCommand(input), http),
      )
      return { attributes, ciphertext: encrypted(operation, keyId, CiphertextBlob) }
    },

    async reEncrypt(keyId, record, attributes, callOptions = {}) {
      const input = {
        SourceKeyId: keyId,
        SourceEncryptionContext: kmsContext(record.attributes, logicalName),
        CiphertextBlob: record.ciphertext,
        DestinationKeyId: keyId,
        DestinationEncryptionContext: kmsContext(attributes, logicalName),
        GrantTokens,
      }
      const { CiphertextBlob } = await call('ReEncrypt', keyId, callOptions, (kmsClient, http) =>
        kmsClient.send(new ReEncryptCommand(input), http),
      )
      return { attributes, ciphertext: encrypted('ReEncrypt', keyId, CiphertextBlob) }
    },

    // #aws-kms-branch-key-decryption
    async decrypt(keyId, record, callOptions = {}) {
      const EncryptionContext = kmsContext(record.attributes, logicalName)
      const input = { KeyId: keyId, CiphertextBlob: record.ciphertext, EncryptionContext, GrantTokens }
      const { Plaintext } = await call('Decrypt', keyId, callOptions, (kmsClient, http) =>
        kmsClient.send(new DecryptCommand(input), http),
      )
      const key = Uint8Array.from(Plaintext ?? [])
      Plaintext?.fill(0)
      if (key.byteLength === branchKeyLength) return key
      key.fill(0)
      throw new KeyringError(
        'BRANCH_KEY_INVALID',
        `KMS decrypted something that has not ${branchKeyLength} bytes`,
      )
    },
  }
}
