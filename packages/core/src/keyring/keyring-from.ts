import { randomFillSync } from 'node:crypto'
import { inspect } from 'node:util'
import { KeyringTraceFlag } from '@aws-crypto/material-management-node'
import type {
  EncryptedDataKey,
  KeyringNode,
  NodeAlgorithmSuite,
  NodeDecryptionMaterial,
  NodeEncryptionMaterial,
} from '@aws-crypto/material-management-node'
import { KeyringError } from '../errors.js'
import { dataKeyEntry, encryptedDataKey, unencryptedBytes } from '../materials/aws-materials.js'
import type { DataKeyEntry } from '../materials/data-key-entry.js'
import { serializeContext } from '../materials/encryption-context.js'
import { keyFailure } from './key-failure.js'
import { checkedField, checkedOptions } from './keyring-from-options.js'
import type {
  CheckedOptions,
  KeyringClasses,
  KeyringFromOptions,
  WrappedDataKey,
  WrapRequest,
} from './keyring-from-options.js'

/** An author's promise of anything, where the types promise more. */
async function entryOf(
  { providerId, wrap }: CheckedOptions,
  request: WrapRequest,
  suite: NodeAlgorithmSuite,
): Promise<DataKeyEntry> {
  let wrapped: Partial<WrappedDataKey> | null | undefined
  try {
    wrapped = await wrap(request, suite)
  } catch (error) {
    if (error instanceof KeyringError) throw error
    throw keyFailure('DATA_KEY_NOT_WRAPPED', `The keyring "${providerId}" could not wrap a data key`, [error])
  }
  return {
    providerId,
    providerInfo: checkedField('provider info', wrapped?.providerInfo),
    ciphertext: checkedField('ciphertext', wrapped?.ciphertext),
  }
}

/** The data key in memory of its own, as AWS's materials want it; the author's bytes are zeroed. */
function ownBytes(dataKey: unknown, keyLength: number): Uint8Array {
  if (!(dataKey instanceof Uint8Array)) throw new Error('unwrap must give bytes or null')
  const own = Uint8Array.from(dataKey)
  dataKey.fill(0)
  if (own.byteLength === keyLength) return own
  own.fill(0)
  throw new Error('The data key has not the length that the algorithm suite needs')
}

/** The first data key that opens; `undefined` when none is this keyring's. */
async function firstUnwrapped(
  { providerId, opens, unwrap }: CheckedOptions,
  { suite, encryptionContext }: NodeDecryptionMaterial,
  dataKeys: readonly DataKeyEntry[],
): Promise<{ readonly dataKey: Uint8Array; readonly entry: DataKeyEntry } | undefined> {
  const failures: unknown[] = []
  for (const entry of dataKeys) {
    if (!opens.has(entry.providerId)) continue
    try {
      const request = {
        providerInfo: Uint8Array.from(entry.providerInfo),
        ciphertext: Uint8Array.from(entry.ciphertext),
        encryptionContext,
        serializedContext: serializeContext(encryptionContext),
        keyLength: suite.keyLengthBytes,
      }
      const dataKey: unknown = await unwrap(request, suite)
      if (dataKey !== null) return { dataKey: ownBytes(dataKey, suite.keyLengthBytes), entry }
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length === 0) return undefined
  // A code that says more than "it does not open" is the author's, and stays.
  const coded = failures.find((error) => error instanceof KeyringError)
  if (coded !== undefined)
    throw failures.length === 1 ? coded : keyFailure(coded.code, coded.message, failures)
  throw keyFailure(
    'DATA_KEY_NOT_UNWRAPPED',
    `The keyring "${providerId}" could not unwrap a data key of its own`,
    failures,
  )
}

function keyringClass({ KeyringNode, EncryptedDataKey }: KeyringClasses) {
  return class CustomKeyring extends KeyringNode {
    readonly #options: CheckedOptions

    constructor(options: CheckedOptions) {
      super()
      this.#options = options
    }

    #trace(entry: DataKeyEntry, flags: KeyringTraceFlag) {
      const keyName = Buffer.from(entry.providerInfo).toString('utf8')
      return { keyNamespace: entry.providerId, keyName, flags }
    }

    /** framework/keyring-interface.md#onencrypt */
    async _onEncrypt(material: NodeEncryptionMaterial): Promise<NodeEncryptionMaterial> {
      const { encryptionContext, suite } = material
      const serializedContext = serializeContext(encryptionContext)
      const generates = !material.hasUnencryptedDataKey
      const dataKey = generates
        ? randomFillSync(new Uint8Array(suite.keyLengthBytes))
        : unencryptedBytes(material)
      // wrap works on a copy: whatever it does to it, the message is sealed with the data key that was random.
      const lent = Uint8Array.from(dataKey)
      try {
        const request = { dataKey: lent, encryptionContext, serializedContext }
        const entry = await entryOf(this.#options, request, suite)
        const key = encryptedDataKey({ EncryptedDataKey }, entry)
        if (key === undefined) throw new KeyringError('KEYRING_INVALID', 'The wrapped data key is empty')
        if (generates) {
          const flags = KeyringTraceFlag.WRAPPING_KEY_GENERATED_DATA_KEY
          material.setUnencryptedDataKey(Uint8Array.from(dataKey), this.#trace(entry, flags))
        }
        return material.addEncryptedDataKey(key, KeyringTraceFlag.WRAPPING_KEY_ENCRYPTED_DATA_KEY)
      } finally {
        lent.fill(0)
        dataKey.fill(0)
      }
    }

    /** framework/keyring-interface.md#ondecrypt */
    async _onDecrypt(
      material: NodeDecryptionMaterial,
      dataKeys: EncryptedDataKey[],
    ): Promise<NodeDecryptionMaterial> {
      const found = await firstUnwrapped(this.#options, material, dataKeys.map(dataKeyEntry))
      if (found === undefined) return material
      const { dataKey, entry } = found
      try {
        // Materials that support no KeyObject keep the bytes that they are given.
        const flags = KeyringTraceFlag.WRAPPING_KEY_DECRYPTED_DATA_KEY
        return material.setUnencryptedDataKey(Uint8Array.from(dataKey), this.#trace(entry, flags))
      } finally {
        dataKey.fill(0)
      }
    }

    toJSON(): object {
      const { kind, shown } = this.#options
      return { keyring: kind, ...shown }
    }

    [inspect.custom](): string {
      const { className, shown } = this.#options
      return `${className} ${JSON.stringify(shown)}`
    }
  }
}

/** Of options that are known to be right; the provider id may be one of AWS's. */
export function customKeyring(options: CheckedOptions): KeyringNode {
  const CustomKeyring = keyringClass(options.classes)
  return new CustomKeyring(options)
}

/**
 * A keyring from two functions (framework/keyring-interface.md): `wrap` encrypts a data key, `unwrap` decrypts one.
 * Making data keys, trying those of a message in their order, checks of sizes and zeroing are done for them. An object
 * of AWS's class: every client takes it. Throws KEYRING_INVALID; sealing fails with DATA_KEY_NOT_WRAPPED, or
 * KEYRING_INVALID for what `wrap` gave; opening with DATA_KEY_NOT_UNWRAPPED, whose `cause` is what `unwrap` threw
 * (an AggregateError for several data keys).
 */
export function keyringFrom(options: KeyringFromOptions): KeyringNode {
  return customKeyring(checkedOptions(options))
}
