import { sealCiphertext } from '../ciphertext.js'
import type { EncryptionContext } from '../encryption-context.js'
import { keyIdentity, usableMaterial } from '../state/key.js'
import type { KmsKey } from '../state/key.js'

/** Encrypts under the current material of a key. */
export const encryptPlaintext = (
  key: KmsKey,
  plaintext: Uint8Array,
  context: EncryptionContext | undefined,
): { ciphertext: Buffer; materialId: string } => {
  const material = usableMaterial(key)
  if (material === undefined) throw new Error(`The key ${key.keyId} is usable but has no material`)
  return {
    ciphertext: sealCiphertext(keyIdentity(key), material, plaintext, context),
    materialId: material.id,
  }
}
