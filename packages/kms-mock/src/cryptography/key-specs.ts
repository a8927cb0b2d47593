/** What keys are for. */
export const keyUsages = [
  'ENCRYPT_DECRYPT',
  'SIGN_VERIFY',
  'GENERATE_VERIFY_MAC',
  'KEY_AGREEMENT',
  'ENCAPSULATE_DECAPSULATE',
] as const
/** One of {@link keyUsages}. */
export type KeyUsage = (typeof keyUsages)[number]

const rsaSigning = [
  'RSASSA_PKCS1_V1_5_SHA_256',
  'RSASSA_PKCS1_V1_5_SHA_384',
  'RSASSA_PKCS1_V1_5_SHA_512',
  'RSASSA_PSS_SHA_256',
  'RSASSA_PSS_SHA_384',
  'RSASSA_PSS_SHA_512',
] as const
const rsaEncryption = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] as const

/** AWS's names of algorithms, by what they are for. */
export type SigningAlgorithm =
  | (typeof rsaSigning)[number]
  | 'ECDSA_SHA_256'
  | 'ECDSA_SHA_384'
  | 'ECDSA_SHA_512'
  | 'ED25519_SHA_512'
  | 'ED25519_PH_SHA_512'
  | 'SM2DSA'
  | 'ML_DSA_SHAKE_256'
export type EncryptionAlgorithm = 'SYMMETRIC_DEFAULT' | (typeof rsaEncryption)[number] | 'SM2PKE'
export type MacAlgorithm = 'HMAC_SHA_224' | 'HMAC_SHA_256' | 'HMAC_SHA_384' | 'HMAC_SHA_512'
export type KeyAgreementAlgorithm = 'ECDH'
export type EncapsulationAlgorithm = 'ML_KEM'

/** For each usage: the algorithms that keys of that usage have. */
export interface AlgorithmsByUsage {
  readonly ENCRYPT_DECRYPT: readonly EncryptionAlgorithm[]
  readonly SIGN_VERIFY: readonly SigningAlgorithm[]
  readonly GENERATE_VERIFY_MAC: readonly MacAlgorithm[]
  readonly KEY_AGREEMENT: readonly KeyAgreementAlgorithm[]
  readonly ENCAPSULATE_DECAPSULATE: readonly EncapsulationAlgorithm[]
}

/** One row of {@link keySpecs}. */
export interface KeySpecRow {
  /**
   * The usages that the spec allows, with the algorithms of each in the order of `KeyMetadata` and
   * `GetPublicKey`. CreateKey's default, ENCRYPT_DECRYPT, holds for SYMMETRIC_DEFAULT alone.
   */
  readonly algorithms: Partial<AlgorithmsByUsage>
  /** Whether GetPublicKey has something to return. */
  readonly asymmetric: boolean
  /** Whether GenerateDataKeyPair takes it as KeyPairSpec. */
  readonly dataKeyPair: boolean
  /** Where it exists; everywhere if absent. China Regions are those of the partition `aws-cn`. */
  readonly regions?: 'china-only' | 'not-in-china'
}

const rsa: KeySpecRow = {
  algorithms: { ENCRYPT_DECRYPT: rsaEncryption, SIGN_VERIFY: rsaSigning },
  asymmetric: true,
  dataKeyPair: true,
}
const nist = (algorithm: SigningAlgorithm): KeySpecRow => ({
  algorithms: { SIGN_VERIFY: [algorithm], KEY_AGREEMENT: ['ECDH'] },
  asymmetric: true,
  dataKeyPair: true,
})
const hmac = (algorithm: MacAlgorithm): KeySpecRow => ({
  algorithms: { GENERATE_VERIFY_MAC: [algorithm] },
  asymmetric: false,
  dataKeyPair: false,
})
const mlDsa: KeySpecRow = {
  algorithms: { SIGN_VERIFY: ['ML_DSA_SHAKE_256'] },
  asymmetric: true,
  dataKeyPair: false,
}
// CreateKey, KeySpec: "not available in China Regions".
const mlKem: KeySpecRow = {
  algorithms: { ENCAPSULATE_DECAPSULATE: ['ML_KEM'] },
  asymmetric: true,
  dataKeyPair: true,
  regions: 'not-in-china',
}

/**
 * Every key spec of KMS (developer guide, "Key spec reference"). Outside China only: there
 * SYMMETRIC_DEFAULT is SM4, which this KMS does not have.
 */
export const keySpecs = {
  SYMMETRIC_DEFAULT: {
    algorithms: { ENCRYPT_DECRYPT: ['SYMMETRIC_DEFAULT'] },
    asymmetric: false,
    dataKeyPair: false,
  },
  HMAC_224: hmac('HMAC_SHA_224'),
  HMAC_256: hmac('HMAC_SHA_256'),
  HMAC_384: hmac('HMAC_SHA_384'),
  HMAC_512: hmac('HMAC_SHA_512'),
  RSA_2048: rsa,
  RSA_3072: rsa,
  RSA_4096: rsa,
  ECC_NIST_P256: nist('ECDSA_SHA_256'),
  ECC_NIST_P384: nist('ECDSA_SHA_384'),
  ECC_NIST_P521: nist('ECDSA_SHA_512'),
  ECC_SECG_P256K1: {
    algorithms: { SIGN_VERIFY: ['ECDSA_SHA_256'] },
    asymmetric: true,
    dataKeyPair: true,
  },
  ECC_NIST_EDWARDS25519: {
    algorithms: { SIGN_VERIFY: ['ED25519_SHA_512', 'ED25519_PH_SHA_512'] },
    asymmetric: true,
    dataKeyPair: true,
  },
  SM2: {
    algorithms: { ENCRYPT_DECRYPT: ['SM2PKE'], SIGN_VERIFY: ['SM2DSA'], KEY_AGREEMENT: ['ECDH'] },
    asymmetric: true,
    dataKeyPair: true,
    regions: 'china-only',
  },
  ML_DSA_44: mlDsa,
  ML_DSA_65: mlDsa,
  ML_DSA_87: mlDsa,
  ML_KEM_512: mlKem,
  ML_KEM_768: mlKem,
  ML_KEM_1024: mlKem,
} as const satisfies Record<string, KeySpecRow>

/** The name of a key spec. */
export type KeySpec = keyof typeof keySpecs

/** Narrows a name to a key spec; false for names that only look like one (`constructor`). */
export const isKeySpec = (name: string): name is KeySpec => Object.hasOwn(keySpecs, name)

/** The algorithms of a spec for a usage; nothing when the spec does not allow the usage. */
export const algorithmsOf = <Usage extends KeyUsage>(
  spec: KeySpec,
  usage: Usage,
): AlgorithmsByUsage[Usage] | undefined => (keySpecs[spec] as KeySpecRow).algorithms[usage]
