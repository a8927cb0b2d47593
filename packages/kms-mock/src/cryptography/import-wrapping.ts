import { createDecipheriv } from 'node:crypto'
import { decryptAsymmetric, decryptOaep } from './asymmetric-encryption.js'
import { CryptographyError } from './cryptography-error.js'
import { keySpecs } from './key-specs.js'
import type { KeySpec } from './key-specs.js'
import type { Awaitable } from './material-kind.js'

/** How key material is wrapped for import; `RSAES_PKCS1_V1_5` is refused since October 2023. */
export type WrappingAlgorithm =
  'RSAES_OAEP_SHA_1' | 'RSAES_OAEP_SHA_256' | 'RSA_AES_KEY_WRAP_SHA_1' | 'RSA_AES_KEY_WRAP_SHA_256' | 'SM2PKE'

/** Key specs of wrapping keys; make one with `generateMaterial`. SM2 in China Regions only. */
export type WrappingKeySpec = 'RSA_2048' | 'RSA_3072' | 'RSA_4096' | 'SM2'

/** What encrypts is the key material itself, or the AES key that wraps it. */
type WrappingRow =
  | { readonly wrappingKeys: 'SM2' }
  | {
      readonly wrappingKeys: 'RSA'
      readonly oaep: 'RSAES_OAEP_SHA_1' | 'RSAES_OAEP_SHA_256'
      readonly aesKeyWrap: boolean
    }

const wrappings: Readonly<Record<WrappingAlgorithm, WrappingRow>> = {
  RSAES_OAEP_SHA_1: { wrappingKeys: 'RSA', oaep: 'RSAES_OAEP_SHA_1', aesKeyWrap: false },
  RSAES_OAEP_SHA_256: { wrappingKeys: 'RSA', oaep: 'RSAES_OAEP_SHA_256', aesKeyWrap: false },
  RSA_AES_KEY_WRAP_SHA_1: { wrappingKeys: 'RSA', oaep: 'RSAES_OAEP_SHA_1', aesKeyWrap: true },
  RSA_AES_KEY_WRAP_SHA_256: { wrappingKeys: 'RSA', oaep: 'RSAES_OAEP_SHA_256', aesKeyWrap: true },
  SM2PKE: { wrappingKeys: 'SM2' },
}

const isWrappingAlgorithm = (name: string): name is WrappingAlgorithm => Object.hasOwn(wrappings, name)

const rowOf = (wrappingSpec: WrappingKeySpec, algorithm: string): WrappingRow | undefined => {
  const row = isWrappingAlgorithm(algorithm) ? wrappings[algorithm] : undefined
  return row !== undefined && wrappingSpec.startsWith(row.wrappingKeys) ? row : undefined
}

/**
 * Whether key material of `spec` may come wrapped so (API reference, GetParametersForImport): RSA
 * private keys by RSA_AES_KEY_WRAP, secrets without it, ECC_NIST_P521 not directly under RSA_2048.
 */
export const wrappingAllowed = (
  spec: KeySpec,
  wrappingSpec: WrappingKeySpec,
  algorithm: string,
): algorithm is WrappingAlgorithm => {
  const row = rowOf(wrappingSpec, algorithm)
  if (row === undefined) return false
  if (row.wrappingKeys === 'SM2') return true
  if (row.aesKeyWrap) return keySpecs[spec].asymmetric
  return !spec.startsWith('RSA_') && !(spec === 'ECC_NIST_P521' && wrappingSpec === 'RSA_2048')
}

/** The integrity check value of AES key wrap with padding (RFC 5649, section 3). */
const alternativeIv = Buffer.from('a65959a6', 'hex')

/**
 * Unwraps EncryptedKeyMaterial with the private wrapping key. What comes out is whatever was wrapped:
 * `checkMaterial` tells whether it is a key. The caller owns it. A promise for SM2PKE. Throws
 * `CIPHERTEXT_INVALID`, for SM2PKE as a rejection, and
 * `WRAPPING_NOT_ALLOWED` for an algorithm that is not one of the wrapping key.
 */
export const unwrapImported = (
  wrappingSpec: WrappingKeySpec,
  wrappingMaterial: Buffer,
  algorithm: WrappingAlgorithm,
  wrapped: Buffer,
): Awaitable<Buffer> => {
  const row = rowOf(wrappingSpec, algorithm)
  if (row === undefined)
    throw new CryptographyError('WRAPPING_NOT_ALLOWED', `${algorithm} does not go with ${wrappingSpec}`)
  if (row.wrappingKeys === 'SM2') return decryptAsymmetric('SM2', wrappingMaterial, 'SM2PKE', wrapped)
  if (!row.aesKeyWrap) return decryptOaep(row.oaep, wrappingMaterial, wrapped)
  const modulusBytes = Number(wrappingSpec.slice('RSA_'.length)) / 8
  const key = decryptOaep(row.oaep, wrappingMaterial, wrapped.subarray(0, modulusBytes))
  try {
    // PKCS #11, CKM_RSA_AES_KEY_WRAP: the AES key under RSA, then the key material under the AES key.
    const decipher = createDecipheriv('id-aes256-wrap-pad', key, alternativeIv)
    return Buffer.concat([decipher.update(wrapped.subarray(modulusBytes)), decipher.final()])
  } catch (cause) {
    throw new CryptographyError('CIPHERTEXT_INVALID', 'The key material cannot be unwrapped', { cause })
  } finally {
    key.fill(0)
  }
}
