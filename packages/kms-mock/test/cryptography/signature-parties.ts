import { constants, createHash } from 'node:crypto'
import type { KeySpec, SigningAlgorithm } from '#src/cryptography/key-specs.js'
import type { MessageType } from '#src/cryptography/signature.js'
import { publicOf, rowOf, specNames } from './keys.js'

const pss = ['-pkeyopt', 'rsa_padding_mode:pss', '-pkeyopt', 'rsa_pss_saltlen:digest']
const pkcs1 = ['-pkeyopt', 'rsa_padding_mode:pkcs1']

/** How the others name an algorithm; `options` are those of `openssl pkeyutl`. */
export interface Party {
  readonly hash?: string
  readonly node?: { readonly padding: number; readonly saltLength?: number }
  readonly options?: readonly string[]
  readonly types: readonly MessageType[]
}

export const both: readonly MessageType[] = ['RAW', 'DIGEST']
const rsaPkcs1 = (hash: string): Party => ({
  hash,
  node: { padding: constants.RSA_PKCS1_PADDING },
  options: pkcs1,
  types: both,
})
const rsaPss = (hash: string): Party => ({
  hash,
  node: {
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  },
  options: pss,
  types: both,
})
const ecdsa = (hash: string): Party => ({ hash, options: [], types: both })

/** Each signing algorithm. */
export const parties: Readonly<Record<SigningAlgorithm, Party>> = {
  RSASSA_PKCS1_V1_5_SHA_256: rsaPkcs1('sha256'),
  RSASSA_PKCS1_V1_5_SHA_384: rsaPkcs1('sha384'),
  RSASSA_PKCS1_V1_5_SHA_512: rsaPkcs1('sha512'),
  RSASSA_PSS_SHA_256: rsaPss('sha256'),
  RSASSA_PSS_SHA_384: rsaPss('sha384'),
  RSASSA_PSS_SHA_512: rsaPss('sha512'),
  ECDSA_SHA_256: ecdsa('sha256'),
  ECDSA_SHA_384: ecdsa('sha384'),
  ECDSA_SHA_512: ecdsa('sha512'),
  ED25519_SHA_512: { options: [], types: ['RAW'] },
  ED25519_PH_SHA_512: { hash: 'sha512', types: ['DIGEST'] },
  SM2DSA: { hash: 'sm3', types: both },
  ML_DSA_SHAKE_256: { types: ['RAW', 'EXTERNAL_MU'] },
}

/** What all of them sign. */
export const message = Buffer.from('a message that several parties sign')
/** Every pair of key spec and algorithm. */
export const rows = specNames.flatMap((spec) =>
  (rowOf(spec).algorithms.SIGN_VERIFY ?? []).map((algorithm) => ({
    spec,
    algorithm,
    party: parties[algorithm],
  })),
)

/** ZA and SM3 as in GB/T 32918.2, section 5.5, written once more from the public key. */
const sm2Digest = (publicKey: Buffer): Buffer => {
  const identity = Buffer.from('1234567812345678')
  const curve =
    'fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93' +
    '32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0'
  const za = createHash('sm3')
    .update(Buffer.of(0, identity.length * 8))
    .update(identity)
    .update(Buffer.from(curve, 'hex'))
    .update(publicKey.subarray(-64))
    .digest()
  return createHash('sm3').update(za).update(message).digest()
}

/** FIPS 204, section 6.2, for an empty context. */
const externalMu = (publicKey: Buffer): Buffer => {
  const shake = (...parts: Buffer[]) =>
    createHash('shake256', { outputLength: 64 }).update(Buffer.concat(parts)).digest()
  return shake(shake(publicKey.subarray(22)), Buffer.of(0, 0), message)
}

/** The message as another message type has it. */
export const inputOf = async (spec: KeySpec, { hash }: Party, type: MessageType): Promise<Buffer> => {
  if (type === 'RAW') return message
  if (type === 'EXTERNAL_MU') return externalMu(await publicOf(spec))
  return spec === 'SM2' ? sm2Digest(await publicOf(spec)) : createHash(hash!).update(message).digest()
}
