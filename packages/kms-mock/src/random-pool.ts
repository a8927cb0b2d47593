import { randomFillSync } from 'node:crypto'

const poolBytes = 4096
let pool: Buffer | undefined
let at = 0

/**
 * Random bytes for what is no secret, such as an iv: drawn many at a time, since a draw costs as much as an encryption.
 * They are a copy, each is given once, and their places are cleared.
 */
export const pooledRandomBytes = (length: number): Buffer => {
  if (pool === undefined || at + length > poolBytes) {
    pool = randomFillSync(pool ?? Buffer.allocUnsafeSlow(poolBytes))
    at = 0
  }
  const bytes = Buffer.from(pool.subarray(at, at + length))
  pool.fill(0, at, at + length)
  at += length
  return bytes
}
