import { createHmac, timingSafeEqual } from 'node:crypto'
import { EnvelopeError } from '../errors.js'
import { commitKeyLength, type AlgorithmSuite } from './algorithm-suites.js'

const commitLabel = Buffer.from('COMMITKEY\x01')
const keyLabel = 'DERIVEKEY\x01'

/** Both keys of one message. The caller owns the bytes and zeroes `encryptionKey`. */
export interface DerivedKeys {
  readonly encryptionKey: Buffer
  readonly commitKey: Buffer
}

/**
 * HKDF of the committing suites (framework/transitive-requirements.md#hkdf-encryption-key, #hkdf-commit-key): the
 * message id is the salt. Both outputs are one block or less, so each is one HMAC ending in the counter 0x01
 * (RFC 5869, 2.3); by hand it is much faster than `hkdfSync`.
 */
export function deriveKeys(suite: AlgorithmSuite, dataKey: Uint8Array, messageId: Uint8Array): DerivedKeys {
  const hash = suite.kdfHash
  if (!suite.committing || hash === undefined) {
    throw new EnvelopeError('MESSAGE_UNSUPPORTED', `${suite.name} is not supported yet`)
  }
  const pseudorandomKey = createHmac(hash, messageId).update(dataKey).digest()
  const keyInfo = Buffer.from(`\0\0${keyLabel}`)
  keyInfo.writeUInt16BE(suite.id, 0)
  const keyBlock = createHmac(hash, pseudorandomKey).update(keyInfo).digest()
  const commitBlock = createHmac(hash, pseudorandomKey).update(commitLabel).digest()
  pseudorandomKey.fill(0)
  keyBlock.fill(0, suite.keyLength)
  return {
    encryptionKey: keyBlock.subarray(0, suite.keyLength),
    commitKey: commitBlock.subarray(0, commitKeyLength),
  }
}

/**
 * The derived commit key must be the header's (client-apis/decrypt.md#get-the-decryption-materials); compared in
 * constant time. Throws COMMITMENT_MISMATCH.
 */
export function checkCommitment(derived: Uint8Array, stored: Uint8Array): void {
  if (derived.byteLength !== stored.byteLength || !timingSafeEqual(derived, stored)) {
    throw new EnvelopeError('COMMITMENT_MISMATCH', 'The data key is not the one that the header commits to')
  }
}
