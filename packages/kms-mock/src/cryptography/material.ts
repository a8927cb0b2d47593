import { ecMaterial } from './ec-key.js'
import { edwardsMaterial } from './edwards-material.js'
import type { KeySpec } from './key-specs.js'
import { latticeMaterial } from './lattice-key.js'
import type { Awaitable, Draw, MaterialKind } from './material-kind.js'
import { rsaMaterial } from './rsa-material.js'
import { secretMaterial } from './secret-material.js'
import { randomMaterial } from '../random-pool.js'
import { onceThere } from '../when-done.js'

export type { Awaitable, Draw } from './material-kind.js'

const kinds: Readonly<Record<KeySpec, MaterialKind>> = {
  SYMMETRIC_DEFAULT: secretMaterial(32),
  HMAC_224: secretMaterial(28),
  HMAC_256: secretMaterial(32),
  HMAC_384: secretMaterial(48),
  HMAC_512: secretMaterial(64),
  RSA_2048: rsaMaterial(2048),
  RSA_3072: rsaMaterial(3072),
  RSA_4096: rsaMaterial(4096),
  ECC_NIST_P256: ecMaterial('ECC_NIST_P256'),
  ECC_NIST_P384: ecMaterial('ECC_NIST_P384'),
  ECC_NIST_P521: ecMaterial('ECC_NIST_P521'),
  ECC_SECG_P256K1: ecMaterial('ECC_SECG_P256K1'),
  ECC_NIST_EDWARDS25519: edwardsMaterial,
  SM2: ecMaterial('SM2'),
  ML_DSA_44: latticeMaterial('ML_DSA_44'),
  ML_DSA_65: latticeMaterial('ML_DSA_65'),
  ML_DSA_87: latticeMaterial('ML_DSA_87'),
  ML_KEM_512: latticeMaterial('ML_KEM_512'),
  ML_KEM_768: latticeMaterial('ML_KEM_768'),
  ML_KEM_1024: latticeMaterial('ML_KEM_1024'),
}

/**
 * Fresh key material of a spec: raw bytes for SYMMETRIC_DEFAULT and HMAC, PKCS#8 DER for key pairs
 * (ML-DSA and ML-KEM as seeds, RFC 9881 and RFC 9935). The caller owns it, and hands the same Buffer
 * to every function: what is parsed from it is remembered by Buffer, which must not be written to.
 * It is also the private key of GenerateDataKeyPair. At once where that takes no time, as for secrets.
 */
export const generateMaterial = (spec: KeySpec): Awaitable<Buffer> => {
  const { generate, derive } = kinds[spec]
  return generate === undefined ? deriveAndWipe(derive, randomMaterial) : generate()
}

/** What was drawn and is not the material itself (the scalar or seed of a key pair) is wiped. */
const deriveAndWipe = (derive: MaterialKind['derive'], draw: Draw): Awaitable<Buffer> => {
  const drawn: Buffer[] = []
  const noting: Draw = (length) => {
    const bytes = draw(length)
    drawn.push(bytes)
    return bytes
  }
  return onceThere(derive(noting), (material) => {
    for (const bytes of drawn) if (bytes !== material) bytes.fill(0)
    return material
  })
}

/**
 * Key material from a deterministic stream of bytes: the same stream gives the same key. A promise
 * for RSA, whose primes are searched on the thread pool; a value for all others.
 */
export const deriveMaterial = (spec: KeySpec, draw: Draw): Awaitable<Buffer> =>
  deriveAndWipe(kinds[spec].derive, draw)

/**
 * The public half as SubjectPublicKeyInfo, DER, as GetPublicKey returns it; a promise for ML-DSA and
 * ML-KEM. Asymmetric specs only: a TypeError for others.
 */
export const publicKeyOf = (spec: KeySpec, material: Buffer): Awaitable<Buffer> => {
  const { publicKey } = kinds[spec]
  if (publicKey === undefined) throw new TypeError(`${spec} has no public key`)
  return publicKey(material)
}

/**
 * Whether bytes are a key of the spec in the format that ImportKeyMaterial takes: raw for symmetric
 * and HMAC keys, PKCS#8 for private keys, in DER or, where OpenSSL reads it, BER. Gives the key as {@link generateMaterial} would,
 * or undefined; a promise for RSA, ML-DSA and ML-KEM.
 */
export const checkMaterial = (spec: KeySpec, bytes: Buffer): Awaitable<Buffer | undefined> =>
  kinds[spec].check(bytes)
