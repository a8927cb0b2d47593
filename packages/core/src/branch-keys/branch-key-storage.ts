import type { CallOptions } from '../backend/backend.js'

/**
 * One record of a branch key (framework/branch-key-store.md#record-format). It holds no secret, and nothing of it can
 * be believed before AWS KMS has decrypted `ciphertext` with all attributes as its encryption context.
 */
export interface BranchKeyRecord {
  /**
   * Everything but the ciphertext, as text, under the specification's names: `branch-key-id`, `type`, `create-time`,
   * `kms-arn`, `hierarchy-version`; `version` of the active one; `aws-crypto-ec:…`.
   */
  readonly attributes: Readonly<Record<string, string>>
  /** `enc`: what KMS encrypted. */
  readonly ciphertext: Uint8Array
}

/** `type` is 'branch:ACTIVE', 'beacon:ACTIVE' or 'branch:version:' and a UUID. */
export interface BranchKeyRecordId {
  readonly branchKeyId: string
  readonly type: string
}

export interface NewBranchKeyRecords {
  readonly version: BranchKeyRecord
  readonly active: BranchKeyRecord
  readonly beacon: BranchKeyRecord
}

export interface RotatedBranchKeyRecords {
  readonly version: BranchKeyRecord
  readonly active: BranchKeyRecord
  /** The active record that `active` takes the place of. */
  readonly former: BranchKeyRecord
}

/**
 * Keeps the records of branch keys for `branchKeyStore`, and checks none. Failures are a `BackendError`, or the
 * signal's reason. What it returns belongs to the caller.
 */
export interface BranchKeyStorage {
  /** `undefined` when there is none. Sees every write that was acknowledged. */
  readonly read: (id: BranchKeyRecordId, options?: CallOptions) => Promise<BranchKeyRecord | undefined>
  /** Writes all three records, or none where the branch key is there already. Of several racers one is told `created`. */
  readonly create: (records: NewBranchKeyRecords, options?: CallOptions) => Promise<'created' | 'exists'>
  /**
   * Adds a version and puts another active record in place of `former`; does nothing when that isn't the active one any
   * more. Of several racers one is told `rotated`. Every version that was active stays.
   */
  readonly rotate: (records: RotatedBranchKeyRecords, options?: CallOptions) => Promise<'rotated' | 'changed'>
}
