import { randomFillSync, randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import { KeyringNode, KeyringTraceFlag } from '@aws-crypto/material-management-node'
import type {
  EncryptedDataKey,
  NodeDecryptionMaterial,
  NodeEncryptionMaterial,
} from '@aws-crypto/material-management-node'
import { KeyringError } from '../errors.js'
import { ownAwsClasses } from '../materials/aws-classes.js'
import { dataKeyEntry, encryptedDataKey, unencryptedBytes } from '../materials/aws-materials.js'
import type { DataKeyEntry } from '../materials/data-key-entry.js'
import { serializeContext, type EncryptionContext } from '../materials/encryption-context.js'
import { branchKeysInUse, type UseBranchKey } from './branch-keys-in-use.js'
import { contextSerializations } from './context-serializations.js'
import { checkedHierarchical, type HierarchicalKeyringOptions } from './hierarchical-options.js'
import { hierarchicalProviderId, unwrapUnder, versionOf, wrapUnder } from './hierarchical-wrapping.js'
import { keyFailure } from './key-failure.js'

export type { HierarchicalKeyringOptions } from './hierarchical-options.js'

function trace(branchKeyId: string, flags: KeyringTraceFlag) {
  return { keyNamespace: hierarchicalProviderId, keyName: branchKeyId, flags }
}

class HierarchicalKeyring extends KeyringNode {
  readonly #idFor: (context: EncryptionContext) => string | Promise<string>
  readonly #use: UseBranchKey
  readonly #shown: { readonly branchKeyId: string | undefined; readonly keyStore: string }

  constructor(options: HierarchicalKeyringOptions) {
    super()
    const checked = checkedHierarchical(options)
    this.#idFor = checked.idFor
    this.#use = branchKeysInUse({ ...checked, partition: checked.partition ?? randomUUID() })
    this.#shown = { branchKeyId: options.branchKeyId, keyStore: options.keyStore.logicalName }
  }

  async #branchKeyId(context: EncryptionContext): Promise<string> {
    const branchKeyId: unknown = await this.#idFor(context)
    if (typeof branchKeyId === 'string' && branchKeyId !== '') return branchKeyId
    throw new KeyringError('KEYRING_INVALID', 'branchKeyIdFor gave no branch key id')
  }

  async #wrap(dataKey: Uint8Array, context: EncryptionContext): Promise<DataKeyEntry> {
    const serialized = serializeContext(context)
    try {
      const branchKeyId = await this.#branchKeyId(context)
      return {
        providerId: hierarchicalProviderId,
        providerInfo: Buffer.from(branchKeyId),
        ciphertext: await this.#use(branchKeyId, undefined, (branchKey) =>
          wrapUnder(branchKey, dataKey, serialized),
        ),
      }
    } catch (error) {
      throw keyFailure('DATA_KEY_NOT_WRAPPED', 'The hierarchical keyring could not wrap a data key', [error])
    }
  }

  /** framework/aws-kms/aws-kms-hierarchical-keyring.md#onencrypt */
  async _onEncrypt(material: NodeEncryptionMaterial): Promise<NodeEncryptionMaterial> {
    const generates = !material.hasUnencryptedDataKey
    const dataKey = generates
      ? randomFillSync(new Uint8Array(material.suite.keyLengthBytes))
      : unencryptedBytes(material)
    try {
      const entry = await this.#wrap(dataKey, material.encryptionContext)
      const key = encryptedDataKey(ownAwsClasses(), entry)
      if (key === undefined) throw new KeyringError('KEYRING_INVALID', 'The wrapped data key is empty')
      if (generates) {
        const flags = KeyringTraceFlag.WRAPPING_KEY_GENERATED_DATA_KEY
        material.setUnencryptedDataKey(Uint8Array.from(dataKey), trace(key.providerInfo, flags))
      }
      return material.addEncryptedDataKey(
        key,
        KeyringTraceFlag.WRAPPING_KEY_ENCRYPTED_DATA_KEY | KeyringTraceFlag.WRAPPING_KEY_SIGNED_ENC_CTX,
      )
    } finally {
      dataKey.fill(0)
    }
  }

  /** The data key of the first entry that opens; `undefined` when none is of this branch key. */
  async #unwrap(
    { suite, encryptionContext }: NodeDecryptionMaterial,
    branchKeyId: string,
    dataKeys: readonly DataKeyEntry[],
  ): Promise<Uint8Array | undefined> {
    const info = Buffer.from(branchKeyId)
    const failures: unknown[] = []
    for (const { providerInfo, ciphertext } of dataKeys) {
      if (!info.equals(providerInfo)) continue
      try {
        const version = versionOf(ciphertext, suite.keyLengthBytes)
        return await this.#use(branchKeyId, version, (branchKey) =>
          unwrapUnder(branchKey, ciphertext, contextSerializations(encryptionContext)),
        )
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length === 0) return undefined
    throw keyFailure(
      'DATA_KEY_NOT_UNWRAPPED',
      'A data key names this keyring’s branch key, and does not open: see the cause',
      failures,
    )
  }

  /** framework/aws-kms/aws-kms-hierarchical-keyring.md#ondecrypt */
  async _onDecrypt(
    material: NodeDecryptionMaterial,
    encryptedDataKeys: EncryptedDataKey[],
  ): Promise<NodeDecryptionMaterial> {
    const dataKeys = encryptedDataKeys
      .map(dataKeyEntry)
      .filter(({ providerId }) => providerId === hierarchicalProviderId)
    if (dataKeys.length === 0) return material
    const branchKeyId = await this.#branchKeyId(material.encryptionContext)
    const dataKey = await this.#unwrap(material, branchKeyId, dataKeys)
    if (dataKey === undefined) return material
    try {
      // Materials that support no KeyObject keep the bytes that they are given.
      const flags =
        KeyringTraceFlag.WRAPPING_KEY_DECRYPTED_DATA_KEY | KeyringTraceFlag.WRAPPING_KEY_VERIFIED_ENC_CTX
      return material.setUnencryptedDataKey(Uint8Array.from(dataKey), trace(branchKeyId, flags))
    } finally {
      dataKey.fill(0)
    }
  }

  toJSON(): object {
    return { keyring: hierarchicalProviderId, ...this.#shown }
  }

  [inspect.custom](): string {
    return `HierarchicalKeyring ${JSON.stringify(this.#shown)}`
  }
}

/**
 * A keyring that wraps data keys under branch keys, which are cached: KMS is called once for each branch key and
 * `maxAge`, not for each message (framework/aws-kms/aws-kms-hierarchical-keyring.md). However many messages wait for a
 * branch key, it is asked for once; before it expires it is asked for again while the old one is in use. Branch keys are
 * zeroed when they are evicted and nobody uses them. Until `maxAge`, rotation, withdrawn permissions and disabled keys
 * have no effect. Other SDKs' hierarchical keyrings open its messages, and it opens theirs. Throws KEYRING_INVALID;
 * sealing fails with DATA_KEY_NOT_WRAPPED, opening with DATA_KEY_NOT_UNWRAPPED, whose `cause` is what the key store threw
 * (an AggregateError for several data keys).
 */
export function hierarchicalKeyring(options: HierarchicalKeyringOptions): KeyringNode {
  return new HierarchicalKeyring(options)
}
