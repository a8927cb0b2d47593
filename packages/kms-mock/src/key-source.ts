import { createHmac, randomBytes, randomUUID } from 'node:crypto'

/** Where key ids and key material come from. */
export interface KeySource {
  /** The UUID of the n-th key that this KMS creates. */
  uuid(n: number): string
  /** 32 fresh bytes for the n-th key; the caller owns them. */
  material(n: number): Buffer
}

/** The real source. */
export const randomKeySource: KeySource = {
  uuid: () => randomUUID(),
  material: () => randomBytes(32),
}

/**
 * A source for tests: the same seed gives the same ids and material in the same order. Only these
 * two depend on the seed; data keys, random bytes and ivs stay random.
 */
export const seededKeySource = (seed: string): KeySource => {
  const draw = (label: string, n: number): Buffer =>
    createHmac('sha256', seed).update(`sealring kms-mock ${label} ${n}`).digest()
  return {
    uuid: (n) => {
      const bytes = draw('key id', n).subarray(0, 16)
      // Version 4, variant 1 (RFC 9562, section 5.4), as ids that AWS gives look.
      bytes[6] = (bytes[6]! & 0x0f) | 0x40
      bytes[8] = (bytes[8]! & 0x3f) | 0x80
      return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    },
    material: (n) => draw('key material', n),
  }
}
