import { constants, createPrivateKey, privateDecrypt, type KeyObject } from 'node:crypto'
import { KeyringNode, KeyringTraceFlag } from '@aws-crypto/material-management-node'
import type { EncryptedDataKey, NodeDecryptionMaterial } from '@aws-crypto/material-management-node'
import { KeyringError } from '@sealring/core'

/** How a data key is padded (framework/raw-rsa-keyring.md#supported-padding-schemes). */
export type RsaPadding = 'pkcs1' | { readonly oaepHash: 'sha1' | 'sha256' | 'sha384' | 'sha512' }

export interface RawRsaKeyringOptions {
  readonly namespace: string
  readonly name: string
  /** PEM. */
  readonly privateKey: string
  readonly padding: RsaPadding
}

/**
 * RFC 8017, section 7.2.2: 00 02, eight or more bytes that aren't zero, 00, the data key.
 *
 * node:crypto does not serve here: version 20 refuses this padding, later ones answer a wrong one with random bytes
 * (both against Bleichenbacher's attack, CVE-2023-46809), which now and then are as long as a data key. What this
 * function tells by its time and its errors is fit for published test keys only, never for a keyring of users.
 */
function unpadPkcs1(block: Buffer): Buffer {
  const end = block.indexOf(0, 2)
  if (block[0] !== 0 || block[1] !== 2 || end < 10) {
    throw new KeyringError('DATA_KEY_NOT_UNWRAPPED', 'The data key has another padding than PKCS#1 v1.5')
  }
  return block.subarray(end + 1)
}

function unwrap(key: KeyObject, padding: RsaPadding, wrapped: Uint8Array): Buffer {
  if (padding === 'pkcs1') {
    return unpadPkcs1(privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, wrapped))
  }
  const { oaepHash } = padding
  return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, wrapped)
}

class RawRsaKeyring extends KeyringNode {
  readonly #options: RawRsaKeyringOptions
  readonly #key: KeyObject

  constructor(options: RawRsaKeyringOptions) {
    super()
    this.#options = options
    try {
      this.#key = createPrivateKey(options.privateKey)
    } catch (cause) {
      throw new KeyringError('KEYRING_INVALID', 'The PEM holds no private key', { cause })
    }
    if (this.#key.asymmetricKeyType !== 'rsa') {
      throw new KeyringError('KEYRING_INVALID', 'The PEM holds no RSA key')
    }
  }

  _onEncrypt(): never {
    throw new KeyringError('DATA_KEY_NOT_WRAPPED', 'This keyring only unwraps')
  }

  // framework/raw-rsa-keyring.md#ondecrypt
  _onDecrypt(
    material: NodeDecryptionMaterial,
    dataKeys: EncryptedDataKey[],
  ): Promise<NodeDecryptionMaterial> {
    const { namespace, name, padding } = this.#options
    const flags = KeyringTraceFlag.WRAPPING_KEY_DECRYPTED_DATA_KEY
    const failures: unknown[] = []
    for (const { providerId, providerInfo, encryptedDataKey } of dataKeys) {
      if (providerId !== namespace || providerInfo !== name) continue
      try {
        const dataKey = Uint8Array.from(unwrap(this.#key, padding, encryptedDataKey))
        material.setUnencryptedDataKey(dataKey, { keyNamespace: namespace, keyName: name, flags })
        return Promise.resolve(material)
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length === 0) return Promise.resolve(material)
    const cause = failures.length === 1 ? failures[0] : new AggregateError(failures)
    const text = 'A data key names this raw RSA key, which does not open it'
    return Promise.reject(new KeyringError('DATA_KEY_NOT_UNWRAPPED', text, { cause }))
  }
}

/**
 * A keyring for vectors under an RSA key, all paddings on every Node; it only unwraps. For test keys: see above.
 * Throws KEYRING_INVALID.
 */
export function rawRsaKeyring(options: RawRsaKeyringOptions): KeyringNode {
  return new RawRsaKeyring(options)
}
