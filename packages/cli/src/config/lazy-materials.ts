import { NodeDefaultCryptographicMaterialsManager } from '@aws-crypto/material-management-node'
import type { KeyringNode, NodeMaterialsManager } from '@aws-crypto/material-management-node'

/**
 * A materials manager whose keyring is made when it is first needed: listing and verifying need none, so that
 * they neither load a KMS client nor ask for a key.
 */
export function lazyMaterials(makeKeyring: () => Promise<KeyringNode>): NodeMaterialsManager {
  let made: Promise<NodeMaterialsManager> | undefined
  const manager = () => (made ??= makeKeyring().then((k) => new NodeDefaultCryptographicMaterialsManager(k)))
  return {
    getEncryptionMaterials: async (request) => (await manager()).getEncryptionMaterials(request),
    decryptMaterials: async (request) => (await manager()).decryptMaterials(request),
  }
}
