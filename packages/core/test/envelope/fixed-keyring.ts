import { EncryptedDataKey, KeyringNode, KeyringTraceFlag } from '@aws-crypto/material-management-node'
import type { NodeDecryptionMaterial, NodeEncryptionMaterial } from '@aws-crypto/material-management-node'

const keyNamespace = 'fixed'
const keyName = 'info'

/**
 * Always the same data key, bound to nothing: tests of what the envelope itself authenticates, and messages that come
 * out the same each time.
 */
class FixedKeyring extends KeyringNode {
  readonly #dataKey: Uint8Array

  constructor(dataKey: Uint8Array) {
    super()
    this.#dataKey = dataKey
  }

  async _onEncrypt(material: NodeEncryptionMaterial): Promise<NodeEncryptionMaterial> {
    const flags = KeyringTraceFlag.WRAPPING_KEY_GENERATED_DATA_KEY
    if (!material.hasUnencryptedDataKey)
      material.setUnencryptedDataKey(Uint8Array.from(this.#dataKey), { keyNamespace, keyName, flags })
    return material.addEncryptedDataKey(
      new EncryptedDataKey({
        providerId: keyNamespace,
        providerInfo: keyName,
        encryptedDataKey: Buffer.from('ciphertext'),
      }),
      KeyringTraceFlag.WRAPPING_KEY_ENCRYPTED_DATA_KEY,
    )
  }

  async _onDecrypt(material: NodeDecryptionMaterial): Promise<NodeDecryptionMaterial> {
    const flags = KeyringTraceFlag.WRAPPING_KEY_DECRYPTED_DATA_KEY
    return material.setUnencryptedDataKey(Uint8Array.from(this.#dataKey), { keyNamespace, keyName, flags })
  }
}

export function fixedKeyring(dataKey: Uint8Array): KeyringNode {
  return new FixedKeyring(dataKey)
}
