/*
 * The shapes that several operations share: names and constraints are those of the KMS service model
 * (API version 2014-11-01, as published with botocore 1.44.5).
 */

/** A `KeyId` in any form. */
export const keyId = { type: 'string', min: 1, max: 2048 } as const
/** An alias name, prefix included. */
export const aliasName = { type: 'string', min: 1, max: 256, pattern: /^[a-zA-Z0-9:/_-]+$/ } as const
/** Bytes to encrypt. */
export const plaintext = { type: 'blob', min: 1, max: 4096, sensitive: true } as const
/** A ciphertext blob. */
export const ciphertext = { type: 'blob', min: 1, max: 6144 } as const
/** An encryption context. */
export const encryptionContext = { type: 'map' } as const
/** Tokens of grants. */
export const grantTokens = {
  type: 'list',
  min: 0,
  max: 10,
  member: { type: 'string', min: 1, max: 8192 },
} as const
/** An encryption algorithm. */
export const encryptionAlgorithm = {
  type: 'string',
  values: ['SYMMETRIC_DEFAULT', 'RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256', 'SM2PKE'],
} as const
/** `true` or `false`. */
export const boolean = { type: 'boolean' } as const
/** A number of random bytes. */
export const numberOfBytes = { type: 'integer', min: 1, max: 1024 } as const
/** The size of a data key, by name. */
export const dataKeySpec = { type: 'string', values: ['AES_256', 'AES_128'] } as const
/** The attestation document of an enclave. */
export const recipient = {
  type: 'structure',
  members: {
    KeyEncryptionAlgorithm: { type: 'string', values: ['RSAES_OAEP_SHA_256'] },
    AttestationDocument: { type: 'blob', min: 1, max: 262144 },
  },
} as const
/** What a dry run leaves out. */
export const dryRunModifiers = {
  type: 'list',
  member: { type: 'string', values: ['IGNORE_CIPHERTEXT'] },
} as const
/** The size of a page. */
export const limit = { type: 'integer', min: 1, max: 1000 } as const
/** Where a page begins. */
export const marker = { type: 'string', min: 1, max: 1024, pattern: /^[\u0020-\u00FF]*$/ } as const
/** The id of a custom key store. */
export const customKeyStoreId = { type: 'string', min: 1, max: 64 } as const
