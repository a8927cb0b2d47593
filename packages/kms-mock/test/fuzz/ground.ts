import type { Kms } from '@sealring/kms-mock'
import { secretBase64, secretLetters, secretText } from './marks.js'

/** What there is outside of this KMS; each example has its own. */
export const clusterOf = (
  letter: string,
): {
  clusterId: string
  trustAnchorCertificate: string
  password: string
} => ({
  clusterId: `cluster-${letter.repeat(11)}`,
  trustAnchorCertificate: `certificate ${letter}`,
  password: `${secretText}~1`,
})
export const proxyOf = (
  name: string,
): {
  uriEndpoint: string
  uriPath: string
  accessKeyId: string
  rawSecretAccessKey: string
  keys: readonly { id: string }[]
} => ({
  uriEndpoint: `https://${name}.example.com`,
  uriPath: '/kms/xks/v1',
  accessKeyId: secretLetters,
  rawSecretAccessKey: secretBase64.repeat(3),
  keys: [{ id: 'external-key' }],
})

/** Options for `createKms` that the examples rely on. */
export const groundOptions = {
  seed: 'fuzz',
  cloudHsmClusters: ['a', 'b'].map(clusterOf),
  xksProxies: ['create', 'connect', 'disconnect', 'update'].map(proxyOf),
}

type Output = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Output => typeof value === 'object' && value !== null

/** The keys that examples share. */
const sharedKeys = {
  symmetric: {},
  other: {},
  rsa: { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' },
  sign: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
  agree: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' },
  mac: { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
  kem: { KeySpec: 'ML_KEM_512', KeyUsage: 'ENCAPSULATE_DECAPSULATE' },
  external: { Origin: 'EXTERNAL' },
  multiRegion: { MultiRegion: true },
} as const

/** What examples are made on: a KMS with nothing in it yet. */
export interface Ground {
  readonly call: (operation: string, input: object) => Promise<Output>
  /** The ARN of a key that several examples use; none of them changes it. */
  readonly key: (kind: keyof typeof sharedKeys) => Promise<string>
  /** The ARN of a key for one example alone. */
  readonly ownKey: (input?: object) => Promise<string>
}

export const createGround = (kms: Kms): Ground => {
  const keys = new Map<string, Promise<string>>()
  const call: Ground['call'] = (operation, input) => kms.handle(operation, input)
  const ownKey = async (input: object = {}): Promise<string> => {
    const { KeyMetadata } = await call('CreateKey', input)
    if (!isRecord(KeyMetadata)) throw new Error('CreateKey gave no key')
    return String(KeyMetadata['Arn'])
  }
  return {
    call,
    ownKey,
    key: (kind) => {
      const made = keys.get(kind) ?? ownKey(sharedKeys[kind])
      keys.set(kind, made)
      return made
    },
  }
}
