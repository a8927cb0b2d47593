/**
 * The keyring abstraction is the AWS Encryption SDK's own: `onEncrypt(materials)`, `onDecrypt(materials, dataKeys)`
 * (framework/keyring-interface.md). Every keyring and materials manager made for client-node is one.
 */
export type {
  EncryptedDataKey,
  EncryptionContext,
  KeyringNode,
  NodeDecryptionMaterial,
  NodeEncryptionMaterial,
  NodeMaterialsManager,
} from '@aws-crypto/material-management-node'
