import { sealCiphertext } from '../ciphertext.js'
import type { EncryptionContext } from '../encryption-context.js'
import { currentMaterial, keyIdentity } from '../state/key.js'
import type { KmsKey } from '../state/key.js'

/** Encrypts under the current material of a key. */
export const encryptPlaintext = (
  key: KmsKey,
  plaintext: Uint8Array,
  context: EncryptionContext | undefined,
): { ciphertext: Buffer; materialId: string } => {
  const material = currentMaterial(key)
  return {
    ciphertext: sealCiphertext(keyIdentity(key), material, plaintext, context),
    materialId: material.id,
  }
}
