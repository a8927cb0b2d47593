import type { EcdhDescription, KeyringDescription, KmsRsaDescription } from './described-keyring.js'

/** A message of a keyring that the AWS SDK for JavaScript lacks. */
export interface KeyringCase {
  readonly name: string
  readonly description: string
  readonly seal: KeyringDescription
  /** What the reader is given. */
  readonly open: KeyringDescription
  readonly suites: readonly string[]
}

const everySuite = ['0014', '0046', '0078', '0114', '0146', '0178', '0214', '0346', '0378', '0478', '0578']
const fewSuites = ['0178', '0478', '0578']
const unsignedSuites = ['0014', '0146', '0178', '0478']

type Schema = EcdhDescription['schema']

function ecdh(type: EcdhDescription['type'], bits: 256 | 384 | 521, schema: Schema): EcdhDescription {
  const key = type === 'raw-ecdh' ? `ecc-${bits}-private` : `us-west-2-${bits}-ecc`
  const sender = schema === 'static' ? key : schema
  return {
    type,
    sender,
    recipient: key,
    'sender-public-key': schema === 'static' ? 'sender-material-public-key' : schema,
    'recipient-public-key': 'recipient-material-public-key',
    ...(type === 'raw-ecdh' ? { 'provider-id': `sealring-vectors ${key}` } : {}),
    'ecc-curve': type === 'raw-ecdh' ? `ecc-${bits}` : key,
    schema,
  }
}

const rsa = (hash: 1 | 256): KmsRsaDescription => ({
  type: 'aws-kms-rsa',
  key: 'us-west-2-rsa',
  'encryption-algorithm': `RSAES_OAEP_SHA_${hash}`,
})

const names = { 'raw-ecdh': 'Raw ECDH', 'aws-kms-ecdh': 'KMS ECDH' } as const

function ecdhCase(
  type: EcdhDescription['type'],
  bits: 256 | 384 | 521,
  [from, to]: readonly [Schema, Schema],
): KeyringCase {
  return {
    name: `${type}-${bits}-${from}-${to}`,
    description: `${names[type]} on P-${bits}: sealed ${from}, opened ${to}`,
    seal: ecdh(type, bits, from),
    open: ecdh(type, bits, to),
    suites: bits === 256 && from !== to ? everySuite : fewSuites,
  }
}

const bits = [256, 384, 521] as const

export const keyringCases: readonly KeyringCase[] = [
  ...bits.flatMap((bits) => [
    ecdhCase('raw-ecdh', bits, ['ephemeral', 'discovery']),
    ecdhCase('raw-ecdh', bits, ['static', 'discovery']),
    ecdhCase('raw-ecdh', bits, ['static', 'static']),
    ecdhCase('aws-kms-ecdh', bits, ['static', 'discovery']),
    ecdhCase('aws-kms-ecdh', bits, ['static', 'static']),
  ]),
  ...([1, 256] as const).map((hash) => ({
    name: `aws-kms-rsa-${hash}`,
    description: `KMS RSA, OAEP with SHA-${hash}`,
    seal: rsa(hash),
    open: rsa(hash),
    suites: unsignedSuites,
  })),
]
