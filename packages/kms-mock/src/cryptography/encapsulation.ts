import { randomBytes } from 'node:crypto'
import { CryptographyError } from './cryptography-error.js'
import type { KeySpec } from './key-specs.js'
import { isMlKemSpec, latticeKeyOf, parameterSets } from './lattice-key.js'

/** What Encapsulate returns. */
export interface Encapsulated {
  /** 32 bytes. */
  readonly sharedSecret: Buffer
  readonly ciphertext: Buffer
}

const prepared = async (spec: KeySpec, material: Buffer) => {
  if (!isMlKemSpec(spec))
    throw new CryptographyError('ALGORITHM_NOT_ALLOWED', `A key of ${spec} does not support ML_KEM`)
  const [scheme, pair] = await Promise.all([parameterSets[spec].scheme(), latticeKeyOf(spec, material)])
  return { scheme, pair }
}

/**
 * A fresh shared secret and its encapsulated form (FIPS 203, section 7.2). Rejects with
 * `ALGORITHM_NOT_ALLOWED`.
 */
export const encapsulate = async (spec: KeySpec, material: Buffer): Promise<Encapsulated> => {
  const { scheme, pair } = await prepared(spec, material)
  const { sharedSecret, cipherText } = scheme.encapsulate(pair.publicKey, randomBytes(32))
  return { sharedSecret: Buffer.from(sharedSecret), ciphertext: Buffer.from(cipherText) }
}

/**
 * The 32 byte shared secret of a ciphertext (FIPS 203, section 7.3). Any ciphertext of the right
 * length gives one (implicit rejection); another length rejects with `CIPHERTEXT_INVALID`, a spec without
 * ML-KEM with `ALGORITHM_NOT_ALLOWED`.
 */
export const decapsulate = async (spec: KeySpec, material: Buffer, ciphertext: Buffer): Promise<Buffer> => {
  const { scheme, pair } = await prepared(spec, material)
  if (ciphertext.length !== scheme.lengths.cipherText)
    throw new CryptographyError('CIPHERTEXT_INVALID', `A ciphertext of ${spec} has another length`)
  return Buffer.from(scheme.decapsulate(ciphertext, pair.secretKey))
}
