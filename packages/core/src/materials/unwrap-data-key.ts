import type {
  EncryptedDataKey,
  KeyringNode,
  NodeDecryptionMaterial,
} from '@aws-crypto/material-management-node'
import type { AwsClasses } from './aws-classes.js'

/**
 * `keyring.onDecrypt`, but of a multi-keyring the members are asked here, in its order
 * (framework/multi-keyring.md#ondecrypt): its own error keeps only the text of theirs, and with it nobody could tell
 * a disabled key from a network that is down. Throws what the keyring threw, an AggregateError for several members.
 */
export async function unwrapDataKey(
  classes: AwsClasses,
  keyring: KeyringNode,
  material: NodeDecryptionMaterial,
  dataKeys: readonly EncryptedDataKey[],
): Promise<void> {
  const { MultiKeyringNode } = classes
  if (
    Object.getPrototypeOf(keyring) !== MultiKeyringNode.prototype ||
    !(keyring instanceof MultiKeyringNode)
  ) {
    await keyring.onDecrypt(material, [...dataKeys])
    return
  }
  const { generator, children } = keyring
  const failures: unknown[] = []
  for (const member of generator === undefined ? children : [generator, ...children]) {
    try {
      await unwrapDataKey(classes, member, material, dataKeys)
    } catch (error) {
      failures.push(error)
    }
    if (material.hasValidKey()) return
  }
  if (failures.length === 1) throw failures[0]
  if (failures.length > 1) throw new AggregateError(failures, 'Several keyrings failed')
}
