import { inspect } from 'node:util'
import { KeyringNode } from '@aws-crypto/material-management-node'
import type {
  EncryptedDataKey,
  NodeDecryptionMaterial,
  NodeEncryptionMaterial,
} from '@aws-crypto/material-management-node'
import { RawAesKeyringNode, RawAesWrappingSuiteIdentifier } from '@aws-crypto/raw-aes-keyring-node'
import { KeyringError } from '../errors.js'
import { keyFailure } from './key-failure.js'

export interface RawAesKeyringOptions {
  /** Key namespace: who manages the key. Public, stored in every message. Not 'aws-kms'. */
  readonly namespace: string
  /** Key name within the namespace. Public, stored in every message. */
  readonly name: string
  /** The AES key: 16, 24 or 32 random bytes. It is copied; wipe yours as you like. */
  readonly key: Uint8Array
}

type WrappingSuite = ConstructorParameters<typeof RawAesKeyringNode>[0]['wrappingSuite']

// framework/raw-aes-keyring.md#wrapping-algorithm
const wrappingSuites: ReadonlyMap<number, WrappingSuite> = new Map([
  [16, RawAesWrappingSuiteIdentifier.AES128_GCM_IV12_TAG16_NO_PADDING],
  [24, RawAesWrappingSuiteIdentifier.AES192_GCM_IV12_TAG16_NO_PADDING],
  [32, RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING],
])

/** Tag length, IV length and IV, which follow the name in the provider info. */
const infoSuffixLength = 4 + 4 + 12

function checkOptions({ namespace, name, key }: RawAesKeyringOptions): WrappingSuite {
  for (const text of [namespace, name]) {
    if (typeof text !== 'string' || text === '') {
      throw new KeyringError('KEYRING_INVALID', 'A raw AES keyring needs a namespace and a name')
    }
  }
  if (namespace === 'aws-kms') {
    throw new KeyringError('KEYRING_INVALID', 'The namespace "aws-kms" is reserved for AWS KMS')
  }
  const suite = key instanceof Uint8Array ? wrappingSuites.get(key.byteLength) : undefined
  if (suite === undefined) throw new KeyringError('KEYRING_INVALID', 'The key must have 16, 24 or 32 bytes')
  return suite
}

function awsKeyring(options: RawAesKeyringOptions, utf8Sorting: boolean): RawAesKeyringNode {
  return new RawAesKeyringNode({
    keyNamespace: options.namespace,
    keyName: options.name,
    // AWS's class zeroes what it is given.
    unencryptedMasterKey: Uint8Array.from(options.key),
    wrappingSuite: checkOptions(options),
    utf8Sorting,
  })
}

function sortedAlike(keys: readonly string[]): boolean {
  const byLocale = keys.toSorted((a, b) => a.localeCompare(b))
  const byBytes = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  return byLocale.every((key, index) => key === byBytes[index])
}

class RawAesKeyring extends KeyringNode {
  readonly #namespace: string
  readonly #name: string
  readonly #keyring: RawAesKeyringNode
  readonly #localeOrder: RawAesKeyringNode

  constructor(options: RawAesKeyringOptions) {
    super()
    this.#namespace = options.namespace
    this.#name = options.name
    // The context, in the order of its UTF-8 keys, is what authenticates a wrapped key (framework/structures.md).
    this.#keyring = awsKeyring(options, true)
    // AWS's class sorts by locale unless told otherwise, so that other SDKs can't open what it wrapped when keys
    // differ in case or script. Such data keys are read here, never written.
    this.#localeOrder = awsKeyring(options, false)
  }

  #isMine({ providerId, providerInfo, rawInfo }: EncryptedDataKey): boolean {
    const info = Buffer.from(rawInfo ?? Buffer.from(providerInfo))
    const name = Buffer.from(this.#name)
    return (
      providerId === this.#namespace &&
      info.length === name.length + infoSuffixLength &&
      info.subarray(0, name.length).equals(name)
    )
  }

  _onEncrypt(material: NodeEncryptionMaterial): Promise<NodeEncryptionMaterial> {
    return this.#keyring.onEncrypt(material)
  }

  async _onDecrypt(
    material: NodeDecryptionMaterial,
    dataKeys: EncryptedDataKey[],
  ): Promise<NodeDecryptionMaterial> {
    const failures: unknown[] = []
    const alike = sortedAlike(Object.keys(material.encryptionContext))
    const keyrings = alike ? [this.#keyring] : [this.#keyring, this.#localeOrder]
    for (const dataKey of dataKeys) {
      if (!this.#isMine(dataKey)) continue
      for (const keyring of keyrings) {
        try {
          return await keyring._unwrapKey(material, dataKey)
        } catch (error) {
          failures.push(error)
        }
      }
    }
    if (failures.length === 0) return material
    throw keyFailure(
      'DATA_KEY_NOT_UNWRAPPED',
      'A data key names this raw AES key, which does not open it: it is another key of that name, or the message was changed',
      failures,
    )
  }

  toJSON(): object {
    return { keyring: 'raw-aes', namespace: this.#namespace, name: this.#name }
  }

  [inspect.custom](): string {
    return `RawAesKeyring ${JSON.stringify({ namespace: this.#namespace, name: this.#name })}`
  }
}

/**
 * A keyring for an AES key of your own (framework/raw-aes-keyring.md); the wrapping algorithm, AES-GCM, follows from
 * the key's length. Interoperates with the raw AES keyrings of every official SDK. The key is not shown by
 * `util.inspect` or JSON. Throws KEYRING_INVALID; unwrapping fails with DATA_KEY_NOT_UNWRAPPED.
 */
export function rawAesKeyring(options: RawAesKeyringOptions): KeyringNode {
  checkOptions(options)
  return new RawAesKeyring(options)
}
