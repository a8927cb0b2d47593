import { randomFillSync } from 'node:crypto'

const poolBytes = 4096
/** What is larger gains nothing by being drawn together with others. */
const largest = 256
let pool: Buffer | undefined
let at = 0

/**
 * Fills `length` bytes of `target` at random. They are drawn many at a time, since a draw costs as much as an encryption; each is
 * given once, and its place in the pool cleared. What lies there for later is in the same memory as the keys of this KMS.
 */
export const fillRandomly = <T extends Uint8Array>(target: T, start: number, length: number): T => {
  if (length > largest) return randomFillSync(target, start, length)
  if (pool === undefined || at + length > poolBytes) {
    pool = randomFillSync(pool ?? Buffer.allocUnsafeSlow(poolBytes))
    at = 0
  }
  // Byte by byte: for so few, a call of a method costs more.
  for (let n = 0; n < length; n += 1) {
    target[start + n] = pool[at + n]!
    pool[at + n] = 0
  }
  at += length
  return target
}

const slabBytes = 4096
let slab: Buffer | undefined
let taken = 0

/**
 * Random bytes that are wiped in the end: key material. They share their memory with other material alone, never with
 * what callers get; an allocation for each key would cost more than all else that is kept of it.
 */
export const randomMaterial = (length: number): Buffer => {
  if (length > largest) return fillRandomly(Buffer.allocUnsafeSlow(length), 0, length)
  if (slab === undefined || taken + length > slabBytes) {
    slab = Buffer.allocUnsafeSlow(slabBytes)
    taken = 0
  }
  const material = slab.subarray(taken, taken + length)
  taken += length
  return fillRandomly(material, 0, length)
}

/** Random bytes that are given away. */
export const randomOutput = (length: number): Buffer => fillRandomly(Buffer.allocUnsafe(length), 0, length)
