import { createCipheriv, createHash, hkdfSync } from 'node:crypto'
import type { CipherGCMTypes } from 'node:crypto'
import { p256, p384 } from '@noble/curves/nist.js'
import { u16 } from './message-fields.js'
import type { MessagePlan } from './message-plan.js'

const cipherNames: Readonly<Record<number, CipherGCMTypes>> = {
  16: 'aes-128-gcm',
  24: 'aes-192-gcm',
  32: 'aes-256-gcm',
}

/** Ciphertext and tag. */
export function aesGcm(key: Buffer, iv: Buffer, aad: Buffer, plaintext: Buffer): [Buffer, Buffer] {
  const name = cipherNames[key.length]
  if (!name) throw new Error(`No AES key has ${key.length} bytes.`)
  const cipher = createCipheriv(name, key, iv)
  cipher.setAAD(aad)
  return [Buffer.concat([cipher.update(plaintext), cipher.final()]), cipher.getAuthTag()]
}

/** framework/transitive-requirements.md#hkdf-encryption-key and #hkdf-commit-key. */
export function deriveKeys({ suite, dataKey, messageId }: MessagePlan): {
  encryptionKey: Buffer
  commitKey?: Buffer
} {
  const { kdfHash, keyLength, id } = suite
  // framework/algorithm-suites.md#identity-kdf
  if (!kdfHash) return { encryptionKey: dataKey }
  const hkdf = (salt: Buffer, info: Buffer, length: number): Buffer =>
    Buffer.from(hkdfSync(kdfHash, dataKey, salt, info, length))
  if (suite.format === 1)
    return { encryptionKey: hkdf(Buffer.alloc(0), Buffer.concat([u16(id), messageId]), keyLength) }
  return {
    encryptionKey: hkdf(messageId, Buffer.concat([u16(id), Buffer.from('DERIVEKEY')]), keyLength),
    commitKey: hkdf(messageId, Buffer.from('COMMITKEY'), 32),
  }
}

const curves = {
  'P-256': { curve: p256, hash: 'sha256' },
  'P-384': { curve: p384, hash: 'sha384' },
} as const

/** The public key as it travels in the context (framework/default-cmm.md); none for an unsigned suite. */
export function encodedPublicKey({ suite, signingKey, faults = {} }: MessagePlan): string | undefined {
  if (!suite.signature) return undefined
  const { curve } = curves[suite.signature]
  const point = (compressed: boolean): Buffer => Buffer.from(curve.getPublicKey(signingKey!, compressed))
  const bytes = faults.publicKey ? faults.publicKey(point(true), point(false)) : point(true)
  return bytes?.toString('base64')
}

/** data-format/message-footer.md: DER; the nonce is that of RFC 6979, so that it is reproducible. */
export function sign({ suite, signingKey, highS }: MessagePlan, signed: Buffer): Buffer {
  const { curve, hash } = curves[suite.signature!]
  const digest = createHash(hash).update(signed).digest()
  const compact = curve.sign(digest, signingKey!, { prehash: false, lowS: true, format: 'compact' })
  const low = curve.Signature.fromBytes(compact, 'compact')
  const chosen = highS ? new curve.Signature(low.r, curve.Point.Fn.ORDER - low.s) : low
  return Buffer.from(chosen.toBytes('der'))
}
