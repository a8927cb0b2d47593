import type { KeyringNode, NodeMaterialsManager } from '@aws-crypto/material-management-node'
import type { Backend } from '../backend/backend.js'
import type { ReadRepairReport } from './repair-report.js'

export interface StoreOptions {
  /** Stable id of the store: `/^[a-z0-9][a-z0-9._-]{0,62}$/`. Bound into every entry; public. */
  id: string
  /** Any keyring or materials manager of the AWS Encryption SDK. */
  keyring: KeyringNode | NodeMaterialsManager
  /** Where entries are kept, nearest first: the order in which reads ask. At least one, ids distinct. */
  locations: readonly Backend[]
  /**
   * `id` of the location that orders writers. Must be what the manifests say. Default: the first one; then the first write
   * of a store needs every location, so that clients with other orders can't choose differently.
   */
  arbiter?: string
  /**
   * Algorithm suite of new entries: 'signed' (default) is 0x0578, 'unsigned' 0x0478, both committing. A store opened
   * for signed entries refuses to read unsigned ones (SUITE_NOT_ALLOWED), which every reader could have made.
   */
  suite?: 'signed' | 'unsigned'
  /** How often a put that lost a race seals anew at the next revision. Default 8. */
  maxAttempts?: number
  /**
   * Milliseconds after which a `get` also asks the next location when one has not answered yet; the first that can serve
   * does, and the slow one stands in `failures` as COPY_SLOW. 0 asks all of them at once, `false` none before the one
   * before has failed. Default 200.
   */
  hedgeAfter?: number | false
  /** Where the sealed bytes of a streamed put wait until every location has them. */
  spool?: SpoolOptions
  /**
   * Whether a `get` that found copies missing, stale or damaged on its way has the revision that it served repaired, by
   * the rules of `repair`. In the background, one run at a time for each revision; a location that answered ACCESS_DENIED
   * is left alone for ten minutes. Never delays or fails the `get`, unless told to `wait`. Default false: reads don't write.
   */
  readRepair?: boolean | ReadRepairOptions
}

export interface ReadRepairOptions {
  /** `get` resolves when the repair is done. Default false. */
  wait?: boolean
  /** Called after each repair. */
  onReport?: (report: ReadRepairReport) => unknown
}

export interface SpoolOptions {
  /** Sealed bytes of one put that are kept in memory; beyond, all of them go to a temporary file. Default 8 MiB. */
  memoryBytes?: number
  /**
   * Existing folder for that file, which holds ciphertext only, has mode 0600, and no name while it is used (on Windows it
   * has one until the put ends, and stays when the process is killed). Default: `os.tmpdir()`.
   */
  directory?: string
}
