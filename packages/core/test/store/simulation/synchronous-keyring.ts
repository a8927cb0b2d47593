import { randomBytes } from 'node:crypto'
import {
  KeyringNode,
  KeyringTraceFlag,
  type EncryptedDataKey,
  type NodeDecryptionMaterial,
  type NodeEncryptionMaterial,
} from '@aws-crypto/material-management-node'
import { rawAesKeyring } from '../fixture.js'

/**
 * The raw AES keyring, with the data key made on the spot: its own random bytes come from a thread pool, and nobody
 * can tell when. Everything else in the simulation happens when the seed says.
 */
export class SynchronousKeyring extends KeyringNode {
  readonly inner = rawAesKeyring()

  _onEncrypt(material: NodeEncryptionMaterial): Promise<NodeEncryptionMaterial> {
    material.setUnencryptedDataKey(new Uint8Array(randomBytes(material.suite.keyLengthBytes)), {
      keyNamespace: 'sealring',
      keyName: 'test',
      flags: KeyringTraceFlag.WRAPPING_KEY_GENERATED_DATA_KEY,
    })
    return this.inner.onEncrypt(material)
  }

  _onDecrypt(material: NodeDecryptionMaterial, keys: EncryptedDataKey[]): Promise<NodeDecryptionMaterial> {
    return this.inner.onDecrypt(material, keys)
  }
}
