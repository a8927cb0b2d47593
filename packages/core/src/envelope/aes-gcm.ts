import { createCipheriv, createDecipheriv, type DecipherGCM } from 'node:crypto'
import { tagLength, type AlgorithmSuite } from '../materials/algorithm-suites.js'

// One update of many megabytes is several times slower than many of this size.
const pieceLength = 64 * 1024
// No shorter tag is ever taken, whatever becomes of the buffer that it stands in.
const gcm = { authTagLength: tagLength }

/** The tag over `aad` alone, as a header has it. */
export function authenticate(suite: AlgorithmSuite, key: Buffer, iv: Buffer, aad: Buffer): Buffer {
  const cipher = createCipheriv(suite.cipher, key, iv, gcm)
  cipher.setAAD(aad)
  cipher.final()
  return cipher.getAuthTag()
}

/** Writes ciphertext and tag at `offset`. Returns the offset behind them. */
export function encryptInto(
  target: Buffer,
  offset: number,
  suite: AlgorithmSuite,
  key: Buffer,
  iv: Buffer,
  aad: Buffer,
  plaintext: Buffer,
): number {
  const cipher = createCipheriv(suite.cipher, key, iv, gcm)
  cipher.setAAD(aad)
  if (plaintext.length <= pieceLength) {
    target.set(cipher.update(plaintext), offset)
  } else {
    for (let start = 0; start < plaintext.length; start += pieceLength) {
      target.set(cipher.update(plaintext.subarray(start, start + pieceLength)), offset + start)
    }
  }
  cipher.final()
  target.set(cipher.getAuthTag(), offset + plaintext.length)
  return offset + plaintext.length + tagLength
}

function fits(decipher: DecipherGCM): boolean {
  try {
    decipher.final()
    return true
  } catch {
    // The only thing that `final` of GCM fails on is the tag, and it says nothing more about it.
    return false
  }
}

/**
 * Writes the plaintext at `offset`. False when the tag does not fit: what was written then is not authentic and
 * is the caller's to destroy.
 */
export function decryptInto(
  target: Buffer,
  offset: number,
  suite: AlgorithmSuite,
  key: Buffer,
  iv: Buffer,
  aad: Buffer,
  ciphertext: Buffer,
  tag: Buffer,
): boolean {
  const decipher = createDecipheriv(suite.cipher, key, iv, gcm)
  decipher.setAAD(aad)
  decipher.setAuthTag(tag)
  if (ciphertext.length <= pieceLength) {
    target.set(decipher.update(ciphertext), offset)
  } else {
    for (let start = 0; start < ciphertext.length; start += pieceLength) {
      target.set(decipher.update(ciphertext.subarray(start, start + pieceLength)), offset + start)
    }
  }
  return fits(decipher)
}

/**
 * The plaintext of one block, in memory of its own. Nothing when the tag does not fit: what was deciphered then is
 * destroyed.
 */
export function decryptBlock(
  suite: AlgorithmSuite,
  key: Buffer,
  iv: Buffer,
  aad: Buffer,
  ciphertext: Buffer,
  tag: Buffer,
): Buffer | undefined {
  if (ciphertext.length <= pieceLength) {
    const decipher = createDecipheriv(suite.cipher, key, iv, gcm)
    decipher.setAAD(aad)
    decipher.setAuthTag(tag)
    const plaintext = decipher.update(ciphertext)
    if (fits(decipher)) return plaintext
    plaintext.fill(0)
    return undefined
  }
  const plaintext = Buffer.allocUnsafeSlow(ciphertext.length)
  if (decryptInto(plaintext, 0, suite, key, iv, aad, ciphertext, tag)) return plaintext
  plaintext.fill(0)
  return undefined
}

/** Whether `tag` authenticates `aad`. */
export function verify(suite: AlgorithmSuite, key: Buffer, iv: Buffer, aad: Buffer, tag: Buffer): boolean {
  const decipher = createDecipheriv(suite.cipher, key, iv, gcm)
  decipher.setAAD(aad)
  decipher.setAuthTag(tag)
  return fits(decipher)
}
