import type { KeyringNode, NodeMaterialsManager } from '@aws-crypto/material-management-node'
import type { Backend } from '../backend/backend.js'
import type { Floors } from './floors.js'
import type { Manifests } from './manifests.js'
import type { SpoolLimits } from './spool.js'
import type { ReadRepair } from './read-repair.js'

/** What the operations of one store share: its options, checked, and what it remembers. */
export interface StoreParts {
  readonly id: string
  readonly keyring: KeyringNode | NodeMaterialsManager
  /** Nearest first. */
  readonly locations: readonly Backend[]
  readonly arbiter: Backend
  /** The locations except the arbiter, in the same order. */
  readonly replicas: readonly Backend[]
  readonly suite: 'signed' | 'unsigned'
  readonly maxAttempts: number
  /** Milliseconds; see StoreOptions. */
  readonly hedgeAfter: number | false
  readonly spool: SpoolLimits
  readonly floors: Floors
  readonly manifests: Manifests
  /** Absent where reads shall not write. */
  readonly readRepair?: ReadRepair | undefined
}
