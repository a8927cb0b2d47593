import { KeyringError } from '../errors.js'
import type { EncryptionContext } from '../materials/encryption-context.js'

interface KeyHolder {
  /**
   * The key itself, 32 bytes in memory of their own that become the caller's: to be zeroed when they are done with.
   * `util.inspect` and JSON don't show them.
   */
  readonly key: Uint8Array
}

/** framework/structures.md#branch-key-materials */
export interface BranchKey extends KeyHolder {
  readonly branchKeyId: string
  /** A UUID in lower case. */
  readonly version: string
  /** The pairs that the branch key was created with. */
  readonly encryptionContext: EncryptionContext
}

/** framework/structures.md#beacon-key-materials: the root of the keys for searchable encryption, which other SDKs have. */
export interface BeaconKey extends KeyHolder {
  readonly branchKeyId: string
  readonly encryptionContext: EncryptionContext
}

export interface BranchKeyCallOptions {
  /** Aborts the call; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** Where a hierarchical keyring gets branch keys from. */
export interface BranchKeySource {
  /** framework/branch-key-store.md#logical-keystore-name. */
  readonly logicalName: string
  /** The version to seal with. Throws BRANCH_KEY_NOT_FOUND among others. */
  readonly getActive: (branchKeyId: string, options?: BranchKeyCallOptions) => Promise<BranchKey>
  /** The version that sealed. Throws BRANCH_KEY_NOT_FOUND among others. */
  readonly getVersion: (
    branchKeyId: string,
    version: string,
    options?: BranchKeyCallOptions,
  ) => Promise<BranchKey>
}

export const branchKeyLength = 32

const versionGrammar = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export function isBranchKeyVersion(version: unknown): version is string {
  return typeof version === 'string' && versionGrammar.test(version)
}

/** An object that has `key` without showing it. */
export function holding<Fields extends object>(fields: Fields, key: Uint8Array): Fields & KeyHolder {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- TypeScript doesn't see what defineProperty adds
  return Object.defineProperty({ ...fields }, 'key', { get: () => key }) as Fields & KeyHolder
}

/**
 * A source that gives one buffer twice has it zeroed by whoever is done with it first: nobody may seal under that. Throws
 * BRANCH_KEY_INVALID.
 */
export function refuseZeroed({ key }: KeyHolder): void {
  if (key.some((byte) => byte !== 0)) return
  throw new KeyringError(
    'BRANCH_KEY_INVALID',
    'The branch key store gave a key that is zeroed: each call needs its own',
  )
}

/** Holds what a source gave to what was asked of it. Throws BRANCH_KEY_INVALID. */
export function checkBranchKey(branchKey: BranchKey, branchKeyId: string, version?: string): void {
  const { key } = branchKey
  const fits =
    branchKey.branchKeyId === branchKeyId &&
    isBranchKeyVersion(branchKey.version) &&
    (version === undefined || branchKey.version === version) &&
    key instanceof Uint8Array &&
    key.byteLength === branchKeyLength
  if (fits) return refuseZeroed(branchKey)
  if (key instanceof Uint8Array) key.fill(0)
  throw new KeyringError('BRANCH_KEY_INVALID', 'The branch key store gave something else than was asked for')
}
