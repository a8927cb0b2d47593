/** One algorithm suite of the AWS Encryption SDK (framework/algorithm-suites.md#supported-algorithm-suites). */
export interface AlgorithmSuite {
  readonly id: number
  /** The specification's name. */
  readonly name: string
  readonly messageFormat: 1 | 2
  readonly cipher: 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm'
  /** Bytes of the plaintext data key and of the key derived from it; equal in every suite. */
  readonly keyLength: 16 | 24 | 32
  /** Hash of HKDF; without one the data key itself is the encryption key. */
  readonly kdfHash?: 'sha256' | 'sha384' | 'sha512'
  /** The header carries a commitment to the data key (32 bytes of suite data). */
  readonly committing: boolean
  /** ECDSA over header and body. */
  readonly signature?: { readonly curve: 'prime256v1' | 'secp384r1'; readonly hash: 'sha256' | 'sha384' }
}

/** Bytes of every suite's IV (framework/algorithm-suites.md#algorithm-suites-encryption-settings). */
export const ivLength = 12
/** Bytes of every suite's authentication tag. */
export const tagLength = 16
/** Bytes of the commit key in the header of a committing suite. */
export const commitKeyLength = 32

export const unsignedCommittingSuiteId = 0x0478
export const signedCommittingSuiteId = 0x0578

const aes128 = { cipher: 'aes-128-gcm', keyLength: 16 } as const
const aes192 = { cipher: 'aes-192-gcm', keyLength: 24 } as const
const aes256 = { cipher: 'aes-256-gcm', keyLength: 32 } as const
const plain = { messageFormat: 1, committing: false } as const
const committing = { messageFormat: 2, committing: true, kdfHash: 'sha512' } as const
const p256 = { curve: 'prime256v1', hash: 'sha256' } as const
const p384 = { curve: 'secp384r1', hash: 'sha384' } as const

const rows: readonly AlgorithmSuite[] = [
  { id: 0x0014, name: 'ALG_AES_128_GCM_IV12_TAG16_NO_KDF', ...plain, ...aes128 },
  { id: 0x0046, name: 'ALG_AES_192_GCM_IV12_TAG16_NO_KDF', ...plain, ...aes192 },
  { id: 0x0078, name: 'ALG_AES_256_GCM_IV12_TAG16_NO_KDF', ...plain, ...aes256 },
  { id: 0x0114, name: 'ALG_AES_128_GCM_IV12_TAG16_HKDF_SHA256', ...plain, ...aes128, kdfHash: 'sha256' },
  { id: 0x0146, name: 'ALG_AES_192_GCM_IV12_TAG16_HKDF_SHA256', ...plain, ...aes192, kdfHash: 'sha256' },
  { id: 0x0178, name: 'ALG_AES_256_GCM_IV12_TAG16_HKDF_SHA256', ...plain, ...aes256, kdfHash: 'sha256' },
  {
    id: 0x0214,
    name: 'ALG_AES_128_GCM_IV12_TAG16_HKDF_SHA256_ECDSA_P256',
    ...plain,
    ...aes128,
    kdfHash: 'sha256',
    signature: p256,
  },
  {
    id: 0x0346,
    name: 'ALG_AES_192_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384',
    ...plain,
    ...aes192,
    kdfHash: 'sha384',
    signature: p384,
  },
  {
    id: 0x0378,
    name: 'ALG_AES_256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384',
    ...plain,
    ...aes256,
    kdfHash: 'sha384',
    signature: p384,
  },
  { id: unsignedCommittingSuiteId, name: 'ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY', ...committing, ...aes256 },
  {
    id: signedCommittingSuiteId,
    name: 'ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384',
    ...committing,
    ...aes256,
    signature: p384,
  },
]

/** Every suite of the specification, by id. */
export const algorithmSuites: ReadonlyMap<number, AlgorithmSuite> = new Map(rows.map((row) => [row.id, row]))
