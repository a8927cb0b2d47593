import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { KeyringFromOptions } from '@sealring/core/keyring'

/** `wrap` and `unwrap` of a keyring that an author might write: AES-256-GCM, the key known by its name. */
export function aesFunctions(key: Uint8Array, keyName = 'key-1') {
  const options = {
    providerId: 'test-author',
    wrap({ dataKey, serializedContext }) {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(serializedContext)
      const encrypted = Buffer.concat([iv, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()])
      return { providerInfo: keyName, ciphertext: encrypted }
    },
    unwrap({ providerInfo, ciphertext, serializedContext }) {
      if (Buffer.from(providerInfo).toString() !== keyName) return null
      const decipher = createDecipheriv('aes-256-gcm', key, ciphertext.subarray(0, 12))
      decipher.setAAD(serializedContext).setAuthTag(ciphertext.subarray(-16))
      return Buffer.concat([decipher.update(ciphertext.subarray(12, -16)), decipher.final()])
    },
  } satisfies KeyringFromOptions
  return options
}
