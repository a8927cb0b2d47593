import { keyObjectsOf, normalisedPkcs8 } from './key-objects.js'
import type { MaterialKind } from './material-kind.js'

// PrivateKeyInfo of id-Ed25519 (RFC 8410, section 7) up to the 32 bytes of the key.
const prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/** The material of Ed25519 keys. */
export const edwardsMaterial: MaterialKind = {
  derive: (draw) => Buffer.concat([prefix, draw(32)]),
  publicKey: (material) => keyObjectsOf(material).publicKey.export({ format: 'der', type: 'spki' }),
  check: (bytes) => {
    const pkcs8 = normalisedPkcs8(bytes)?.pkcs8
    return pkcs8?.length === prefix.length + 32 && pkcs8.subarray(0, prefix.length).equals(prefix)
      ? pkcs8
      : undefined
  },
}

/** The 32 bytes that are the private key. */
export const edwardsSeed = (material: Buffer): Buffer => material.subarray(prefix.length)
