import type { KeySpec } from './key-specs.js'
import type { Awaitable } from './material.js'

/** How key material is wrapped for import; `RSAES_PKCS1_V1_5` is refused since October 2023. */
export type WrappingAlgorithm =
  'RSAES_OAEP_SHA_1' | 'RSAES_OAEP_SHA_256' | 'RSA_AES_KEY_WRAP_SHA_1' | 'RSA_AES_KEY_WRAP_SHA_256' | 'SM2PKE'

/** Key specs of wrapping keys; make one with `generateMaterial`. */
export type WrappingKeySpec = 'RSA_2048' | 'RSA_3072' | 'RSA_4096' | 'SM2'

const notYet = (..._args: unknown[]): never => {
  throw new Error('not implemented yet')
}

/** Whether key material of `spec` may come wrapped so (developer guide, "Select a wrapping algorithm"). */
export const wrappingAllowed = (
  spec: KeySpec,
  wrappingSpec: WrappingKeySpec,
  algorithm: string,
): algorithm is WrappingAlgorithm => notYet(spec, wrappingSpec, algorithm)

/**
 * Unwraps EncryptedKeyMaterial with the private wrapping key. What comes out is whatever was wrapped:
 * `checkMaterial` tells whether it is a key. Throws `CIPHERTEXT_INVALID` and `WRAPPING_NOT_ALLOWED`, the first
 * at once or as a rejection.
 */
export const unwrapImported: (
  wrappingSpec: WrappingKeySpec,
  wrappingMaterial: Buffer,
  algorithm: WrappingAlgorithm,
  wrapped: Buffer,
) => Awaitable<Buffer> = notYet
