// What AWS answers and its published model doesn't say, as others recorded it from KMS itself (us-east-1, 2026).

/** Patterns that KMS checks beyond the model, by shape. */
export const patterns = { KeyIdType: '^\\p{ASCII}+$' }

/**
 * The enum value sets as error messages list them, where that differs from the model: another order, or, for data
 * keys, the specs of KMS keys, although AES_256 and AES_128 are what is accepted.
 */
export const listed = {
  EncryptionAlgorithmSpec: ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256', 'SM2PKE', 'SYMMETRIC_DEFAULT'],
  MacAlgorithmSpec: ['HMAC_SHA_384', 'HMAC_SHA_256', 'HMAC_SHA_224', 'HMAC_SHA_512'],
  SigningAlgorithmSpec: [
    'RSASSA_PSS_SHA_256',
    'RSASSA_PSS_SHA_384',
    'RSASSA_PSS_SHA_512',
    'RSASSA_PKCS1_V1_5_SHA_256',
    'RSASSA_PKCS1_V1_5_SHA_384',
    'RSASSA_PKCS1_V1_5_SHA_512',
    'ECDSA_SHA_256',
    'ECDSA_SHA_384',
    'ECDSA_SHA_512',
    'ED25519_SHA_512',
    'ED25519_PH_SHA_512',
    'SM2DSA',
    'ML_DSA_SHAKE_256',
  ],
  DataKeySpec: [
    'RSA_2048',
    'RSA_3072',
    'RSA_4096',
    'ECC_NIST_P256',
    'ECC_NIST_P384',
    'ECC_NIST_P521',
    'ECC_SECG_P256K1',
    'ECC_NIST_EDWARDS25519',
    'SYMMETRIC_DEFAULT',
    'HMAC_224',
    'HMAC_256',
    'HMAC_384',
    'HMAC_512',
    'SM2',
    'ML_DSA_44',
    'ML_DSA_65',
    'ML_DSA_87',
  ],
}
