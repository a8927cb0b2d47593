/** A curve of the ECDH keyrings (framework/raw-ecdh-keyring.md#supported-curve-specifications). */
export interface EcdhCurveData {
  /** OpenSSL's name. */
  readonly openssl: string
  /** Its name in the key derivation (framework/key-agreement-schemas.md#key-derivation). */
  readonly label: string
  /** AWS KMS's name of keys on it. */
  readonly keySpec: 'ECC_NIST_P256' | 'ECC_NIST_P384' | 'ECC_NIST_P521' | 'SM2'
  /** Bytes of a coordinate, of a private key and of a shared secret. */
  readonly length: number
  /** AlgorithmIdentifier with the curve's name (RFC 5480, section 2.1.1), DER in hex. */
  readonly algorithm: string
  /** What precedes the coordinates in a SubjectPublicKeyInfo with an uncompressed point, DER in hex. */
  readonly spkiPrefix: string
}

const p256 = '301306072a8648ce3d020106082a8648ce3d030107'
const p384 = '301006072a8648ce3d020106052b81040022'
const p521 = '301006072a8648ce3d020106052b81040023'
const sm2 = '301306072a8648ce3d020106082a811ccf5501822d'

export const ecdhCurves = {
  'P-256': {
    openssl: 'prime256v1',
    label: 'p256',
    keySpec: 'ECC_NIST_P256',
    length: 32,
    algorithm: p256,
    spkiPrefix: `3059${p256}03420004`,
  },
  'P-384': {
    openssl: 'secp384r1',
    label: 'p384',
    keySpec: 'ECC_NIST_P384',
    length: 48,
    algorithm: p384,
    spkiPrefix: `3076${p384}03620004`,
  },
  'P-521': {
    openssl: 'secp521r1',
    label: 'p521',
    keySpec: 'ECC_NIST_P521',
    length: 66,
    algorithm: p521,
    spkiPrefix: `30819b${p521}0381860004`,
  },
  SM2: {
    openssl: 'SM2',
    label: 'sm2',
    keySpec: 'SM2',
    length: 32,
    algorithm: sm2,
    spkiPrefix: `3059${sm2}03420004`,
  },
} as const satisfies Record<string, EcdhCurveData>

export type EcdhCurve = keyof typeof ecdhCurves
