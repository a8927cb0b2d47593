import { inspect } from 'node:util'
import { KeyringNode, KeyringTraceFlag } from '@aws-crypto/material-management-node'
import type {
  EncryptedDataKey,
  NodeDecryptionMaterial,
  NodeEncryptionMaterial,
} from '@aws-crypto/material-management-node'
import { KeyringError } from '../errors.js'
import type { AlgorithmSuite } from '../materials/algorithm-suites.js'
import { ownAwsClasses } from '../materials/aws-classes.js'
import { dataKeyEntry, encryptedDataKey, unencryptedBytes } from '../materials/aws-materials.js'
import type { DataKeyEntry } from '../materials/data-key-entry.js'
import { serializeContext, type EncryptionContext } from '../materials/encryption-context.js'
import { directKeyring, type DirectKeyring } from '../materials/materials.js'
import { contextSerializations } from './context-serializations.js'
import { keyFailure } from './key-failure.js'
import { isWrappingKeyLength, rawAesWrapping, type RawAesWrapping } from './raw-aes-wrapping.js'

export interface RawAesKeyringOptions {
  /** Key namespace: who manages the key. Public, stored in every message. Not 'aws-kms'. */
  readonly namespace: string
  /** Key name within the namespace. Public, stored in every message. */
  readonly name: string
  /** The AES key: 16, 24 or 32 random bytes. It is copied; wipe yours as you like. */
  readonly key: Uint8Array
}

function checkedWrapping({ namespace, name, key }: RawAesKeyringOptions): RawAesWrapping {
  for (const text of [namespace, name]) {
    if (typeof text !== 'string' || text === '') {
      throw new KeyringError('KEYRING_INVALID', 'A raw AES keyring needs a namespace and a name')
    }
  }
  if (namespace === 'aws-kms') {
    throw new KeyringError('KEYRING_INVALID', 'The namespace "aws-kms" is reserved for AWS KMS')
  }
  if (!(key instanceof Uint8Array) || !isWrappingKeyLength(key.byteLength)) {
    throw new KeyringError('KEYRING_INVALID', 'The key must have 16, 24 or 32 bytes')
  }
  return rawAesWrapping(namespace, name, key, key.byteLength)
}

class RawAesKeyring extends KeyringNode implements DirectKeyring {
  readonly #names: { readonly namespace: string; readonly name: string }
  readonly #wrapping: RawAesWrapping

  constructor(options: RawAesKeyringOptions) {
    super()
    this.#wrapping = checkedWrapping(options)
    this.#names = { namespace: options.namespace, name: options.name }
  }

  get [directKeyring](): DirectKeyring[typeof directKeyring] {
    return {
      generate: (suite, serializedContext) => {
        const { dataKey, entry } = this.#wrapping.generate(suite.keyLength, serializedContext)
        return { dataKey, encryptedDataKeys: [entry] }
      },
      unwrap: (suite, context, dataKeys) => this.#unwrap(suite, context, dataKeys),
    }
  }

  /** framework/raw-aes-keyring.md#ondecrypt */
  #unwrap(
    { keyLength }: Pick<AlgorithmSuite, 'keyLength'>,
    context: EncryptionContext,
    dataKeys: readonly DataKeyEntry[],
  ): Uint8Array | undefined {
    const failures: unknown[] = []
    for (const entry of dataKeys) {
      if (!this.#wrapping.isMine(entry)) continue
      for (const serialized of contextSerializations(context)) {
        try {
          const dataKey = this.#wrapping.unwrap(entry, serialized)
          if (dataKey.byteLength === keyLength) return dataKey
          dataKey.fill(0)
          failures.push(new Error('The data key has not the length that the algorithm suite needs'))
        } catch (error) {
          failures.push(error)
        }
      }
    }
    if (failures.length === 0) return undefined
    throw keyFailure(
      'DATA_KEY_NOT_UNWRAPPED',
      'A data key names this raw AES key, which does not open it: it is another key of that name, or the message was changed',
      failures,
    )
  }

  #trace(flags: KeyringTraceFlag) {
    const { namespace, name } = this.#names
    return { keyNamespace: namespace, keyName: name, flags }
  }

  /** framework/raw-aes-keyring.md#onencrypt */
  async _onEncrypt(material: NodeEncryptionMaterial): Promise<NodeEncryptionMaterial> {
    const serialized = serializeContext(material.encryptionContext)
    let entry: DataKeyEntry
    if (material.hasUnencryptedDataKey) {
      const dataKey = unencryptedBytes(material)
      entry = this.#wrapping.wrap(dataKey, serialized)
      dataKey.fill(0)
    } else {
      const generated = this.#wrapping.generate(material.suite.keyLengthBytes, serialized)
      entry = generated.entry
      material.setUnencryptedDataKey(
        generated.dataKey,
        this.#trace(KeyringTraceFlag.WRAPPING_KEY_GENERATED_DATA_KEY),
      )
    }
    const key = encryptedDataKey(ownAwsClasses(), entry)
    if (key === undefined) throw new KeyringError('KEYRING_INVALID', 'The wrapped data key is empty')
    return material.addEncryptedDataKey(
      key,
      KeyringTraceFlag.WRAPPING_KEY_ENCRYPTED_DATA_KEY | KeyringTraceFlag.WRAPPING_KEY_SIGNED_ENC_CTX,
    )
  }

  async _onDecrypt(
    material: NodeDecryptionMaterial,
    dataKeys: EncryptedDataKey[],
  ): Promise<NodeDecryptionMaterial> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- AWS counts in bytes what suites have as 16 | 24 | 32
    const suite = { keyLength: material.suite.keyLengthBytes as AlgorithmSuite['keyLength'] }
    const dataKey = this.#unwrap(suite, material.encryptionContext, dataKeys.map(dataKeyEntry))
    if (dataKey === undefined) return material
    return material.setUnencryptedDataKey(
      dataKey,
      this.#trace(
        KeyringTraceFlag.WRAPPING_KEY_DECRYPTED_DATA_KEY | KeyringTraceFlag.WRAPPING_KEY_VERIFIED_ENC_CTX,
      ),
    )
  }

  toJSON(): object {
    return { keyring: 'raw-aes', ...this.#names }
  }

  [inspect.custom](): string {
    return `RawAesKeyring ${JSON.stringify(this.#names)}`
  }
}

/**
 * A keyring for an AES key of your own (framework/raw-aes-keyring.md); the wrapping algorithm, AES-GCM, follows from
 * the key's length. Interoperates with the raw AES keyrings of every official SDK. The key is not shown by
 * `util.inspect` or JSON. Throws KEYRING_INVALID; unwrapping fails with DATA_KEY_NOT_UNWRAPPED.
 */
export function rawAesKeyring(options: RawAesKeyringOptions): KeyringNode {
  return new RawAesKeyring(options)
}
