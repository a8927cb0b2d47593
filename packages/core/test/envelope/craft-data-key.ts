import { createCipheriv, randomBytes } from 'node:crypto'
import type { CraftedDataKey } from './craft-message.js'
import type { ReferenceKey } from './reference-decoder.js'
import { referenceCipher } from './reference-suites.js'

/**
 * An encrypted data key as a raw AES keyring writes it (framework/raw-aes-keyring.md#onencrypt), bound to whatever
 * serialized context.
 */
export function craftRawAesDataKey(
  { namespace, name, key }: ReferenceKey,
  dataKey: Uint8Array,
  serializedContext: Uint8Array,
): CraftedDataKey {
  const iv = randomBytes(12)
  const cipher = createCipheriv(referenceCipher(key), key, iv)
  cipher.setAAD(serializedContext)
  const ciphertext = Buffer.concat([cipher.update(dataKey), cipher.final(), cipher.getAuthTag()])
  const info = Buffer.concat([Buffer.from(name), Buffer.from('000000800000000c', 'hex'), iv])
  return [namespace, info, ciphertext]
}
