import type {
  EncryptionAlgorithmSpec,
  KeySpec,
  KeyUsageType,
  MacAlgorithmSpec,
  SigningAlgorithmSpec,
} from '@aws-sdk/client-kms'
import type { Kms } from '@sealring/kms-mock'
import { newKey } from './new-key.js'

/** A kind of key that KMS has, with its algorithms: KMS Developer Guide, "Key spec reference". */
export interface KeyKind<Algorithm = string> {
  spec: KeySpec
  usage: KeyUsageType
  algorithms: readonly Algorithm[]
  /** SM2 exists in China alone. */
  region: string
}

const rsaSigning = [
  'RSASSA_PKCS1_V1_5_SHA_256',
  'RSASSA_PKCS1_V1_5_SHA_384',
  'RSASSA_PKCS1_V1_5_SHA_512',
  'RSASSA_PSS_SHA_256',
  'RSASSA_PSS_SHA_384',
  'RSASSA_PSS_SHA_512',
] as const
const oaep = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] as const
const kind = <Algorithm extends string>(
  spec: KeySpec,
  usage: KeyUsageType,
  ...algorithms: Algorithm[]
): KeyKind<Algorithm> => ({ spec, usage, algorithms, region: spec === 'SM2' ? 'cn-north-1' : 'us-east-1' })

/** Kinds for ENCRYPT_DECRYPT. */
export const encryptionKinds: readonly KeyKind<EncryptionAlgorithmSpec>[] = [
  kind('SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT', 'SYMMETRIC_DEFAULT'),
  kind('RSA_2048', 'ENCRYPT_DECRYPT', ...oaep),
  kind('RSA_3072', 'ENCRYPT_DECRYPT', ...oaep),
  kind('RSA_4096', 'ENCRYPT_DECRYPT', ...oaep),
  kind('SM2', 'ENCRYPT_DECRYPT', 'SM2PKE'),
]

/** Kinds for SIGN_VERIFY. */
export const signingKinds: readonly KeyKind<SigningAlgorithmSpec>[] = [
  kind('RSA_2048', 'SIGN_VERIFY', ...rsaSigning),
  kind('RSA_3072', 'SIGN_VERIFY', ...rsaSigning),
  kind('RSA_4096', 'SIGN_VERIFY', ...rsaSigning),
  kind('ECC_NIST_P256', 'SIGN_VERIFY', 'ECDSA_SHA_256'),
  kind('ECC_NIST_P384', 'SIGN_VERIFY', 'ECDSA_SHA_384'),
  kind('ECC_NIST_P521', 'SIGN_VERIFY', 'ECDSA_SHA_512'),
  kind('ECC_SECG_P256K1', 'SIGN_VERIFY', 'ECDSA_SHA_256'),
  kind('ECC_NIST_EDWARDS25519', 'SIGN_VERIFY', 'ED25519_SHA_512', 'ED25519_PH_SHA_512'),
  kind('SM2', 'SIGN_VERIFY', 'SM2DSA'),
  kind('ML_DSA_44', 'SIGN_VERIFY', 'ML_DSA_SHAKE_256'),
  kind('ML_DSA_65', 'SIGN_VERIFY', 'ML_DSA_SHAKE_256'),
  kind('ML_DSA_87', 'SIGN_VERIFY', 'ML_DSA_SHAKE_256'),
]

/** Kinds for GENERATE_VERIFY_MAC. */
export const macKinds: readonly KeyKind<MacAlgorithmSpec>[] = [
  kind('HMAC_224', 'GENERATE_VERIFY_MAC', 'HMAC_SHA_224'),
  kind('HMAC_256', 'GENERATE_VERIFY_MAC', 'HMAC_SHA_256'),
  kind('HMAC_384', 'GENERATE_VERIFY_MAC', 'HMAC_SHA_384'),
  kind('HMAC_512', 'GENERATE_VERIFY_MAC', 'HMAC_SHA_512'),
]

/** Kinds for KEY_AGREEMENT. */
export const agreementKinds: readonly KeyKind<'ECDH'>[] = [
  kind('ECC_NIST_P256', 'KEY_AGREEMENT', 'ECDH'),
  kind('ECC_NIST_P384', 'KEY_AGREEMENT', 'ECDH'),
  kind('ECC_NIST_P521', 'KEY_AGREEMENT', 'ECDH'),
  kind('SM2', 'KEY_AGREEMENT', 'ECDH'),
]

/** Kinds for ENCAPSULATE_DECAPSULATE. */
export const encapsulationKinds: readonly KeyKind<'ML_KEM'>[] = [
  kind('ML_KEM_512', 'ENCAPSULATE_DECAPSULATE', 'ML_KEM'),
  kind('ML_KEM_768', 'ENCAPSULATE_DECAPSULATE', 'ML_KEM'),
  kind('ML_KEM_1024', 'ENCAPSULATE_DECAPSULATE', 'ML_KEM'),
]

/** Every kind. */
export const keyKinds: readonly KeyKind[] = [
  ...encryptionKinds,
  ...signingKinds,
  ...macKinds,
  ...agreementKinds,
  ...encapsulationKinds,
]

type Wanted = Pick<KeyKind, 'spec' | 'usage' | 'region'>

/** Makes keys when they are first asked for, one of each kind: pairs for RSA take their time. Gives their ids. */
export const keyring = (kms: Kms): ((wanted: Wanted) => Promise<string>) => {
  const made = new Map<string, Promise<string>>()
  return ({ spec, usage, region }) => {
    const name = `${spec} ${usage} ${region}`
    const known = made.get(name) ?? newKey(kms, { region }, { KeySpec: spec, KeyUsage: usage })
    made.set(name, known)
    return known
  }
}
