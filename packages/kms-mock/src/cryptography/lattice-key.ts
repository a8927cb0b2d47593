import { contentOf, encodeDer, readDerElements, readDerSequence, tags } from './der.js'
import type { KeySpec } from './key-specs.js'
import type { MaterialKind } from './material-kind.js'
import { encodePkcs8, encodeSpki, readPkcs8 } from './pkcs8.js'

/** An expanded key pair as the library takes it. */
export interface LatticeKeyPair {
  readonly publicKey: Uint8Array
  readonly secretKey: Uint8Array
}

/** One parameter set of ML-DSA or ML-KEM. */
interface ParameterSet {
  /** AlgorithmIdentifier (RFC 9881, section 2; RFC 9935, section 3), DER. */
  readonly algorithm: Buffer
  readonly seedBytes: number
  /** Loads the library when it is needed first. */
  readonly scheme: () => Promise<{ keygen(seed: Uint8Array): LatticeKeyPair }>
}

const algorithm = (arc: string): Buffer => Buffer.from(`300b060960864801650304${arc}`, 'hex')
const mlDsa = () => import('@noble/post-quantum/ml-dsa.js')
const mlKem = () => import('@noble/post-quantum/ml-kem.js')

/** FIPS 204, section 4, and FIPS 203, section 8. */
export const parameterSets = {
  ML_DSA_44: { algorithm: algorithm('0311'), seedBytes: 32, scheme: async () => (await mlDsa()).ml_dsa44 },
  ML_DSA_65: { algorithm: algorithm('0312'), seedBytes: 32, scheme: async () => (await mlDsa()).ml_dsa65 },
  ML_DSA_87: { algorithm: algorithm('0313'), seedBytes: 32, scheme: async () => (await mlDsa()).ml_dsa87 },
  ML_KEM_512: { algorithm: algorithm('0401'), seedBytes: 64, scheme: async () => (await mlKem()).ml_kem512 },
  ML_KEM_768: { algorithm: algorithm('0402'), seedBytes: 64, scheme: async () => (await mlKem()).ml_kem768 },
  ML_KEM_1024: {
    algorithm: algorithm('0403'),
    seedBytes: 64,
    scheme: async () => (await mlKem()).ml_kem1024,
  },
} as const satisfies Record<string, ParameterSet>

/** A key spec of ML-DSA or ML-KEM. */
export type LatticeSpec = keyof typeof parameterSets
export type MlDsaSpec = 'ML_DSA_44' | 'ML_DSA_65' | 'ML_DSA_87'
export type MlKemSpec = Exclude<LatticeSpec, MlDsaSpec>

/** Narrow the name of a key spec. */
export const isMlDsaSpec = (spec: KeySpec): spec is MlDsaSpec => spec.startsWith('ML_DSA_')
export const isMlKemSpec = (spec: KeySpec): spec is MlKemSpec => spec.startsWith('ML_KEM_')

const encode = ({ algorithm }: ParameterSet, seed: Buffer): Buffer =>
  encodePkcs8(algorithm, encodeDer(tags.context0, seed))

const expand = async ({ scheme }: ParameterSet, seed: Buffer): Promise<LatticeKeyPair> =>
  (await scheme()).keygen(seed)

const expanded = new WeakMap<Buffer, Promise<LatticeKeyPair>>()

/** The key pair that material spells as a seed; expanded once for each Buffer. */
export const latticeKeyOf = (spec: LatticeSpec, material: Buffer): Promise<LatticeKeyPair> => {
  const known = expanded.get(material)
  if (known !== undefined) return known
  const set = parameterSets[spec]
  // A copy: the material may be wiped, with its key, before the library is there.
  const pair = expand(set, Buffer.from(material.subarray(-set.seedBytes)))
  expanded.set(material, pair)
  return pair
}

/** The seed and, where it is there, the expanded key of the CHOICE in RFC 9881, section 6. */
const readChoice = (
  set: ParameterSet,
  privateKey: Buffer,
): { seed: Buffer; secretKey?: Buffer } | undefined => {
  const elements = readDerElements(privateKey)
  if (elements?.length !== 1) return undefined
  const alone = contentOf(elements[0], tags.context0)
  if (alone !== undefined) return alone.length === set.seedBytes ? { seed: alone } : undefined
  const both = readDerSequence(privateKey)
  const seed = contentOf(both?.[0], tags.octetString)
  const secretKey = contentOf(both?.[1], tags.octetString)
  if (both?.length !== 2 || seed?.length !== set.seedBytes || secretKey === undefined) return undefined
  return { seed, secretKey }
}

/** The material of ML-DSA and ML-KEM keys. A key without its seed has no such material. */
export const latticeMaterial = (spec: LatticeSpec): MaterialKind => {
  const set: ParameterSet = parameterSets[spec]
  return {
    derive: (draw) => encode(set, draw(set.seedBytes)),
    publicKey: async (material) => encodeSpki(set.algorithm, (await latticeKeyOf(spec, material)).publicKey),
    check: async (bytes) => {
      const privateKey = readPkcs8(bytes, set.algorithm)
      const choice = privateKey && readChoice(set, privateKey)
      if (choice === undefined) return undefined
      const { seed, secretKey } = choice
      if (secretKey !== undefined && !secretKey.equals((await expand(set, seed)).secretKey)) return undefined
      return encode(set, seed)
    },
  }
}
