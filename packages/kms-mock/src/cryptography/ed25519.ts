import { sign, verify } from 'node:crypto'
import { digestBytes } from './hashes.js'
import { edwardsSeed } from './edwards-material.js'
import { keyObjectsOf } from './key-objects.js'
import { maxRawBytes } from './signature-scheme.js'
import type { SignatureScheme } from './signature-scheme.js'

/** Ed25519 (RFC 8032, section 5.1). RAW only (API reference, Sign, MessageType). */
export const ed25519: SignatureScheme = {
  messages: { RAW: maxRawBytes },
  sign: ({ material, message }) => sign(null, message, keyObjectsOf(material).privateKey),
  verify: ({ material, message }, signature) =>
    verify(null, message, keyObjectsOf(material).publicKey, signature),
}

const library = async () => (await import('@noble/curves/ed25519.js')).ed25519ph

/**
 * Ed25519ph (RFC 8032, section 5.1), which node:crypto lacks. DIGEST only, and the digest is hashed
 * once more, as KMS does (API reference, Sign, MessageType).
 */
export const ed25519ph: SignatureScheme = {
  messages: { DIGEST: digestBytes.sha512 },
  sign: async ({ material, message }) => {
    // A copy: the material may be wiped, with its key, before the library is there.
    const seed = Buffer.from(edwardsSeed(material))
    try {
      return Buffer.from((await library()).sign(message, seed))
    } finally {
      seed.fill(0)
    }
  },
  verify: async ({ material, message }, signature) => {
    const publicKey = keyObjectsOf(material).publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
    if (signature.length !== 64) return false
    // Without ZIP 215: RFC 8032 accepts canonical encodings only.
    return (await library()).verify(signature, message, publicKey, { zip215: false })
  },
}
