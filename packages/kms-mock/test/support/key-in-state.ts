import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { copyFile } from 'node:fs/promises'
import { KMS } from '@aws-sdk/client-kms'
import type { CreateKeyCommandInput } from '@aws-sdk/client-kms'
import { createClock, createKms } from '@sealring/kms-mock'
import type { Kms } from '@sealring/kms-mock'
import type { KeyState } from '#src/state/key.js'
import { importMaterial, parametersForImport } from './import-material.js'
import { cloudHsmStore, clusterOf } from './outside.js'

/** The kinds of key that the operations need: what they are created with. */
export const keyKinds = {
  symmetric: {},
  external: { Origin: 'EXTERNAL' },
  mac: { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
  signing: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
  agreement: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' },
  encapsulation: { KeySpec: 'ML_KEM_512', KeyUsage: 'ENCAPSULATE_DECAPSULATE' },
} as const satisfies Record<string, CreateKeyCommandInput>
/** One of {@link keyKinds}. */
export type KeyKind = keyof typeof keyKinds

/** The region of every subject, unless its state is Creating. */
const home = 'us-east-1'
/** Where its replica is. */
const away = 'eu-west-1'
/** Long enough for states that pass to stay. */
const transitionMs = 60_000

/** A key in some state, in a KMS of its own. */
export interface Subject {
  readonly kms: Kms
  readonly region: string
  readonly id: string
  /** An enabled key beside it. Both have an alias: `alias/subject` and `alias/other`. */
  readonly other: string
  /** A region with a related key. */
  readonly away: string
  /** Made with the key while it could be used. */
  readonly made: Readonly<Record<string, unknown>>
}

export const message = Buffer.from('message')
/** The public key of a peer in a key agreement. */
export const peerPublicKey = createPublicKey(
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' }),
).export({ format: 'der', type: 'spki' })

const clientOf = (kms: Kms, region: string): KMS => new KMS(kms.clientConfig({ region }))

/** What the operations of each kind are given, made with the key. */
const makers: Readonly<Record<KeyKind, (client: KMS, KeyId: string) => Promise<Record<string, unknown>>>> = {
  symmetric: async (client, KeyId) => ({
    CiphertextBlob: (await client.encrypt({ KeyId, Plaintext: message })).CiphertextBlob,
    GrantId: (
      await client.createGrant({
        KeyId,
        GranteePrincipal: 'arn:aws:iam::111122223333:user/grantee',
        Operations: ['Decrypt'],
      })
    ).GrantId,
  }),
  external: async (client, KeyId) => {
    const material = randomBytes(32)
    await importMaterial(client, KeyId, material)
    const { ImportToken, wrap } = await parametersForImport(client, KeyId)
    const EncryptedKeyMaterial = wrap(material)
    return { ...(await makers.symmetric(client, KeyId)), material, ImportToken, EncryptedKeyMaterial }
  },
  mac: async (client, KeyId) => ({
    Mac: (await client.generateMac({ KeyId, MacAlgorithm: 'HMAC_SHA_256', Message: message })).Mac,
  }),
  signing: async (client, KeyId) => ({
    Signature: (await client.sign({ KeyId, SigningAlgorithm: 'ECDSA_SHA_256', Message: message })).Signature,
  }),
  agreement: async () => ({}),
  encapsulation: async (client, KeyId) => ({
    SharedSecretCiphertextBlob: (await client.encapsulate({ KeyId, EncapsulationAlgorithm: 'ML_KEM' }))
      .SharedSecretCiphertextBlob,
  }),
}

interface Template {
  readonly stateFile: string
  readonly subject: Omit<Subject, 'kms' | 'region'>
}
interface InState extends Template {
  /** The time of its clock. */
  readonly now: number
  readonly subject: Omit<Subject, 'kms'>
}
const start = Date.UTC(2026, 0, 1)
const cluster = clusterOf('a')
const open = (stateFile: string, now = start): Kms =>
  createKms({
    stateFile,
    transitionMs,
    clock: createClock({ start: now, frozen: true }),
    cloudHsmClusters: [cluster],
  })

/** A custom key store, connected; for a key that is to be in one. */
const connectedStore = async (client: KMS, kms: Kms): Promise<string> => {
  const { CustomKeyStoreId } = await client.createCustomKeyStore(cloudHsmStore(cluster))
  await client.connectCustomKeyStore({ CustomKeyStoreId })
  kms.clock.advance({ milliseconds: transitionMs })
  return CustomKeyStoreId!
}

/** Makes an enabled key with all that goes with it, once for each kind. */
const makeTemplate = async (
  stateFile: string,
  kind: KeyKind,
  input: CreateKeyCommandInput = {},
): Promise<Template> => {
  const kms = open(stateFile)
  const client = clientOf(kms, home)
  const store = input.Origin === 'AWS_CLOUDHSM' ? { CustomKeyStoreId: await connectedStore(client, kms) } : {}
  const { KeyMetadata: key } = await client.createKey({
    MultiRegion: true,
    ...keyKinds[kind],
    ...input,
    ...store,
  })
  const id = key!.KeyId!
  const { KeyMetadata: other } = await client.createKey({})
  await client.createAlias({ AliasName: 'alias/other', TargetKeyId: other!.KeyId })
  await client.createAlias({ AliasName: 'alias/subject', TargetKeyId: id })
  const made = key!.KeyState === 'Enabled' || kind === 'external' ? await makers[kind](client, id) : {}
  return { stateFile, subject: { id, other: other!.KeyId!, away, made } }
}

const replicate = async (client: KMS, KeyId: string, kms: Kms): Promise<void> => {
  await client.replicateKey({ KeyId, ReplicaRegion: away })
  kms.clock.advance({ milliseconds: transitionMs })
}

type Bring = (context: {
  kms: Kms
  client: KMS
  id: string
  made: Readonly<Record<string, unknown>>
}) => Promise<void>

const asBuffer = (value: unknown): Buffer => {
  if (value instanceof Uint8Array) return Buffer.from(value)
  throw new Error('the template has no material')
}

/** What brings an enabled key into each state. */
const bringers: Readonly<Record<KeyState, Bring>> = {
  Enabled: ({ client, id, kms }) => replicate(client, id, kms),
  Disabled: async ({ client, id, kms }) => {
    await replicate(client, id, kms)
    await client.disableKey({ KeyId: id })
  },
  PendingDeletion: async ({ client, id }) => void (await client.scheduleKeyDeletion({ KeyId: id })),
  PendingReplicaDeletion: async ({ client, id, kms }) => {
    await replicate(client, id, kms)
    await client.scheduleKeyDeletion({ KeyId: id })
  },
  PendingImport: async ({ client, id }) => {
    const { KeyMetadata } = await client.describeKey({ KeyId: id })
    if (KeyMetadata!.KeyState === 'Enabled') await client.deleteImportedKeyMaterial({ KeyId: id })
  },
  Unavailable: async ({ client, id, kms }) => {
    const { KeyMetadata } = await client.describeKey({ KeyId: id })
    await client.disconnectCustomKeyStore({ CustomKeyStoreId: KeyMetadata!.CustomKeyStoreId })
    kms.clock.advance({ milliseconds: transitionMs })
  },
  Creating: async ({ client, id }) => void (await client.replicateKey({ KeyId: id, ReplicaRegion: away })),
  // There and back, so that the subject is a primary.
  Updating: async ({ client, id, kms, made }) => {
    const awayClient = clientOf(kms, away)
    await replicate(client, id, kms)
    if ('material' in made) await importMaterial(awayClient, id, asBuffer(made['material']))
    await client.updatePrimaryRegion({ KeyId: id, PrimaryRegion: away })
    kms.clock.advance({ milliseconds: transitionMs })
    await awayClient.updatePrimaryRegion({ KeyId: id, PrimaryRegion: home })
  },
}

/** The template that a state begins with: keys without material are of another origin, those in key stores in one Region. */
const variantOf = (kind: KeyKind, state: KeyState): readonly [KeyKind, CreateKeyCommandInput] => {
  if (state === 'Unavailable') return ['symmetric', { MultiRegion: false, Origin: 'AWS_CLOUDHSM' }]
  if (state !== 'PendingImport') return [kind, {}]
  return kind === 'symmetric' || kind === 'external' ? ['external', {}] : [kind, { Origin: 'EXTERNAL' }]
}

/** A key of the template, in the state. */
const bringTemplate = async (
  { stateFile, subject }: Template,
  state: KeyState,
  file: string,
): Promise<InState> => {
  await copyFile(stateFile, file)
  const kms = open(file)
  const client = clientOf(kms, home)
  const { id, made } = subject
  await bringers[state]({ kms, client, id, made })
  const region = state === 'Creating' ? away : home
  let { other } = subject
  if (region !== home) {
    const own = clientOf(kms, region)
    other = (await own.createKey({})).KeyMetadata!.KeyId!
    await own.createAlias({ AliasName: 'alias/other', TargetKeyId: other })
    await own.createAlias({ AliasName: 'alias/subject', TargetKeyId: id })
  }
  return { stateFile: file, subject: { ...subject, region, other }, now: kms.clock.now() }
}

/**
 * Brings keys into states, through the client where it can; `path` names files in a folder for it. Each is brought there
 * once; whoever asks gets a KMS of their own that begins with a copy of its state file.
 */
export const keysInStates = (
  path: (name: string) => string,
): ((kind: KeyKind, state: KeyState) => Promise<Subject>) => {
  const templates = new Map<string, Promise<Template>>()
  const inStates = new Map<string, Promise<InState>>()
  let files = 0
  const newFile = (): string => path(`${(files += 1)}.json`)
  const once = <T>(made: Map<string, Promise<T>>, name: string, make: () => Promise<T>): Promise<T> => {
    const value = made.get(name) ?? make()
    made.set(name, value)
    return value
  }
  return async (kind, state) => {
    const [like, input] = variantOf(kind, state)
    const name = `${like} ${JSON.stringify(input)}`
    const { stateFile, subject, now } = await once(inStates, `${name} ${state}`, async () => {
      const template = await once(templates, name, () => makeTemplate(newFile(), like, input))
      return bringTemplate(template, state, newFile())
    })
    const file = newFile()
    await copyFile(stateFile, file)
    return { ...subject, kms: open(file, now) }
  }
}
