import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { WalkedPiece } from './walk-message.js'

const ciphers = { 16: 'aes-128-gcm', 24: 'aes-192-gcm', 32: 'aes-256-gcm' } as const

function cipherOf(key: Buffer): (typeof ciphers)[16 | 24 | 32] {
  if (key.length === 16 || key.length === 24 || key.length === 32) return ciphers[key.length]
  throw new Error('No AES key has this length')
}

export interface Sealed {
  readonly ciphertext: Buffer
  readonly tag: Buffer
}

export function gcmSeal(key: Buffer, iv: Buffer, aad: Buffer, plaintext: Buffer): Sealed {
  const cipher = createCipheriv(cipherOf(key), key, iv)
  cipher.setAAD(aad)
  const ciphertext = cipher.update(plaintext)
  cipher.final()
  return { ciphertext, tag: cipher.getAuthTag() }
}

/** `undefined` unless the tag fits. */
export function gcmOpen(
  key: Buffer,
  iv: Buffer,
  aad: Buffer,
  { ciphertext, tag }: Sealed,
): Buffer | undefined {
  const decipher = createDecipheriv(cipherOf(key), key, iv)
  decipher.setAAD(aad)
  decipher.setAuthTag(tag)
  const plaintext = decipher.update(ciphertext)
  try {
    decipher.final()
    return plaintext
  } catch {
    // The tag does not fit.
    return undefined
  }
}

/** The tag that makes any ciphertext authentic. */
export function gcmTag(key: Buffer, iv: Buffer, aad: Buffer, ciphertext: Buffer): Buffer {
  const decipher = createDecipheriv(cipherOf(key), key, iv)
  return gcmSeal(key, iv, aad, decipher.update(ciphertext)).tag
}

/** data-format/message-body-aad.md */
export function pieceAad(
  messageId: Buffer,
  { kind, sequence }: Pick<WalkedPiece, 'kind' | 'sequence'>,
  length: number,
): Buffer {
  const numbers = Buffer.alloc(12)
  numbers.writeUInt32BE(sequence, 0)
  numbers.writeBigUInt64BE(BigInt(length), 4)
  return Buffer.concat([messageId, Buffer.from(`AWSKMSEncryptionClient ${kind}`, 'latin1'), numbers])
}

/** The IV of a frame: its sequence number. */
export function sequenceIv(sequence: number): Buffer {
  const iv = Buffer.alloc(12)
  iv.writeUInt32BE(sequence, 8)
  return iv
}
