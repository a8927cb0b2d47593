import { inspect } from 'node:util'
import { KmsKeyringNode } from '@aws-crypto/kms-keyring-node'
import { KeyringNode } from '@aws-crypto/material-management-node'
import type {
  EncryptedDataKey,
  NodeDecryptionMaterial,
  NodeEncryptionMaterial,
} from '@aws-crypto/material-management-node'
import { KeyringError } from '../errors.js'
import { callingKms } from './calling-kms.js'
import { kmsClients, kmsInterface } from './kms-clients.js'
import { kmsKeyTargets, openUnderTargets } from './kms-key-targets.js'
import type { KmsAliasOptions, KmsKeyTargets } from './kms-key-targets.js'
import { awsDiscoveryFilter, type KmsDiscoveryFilter } from './kms-discovery-filter.js'
import type { KmsClientFor, KmsClientOptions, KmsFailure } from './kms-clients.js'

export type { KmsDiscoveryFilter } from './kms-discovery-filter.js'
export type { KmsClientFor, KmsClientOptions } from './kms-clients.js'
export { kmsEcdhKeyring } from './kms-ecdh-keyring.js'
export type {
  KmsEcdhDiscoveryOptions,
  KmsEcdhKeyringOptions,
  KmsEcdhStaticOptions,
} from './kms-ecdh-keyring.js'
export type { KmsKeyOptions } from './kms-key.js'
export { kmsRsaKeyring } from './kms-rsa-keyring.js'
export type { KmsRsaEncryptionAlgorithm, KmsRsaKeyringOptions } from './kms-rsa-keyring.js'
export { branchKeyStore } from '../branch-keys/branch-key-store.js'
export type {
  BranchKeyKmsOptions,
  BranchKeyName,
  BranchKeyStore,
  BranchKeyStoreOptions,
  NewBranchKey,
} from '../branch-keys/branch-key-store.js'
export type { KmsAliasOptions } from './kms-key-targets.js'
export { kmsMrkDiscoveryKeyring, kmsMrkKeyring } from './kms-mrk-keyring.js'
export type { KmsMrkDiscoveryKeyringOptions, KmsMrkKeyringOptions } from './kms-mrk-keyring.js'

export interface KmsKeyringOptions extends KmsClientOptions, KmsAliasOptions {
  /**
   * Key that generates data keys: an ARN, or where the client has a region a key id or alias. What an alias sealed is also
   * opened by it, and stays so in this object when it moves; opening may ask DescribeKey.
   */
  readonly generatorKeyId?: string
  /** Further keys that wrap each data key. Unwrapping tries the message's data keys under any of these. */
  readonly keyIds?: readonly string[]
  /** Unwrap under whatever key the message names, of these accounts or (`true`) of any. Such a keyring can't seal. */
  readonly discovery?: true | KmsDiscoveryFilter
  readonly grantTokens?: readonly string[]
}

type AwsKeyringInput = NonNullable<ConstructorParameters<typeof KmsKeyringNode>[0]>

function awsInput(options: KmsKeyringOptions): AwsKeyringInput {
  const { generatorKeyId, keyIds, discovery, grantTokens } = options
  return {
    ...(generatorKeyId === undefined ? {} : { generatorKeyId }),
    ...(keyIds === undefined ? {} : { keyIds: [...keyIds] }),
    ...(grantTokens === undefined ? {} : { grantTokens: [...grantTokens] }),
    ...(discovery === undefined ? {} : { discovery: true }),
    ...(typeof discovery === 'object' ? { discoveryFilter: awsDiscoveryFilter(discovery) } : {}),
  }
}

class KmsKeyring extends KeyringNode {
  readonly #input: AwsKeyringInput
  readonly #clientFor: KmsClientFor
  readonly #targets: KmsKeyTargets

  constructor(options: KmsKeyringOptions) {
    super()
    this.#input = awsInput(options)
    this.#clientFor = kmsClients(options)
    const { generatorKeyId, keyIds = [] } = this.#input
    try {
      this.#awsKeyring(this.#input, [])
    } catch (cause) {
      throw new KeyringError('KEYRING_INVALID', 'These options make no KMS keyring: see the cause', { cause })
    }
    const all = generatorKeyId === undefined ? keyIds : [generatorKeyId, ...keyIds]
    this.#targets = kmsKeyTargets(all, this.#clientFor, options)
  }

  /** One for each call, so that its failures are that call's. It holds nothing but the options. */
  #awsKeyring(input: AwsKeyringInput, failures: KmsFailure[]): KmsKeyringNode {
    const clientProvider = (region: string) => {
      const client = this.#clientFor(region)
      return client === undefined || client === false
        ? false
        : kmsInterface(client, failures, this.#targets?.learn)
    }
    return new KmsKeyringNode({ ...input, clientProvider })
  }

  _onEncrypt(material: NodeEncryptionMaterial): Promise<NodeEncryptionMaterial> {
    return callingKms('DATA_KEY_NOT_WRAPPED', (failures) =>
      this.#awsKeyring(this.#input, failures).onEncrypt(material),
    )
  }

  _onDecrypt(
    material: NodeDecryptionMaterial,
    dataKeys: EncryptedDataKey[],
  ): Promise<NodeDecryptionMaterial> {
    const { discovery, grantTokens } = this.#input
    if (discovery === true) {
      return callingKms('DATA_KEY_NOT_UNWRAPPED', (failures) =>
        this.#awsKeyring(this.#input, failures).onDecrypt(material, dataKeys),
      )
    }
    const same = (arn: string, keyArn: string) => arn === keyArn
    return openUnderTargets(this.#targets, same, material, dataKeys, (keyIds, mine, failures) =>
      this.#awsKeyring({ keyIds: [...keyIds], ...(grantTokens && { grantTokens }) }, failures).onDecrypt(
        material,
        mine,
      ),
    )
  }

  toJSON(): object {
    const { generatorKeyId, keyIds, discovery, discoveryFilter } = this.#input
    return { keyring: 'aws-kms', generatorKeyId, keyIds, discovery, discoveryFilter }
  }

  [inspect.custom](): string {
    return `KmsKeyring ${JSON.stringify(this)}`
  }
}

/**
 * A keyring for AWS KMS keys (framework/aws-kms/aws-kms-keyring.md), strict or discovery, on the AWS keyring. Takes a
 * KMSClient as well as a KMS; without one, clients are made for each region on first use. Why KMS refused is kept:
 * DATA_KEY_NOT_WRAPPED and DATA_KEY_NOT_UNWRAPPED have the SDK's error as `cause` (an AggregateError for several
 * attempts); `awsErrorName` finds its name. ALIAS_MOVED: a data key is under another key than an alias names. Throws KEYRING_INVALID.
 */
export function kmsKeyring(options: KmsKeyringOptions): KeyringNode {
  return new KmsKeyring(options)
}
