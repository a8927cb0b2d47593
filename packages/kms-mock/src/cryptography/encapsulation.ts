import type { KeySpec } from './key-specs.js'

/** What Encapsulate returns. */
export interface Encapsulated {
  /** 32 bytes. */
  readonly sharedSecret: Buffer
  readonly ciphertext: Buffer
}

const notYet = (): never => {
  throw new Error('not implemented yet')
}

/** A fresh shared secret and its encapsulated form (FIPS 203). Throws `ALGORITHM_NOT_ALLOWED`. */
export const encapsulate: (spec: KeySpec, material: Buffer) => Promise<Encapsulated> = notYet

/**
 * The 32 byte shared secret of a ciphertext. Any ciphertext of the right length gives one (implicit
 * rejection); another length throws `CIPHERTEXT_INVALID`, a spec without ML-KEM `ALGORITHM_NOT_ALLOWED`.
 */
export const decapsulate: (spec: KeySpec, material: Buffer, ciphertext: Buffer) => Promise<Buffer> = notYet
