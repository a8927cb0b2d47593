import { randomUUID } from 'node:crypto'
import type { CallOptions } from '../backend/backend.js'
import { InputError, KeyringError } from '../errors.js'
import { holding, isBranchKeyVersion } from '../keyring/branch-key.js'
import type { BeaconKey, BranchKeySource } from '../keyring/branch-key.js'
import { checkContext, loneSurrogate, type EncryptionContext } from '../materials/encryption-context.js'
import {
  activeAttributes,
  activeType,
  beaconAttributes,
  beaconType,
  checkRecord,
  customContext,
  newVersionAttributes,
  nextVersionAttributes,
  shown,
  versionIn,
  versionType,
} from './branch-key-attributes.js'
import { branchKeyKms, type BranchKeyKms, type BranchKeyKmsOptions } from './branch-key-kms.js'
import type { BranchKeyRecord, BranchKeyStorage } from './branch-key-storage.js'

export type { BranchKeyKmsOptions } from './branch-key-kms.js'

export interface BranchKeyStoreOptions extends BranchKeyKmsOptions {
  /**
   * Bound to every branch key, so that records of one store mean nothing in another: a name for each table or location,
   * which stays when a backup is restored under another name. Public.
   */
  readonly logicalName: string
  /** `branchKeyTable` of @sealring/backend-dynamodb for the table of other SDKs, or `backendBranchKeys` of any backend. */
  readonly storage: BranchKeyStorage
  /** The time in milliseconds, for `create-time`. Default `Date.now`. */
  readonly clock?: () => number
}

export interface NewBranchKey {
  /** Default a random UUID. With one of your own, give an encryption context. Public. */
  readonly branchKeyId?: string
  /** Bound to every version of the branch key. Public. */
  readonly encryptionContext?: EncryptionContext
}

export interface BranchKeyName {
  readonly branchKeyId: string
  /** The UUID of the version that is active now. */
  readonly version: string
}

/**
 * framework/branch-key-store.md. Each method throws BRANCH_KEY_UNAVAILABLE when KMS refuses or can't be reached, and what
 * the storage throws.
 */
export interface BranchKeyStore extends BranchKeySource {
  /** Throws BRANCH_KEY_NOT_FOUND, BRANCH_KEY_INVALID. */
  readonly getBeacon: (branchKeyId: string, options?: CallOptions) => Promise<BeaconKey>
  /** A new branch key, with its first version and its beacon key. Throws BRANCH_KEY_EXISTS, INVALID_ARGUMENT, INVALID_CONTEXT. */
  readonly create: (branchKey?: NewBranchKey, options?: CallOptions) => Promise<BranchKeyName>
  /** A new version, which seals from now on; earlier ones still open. Throws BRANCH_KEY_NOT_FOUND, BRANCH_KEY_INVALID, BRANCH_KEY_CONFLICT. */
  readonly rotate: (branchKeyId: string, options?: CallOptions) => Promise<BranchKeyName>
}

function checkId(branchKeyId: unknown): asserts branchKeyId is string {
  if (typeof branchKeyId === 'string' && branchKeyId !== '' && !loneSurrogate.test(branchKeyId)) return
  throw new InputError('INVALID_ARGUMENT', 'A branch key id must be a text that is not empty')
}

function checkNew({ branchKeyId, encryptionContext = {} }: NewBranchKey): void {
  checkContext(encryptionContext)
  if (branchKeyId === undefined) return
  checkId(branchKeyId)
  // #createkey
  if (Object.keys(encryptionContext).length === 0) {
    throw new InputError('INVALID_ARGUMENT', 'A branch key id of your own needs an encryption context')
  }
}

function checkStorage(storage: Partial<BranchKeyStorage> | undefined): void {
  for (const method of [storage?.read, storage?.create, storage?.rotate]) {
    if (typeof method !== 'function')
      throw new KeyringError('KEYRING_INVALID', 'storage must keep branch keys')
  }
}

/** A record that the storage has, checked, but not yet authenticated. */
async function found(
  storage: BranchKeyStorage,
  branchKeyId: string,
  type: string,
  options: CallOptions | undefined,
): Promise<BranchKeyRecord> {
  checkId(branchKeyId)
  const record = await storage.read({ branchKeyId, type }, options)
  if (record === undefined) {
    throw new KeyringError(
      'BRANCH_KEY_NOT_FOUND',
      `There is no "${shown(type)}" of the branch key "${shown(branchKeyId)}"`,
    )
  }
  checkRecord(record, { branchKeyId, type })
  return record
}

/** The two records of a new version: #wrapped-branch-key-creation. */
async function wrapped(
  kms: BranchKeyKms,
  keyId: string,
  attributes: BranchKeyRecord['attributes'],
  options: CallOptions | undefined,
) {
  const version = await kms.generate(keyId, attributes, options)
  return { version, active: await kms.reEncrypt(keyId, version, activeAttributes(attributes), options) }
}

/**
 * Branch keys that AWS KMS wraps and `storage` keeps (framework/branch-key-store.md, hierarchy version 1), for
 * `hierarchicalKeyring`. What this writes other SDKs read, and the other way round, where the storage has their form.
 * One call of KMS to get a key, three to create one, three to rotate one. Throws KEYRING_INVALID.
 */
export function branchKeyStore(options: BranchKeyStoreOptions): BranchKeyStore {
  const { logicalName, storage, clock = Date.now } = options
  if (typeof logicalName !== 'string' || logicalName === '' || loneSurrogate.test(logicalName)) {
    throw new KeyringError('KEYRING_INVALID', 'logicalName must be a text that is not empty')
  }
  checkStorage(storage)
  const kms = branchKeyKms(options, logicalName)

  async function get(branchKeyId: string, type: string, callOptions: CallOptions | undefined) {
    const record = await found(storage, branchKeyId, type, callOptions)
    const keyId = kms.keyFor(record.attributes['kms-arn']!)
    const key = await kms.decrypt(keyId, record, callOptions)
    return { key, attributes: record.attributes }
  }

  async function getBranchKey(branchKeyId: string, type: string, callOptions: CallOptions | undefined) {
    const { key, attributes } = await get(branchKeyId, type, callOptions)
    const encryptionContext = customContext(attributes)
    return holding({ branchKeyId, version: versionIn(attributes), encryptionContext }, key)
  }

  return {
    logicalName,

    getActive: (branchKeyId, callOptions) => getBranchKey(branchKeyId, activeType, callOptions),

    async getVersion(branchKeyId, version, callOptions) {
      if (!isBranchKeyVersion(version)) {
        throw new InputError('INVALID_ARGUMENT', 'A version must be a UUID in lower case')
      }
      return getBranchKey(branchKeyId, versionType(version), callOptions)
    },

    async getBeacon(branchKeyId, callOptions) {
      const { key, attributes } = await get(branchKeyId, beaconType, callOptions)
      return holding({ branchKeyId, encryptionContext: customContext(attributes) }, key)
    },

    async create(branchKey = {}, callOptions) {
      checkNew(branchKey)
      const { branchKeyId = randomUUID(), encryptionContext = {} } = branchKey
      const keyId = kms.wrappingKey()
      const version = randomUUID()
      const attributes = newVersionAttributes(branchKeyId, version, keyId, encryptionContext, clock())
      const records = {
        ...(await wrapped(kms, keyId, attributes, callOptions)),
        beacon: await kms.generate(keyId, beaconAttributes(attributes), callOptions),
      }
      if ((await storage.create(records, callOptions)) === 'created') return { branchKeyId, version }
      throw new KeyringError('BRANCH_KEY_EXISTS', `The branch key "${shown(branchKeyId)}" is there already`)
    },

    async rotate(branchKeyId, callOptions) {
      kms.wrappingKey()
      const former = await found(storage, branchKeyId, activeType, callOptions)
      const keyId = kms.keyFor(former.attributes['kms-arn']!)
      // #authenticating-a-keystore-item: what is carried over must be what was created.
      await kms.reEncrypt(keyId, former, former.attributes, callOptions)
      const version = randomUUID()
      const attributes = nextVersionAttributes(former.attributes, version, clock())
      const records = { ...(await wrapped(kms, keyId, attributes, callOptions)), former }
      if ((await storage.rotate(records, callOptions)) === 'rotated') return { branchKeyId, version }
      throw new KeyringError(
        'BRANCH_KEY_CONFLICT',
        `The branch key "${shown(branchKeyId)}" was rotated by somebody else meanwhile`,
      )
    },
  }
}
