import type { KeyringNode } from '@aws-crypto/material-management-node'
import { SealringError } from '@sealring/core'
import { awsKeys, decryptionMaterial, type Wrapped } from '#src/conformance/keyring-steps.js'
import { unencryptedBytes } from '#src/materials/aws-materials.js'

/** What a keyring makes of encrypted data keys: 'opened', 'not mine', or the code of what it throws. */
export async function dataKeyOutcome(keyring: KeyringNode, wrapped: Wrapped): Promise<string> {
  const material = decryptionMaterial(keyring, wrapped)
  try {
    await keyring.onDecrypt(material, awsKeys(keyring, wrapped.dataKeys))
  } catch (error) {
    if (error instanceof SealringError && !material.hasUnencryptedDataKey) return error.code
    throw error
  }
  if (!material.hasUnencryptedDataKey) return 'not mine'
  return Buffer.compare(unencryptedBytes(material), wrapped.dataKey) === 0 ? 'opened' : 'another data key'
}

/** The same with the one encrypted data key changed. */
export function changedDataKey(
  wrapped: Wrapped,
  change: (info: Buffer, ciphertext: Buffer) => { providerInfo?: Uint8Array; ciphertext?: Uint8Array },
): Wrapped {
  const dataKeys = wrapped.dataKeys.map((key) => ({
    ...key,
    ...change(Buffer.from(key.providerInfo), Buffer.from(key.ciphertext)),
  }))
  return { ...wrapped, dataKeys }
}

export function flipped(bytes: Uint8Array, at: number): Buffer {
  const changed = Buffer.from(bytes)
  changed[at]! ^= 0x40
  return changed
}
