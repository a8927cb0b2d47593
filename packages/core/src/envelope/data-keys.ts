import { createHmac, timingSafeEqual } from 'node:crypto'
import { EnvelopeError } from '../errors.js'
import { commitKeyLength, type AlgorithmSuite } from '../materials/algorithm-suites.js'

const commitLabel = Buffer.from('COMMITKEY\x01')
const keyLabel = Buffer.from('DERIVEKEY\x01')
const counter = Buffer.from([1])
const nothing = Buffer.alloc(0)

/** Both keys of one message. The caller owns the bytes and zeroes `encryptionKey`. */
export interface DerivedKeys {
  readonly encryptionKey: Buffer
  /** Empty where the suite doesn't commit. */
  readonly commitKey: Buffer
}

// No salt is as many zeros as the hash has bytes (RFC 5869, 2.2); HMAC pads shorter keys with zeros.
const noSalt = Buffer.alloc(64)
const infoStarts = new Map<number, Buffer>()

/** Where the info of the encryption key begins: the suite's id, and in committing suites all of it. */
function infoStart({ id, committing }: AlgorithmSuite): Buffer {
  let bytes = infoStarts.get(id)
  if (bytes === undefined) {
    bytes = Buffer.concat([Buffer.from([id >> 8, id & 0xff]), committing ? keyLabel : nothing])
    infoStarts.set(id, bytes)
  }
  return bytes
}

function firstBytes(block: Buffer, length: number): Buffer {
  block.fill(0, length)
  return block.subarray(0, length)
}

/**
 * Encryption key and commit key of a message (framework/algorithm-suites.md#algorithm-suites-encryption-key-derivation-settings).
 * Every output is one block or less of HKDF, so each is one HMAC ending in the counter 1 (RFC 5869, 2.3).
 * HKDF by hand from HMAC is several times faster than `hkdfSync`.
 */
export function deriveKeys(suite: AlgorithmSuite, dataKey: Uint8Array, messageId: Uint8Array): DerivedKeys {
  const { kdfHash, keyLength, committing } = suite
  // framework/algorithm-suites.md#identity-kdf
  if (kdfHash === undefined) {
    const encryptionKey = Buffer.alloc(keyLength)
    encryptionKey.set(dataKey)
    return { encryptionKey, commitKey: nothing }
  }
  if (committing) {
    // framework/transitive-requirements.md#hkdf-encryption-key, #hkdf-commit-key: the message id is the salt.
    const pseudorandomKey = createHmac(kdfHash, messageId).update(dataKey).digest()
    const keyBlock = createHmac(kdfHash, pseudorandomKey).update(infoStart(suite)).digest()
    const commitBlock = createHmac(kdfHash, pseudorandomKey).update(commitLabel).digest()
    pseudorandomKey.fill(0)
    return {
      encryptionKey: firstBytes(keyBlock, keyLength),
      commitKey: commitBlock.subarray(0, commitKeyLength),
    }
  }
  // Without commitment there is no salt, and the message id is part of the info.
  const pseudorandomKey = createHmac(kdfHash, noSalt).update(dataKey).digest()
  const block = createHmac(kdfHash, pseudorandomKey)
    .update(infoStart(suite))
    .update(messageId)
    .update(counter)
    .digest()
  pseudorandomKey.fill(0)
  return { encryptionKey: firstBytes(block, keyLength), commitKey: nothing }
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
