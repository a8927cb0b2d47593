import { createHmac } from 'node:crypto'

const counter = Buffer.of(0, 0, 0, 1)

/**
 * 32 bytes derived from `key` (NIST SP 800-108r1, section 4.1: a KDF in counter mode) with HMAC-SHA-256 and a counter of
 * 32 bits in front of `fixedInput`: one block, the first.
 */
export function counterKdf(key: Uint8Array, fixedInput: Uint8Array): Buffer {
  return createHmac('sha256', key).update(counter).update(fixedInput).digest()
}
