import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto'
import type { AlgorithmSuite } from '../materials/algorithm-suites.js'
import { serializeContext, type EncryptionContext } from '../materials/encryption-context.js'

/** What all shares of one data key have in common. */
export interface Sharing {
  readonly suite: AlgorithmSuite
  readonly encryptionContext: EncryptionContext
  readonly threshold: number
  readonly shares: number
  readonly check: Uint8Array
}

/** Bytes of a data key of a committing suite, and of a key that encrypts a share. */
const keyLength = 32
/** A byte of each byte of the data key, and the coordinate that they belong to. */
const shareLength = keyLength + 1
const tagLength = 16
export const sealedShareLength = shareLength + tagLength
export const checkLength = 32

const label = Buffer.from('sealring-threshold v1\0')
const checkLabel = Buffer.from('sealring-threshold v1 check')
/** The key of a share encrypts nothing else. */
const iv = Buffer.alloc(12)

/**
 * What tells the right data key from one that a wrong share made: a keyring never sees the commitment in the message's
 * header. SHA-256 collides for nobody, so no two data keys have the same one; it says nothing about the data key.
 */
export function checkOf(dataKey: Uint8Array): Buffer {
  return createHmac('sha256', dataKey).update(checkLabel).digest()
}

export function fits(dataKey: Uint8Array, check: Uint8Array): boolean {
  return timingSafeEqual(checkOf(dataKey), check)
}

function boundTo({ suite, encryptionContext, threshold, shares, check }: Sharing, index: number): Buffer {
  const numbers = Buffer.alloc(5)
  numbers.writeUInt16BE(suite.id)
  numbers.set([threshold, shares, index], 2)
  return Buffer.concat([label, numbers, check, serializeContext(encryptionContext)])
}

export function sealShare(sharing: Sharing, index: number, key: Uint8Array, share: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(boundTo(sharing, index))
  return Buffer.concat([cipher.update(share), cipher.final(), cipher.getAuthTag()])
}

/** The share, in memory of its own. Throws what node:crypto throws when the tag does not fit, or the key is none. */
export function openShare(sharing: Sharing, index: number, key: Uint8Array, sealed: Uint8Array): Uint8Array {
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagLength })
  decipher.setAAD(boundTo(sharing, index)).setAuthTag(sealed.subarray(shareLength))
  const opened = decipher.update(sealed.subarray(0, shareLength))
  try {
    decipher.final()
    // Not a Buffer: the library of secret sharing takes none.
    return Uint8Array.from(opened)
  } finally {
    opened.fill(0)
  }
}

const contextKey = 'sealring-share'

/** The context that a custodian sees: it says what is wrapped, so that policies and logs can tell, and binds it once more. */
export function shareContext(
  { encryptionContext, threshold, shares }: Omit<Sharing, 'check' | 'suite'>,
  index: number,
): EncryptionContext {
  // Of a share of a share there is one already.
  const outer = Object.hasOwn(encryptionContext, contextKey) ? `${encryptionContext[contextKey]}, of it ` : ''
  return { ...encryptionContext, [contextKey]: `${outer}${index + 1} of ${shares}, ${threshold} needed` }
}
