import { KeyringError } from '../errors.js'
import type { BranchKey } from './branch-key.js'
import { lruMaterials, type LruMaterials } from './lru-materials.js'

export interface BranchKeyCacheOptions {
  /** Branch keys kept, versions counted one by one; the least recently used go first. 0 to 2^20, default 1000. */
  readonly capacity?: number
  /** The time in milliseconds. Default `Date.now`. */
  readonly clock?: () => number
}

/** Plaintext branch keys in the memory of this process. It has nothing to close: its timer keeps no process alive. */
export interface BranchKeyCache {
  /** Evict everything. Branch keys are zeroed at once, or with the data key that is just being wrapped or unwrapped. */
  readonly clear: () => void
}

export interface HeldBranchKey {
  readonly branchKey: BranchKey
  /** When the store was asked: what it says later may be older than its answer. */
  readonly asked: number
  /** From when on it is asked again, ahead of the end. */
  refreshAt: number
  readonly release: () => void
}

/** Where the keyrings find what they share; not for anybody else. */
export const cachedBranchKeys: unique symbol = Symbol('cached branch keys')

export interface CachedBranchKeys {
  readonly [cachedBranchKeys]: { readonly keys: LruMaterials<HeldBranchKey>; readonly clock: () => number }
}

const defaultCapacity = 1000
const maxCapacity = 2 ** 20

export function isBranchKeyCache(value: unknown): value is BranchKeyCache & CachedBranchKeys {
  return typeof value === 'object' && value !== null && cachedBranchKeys in value
}

/** Throws KEYRING_INVALID. */
export function newBranchKeyCache(options: BranchKeyCacheOptions): BranchKeyCache & CachedBranchKeys {
  const { capacity = defaultCapacity, clock = Date.now } = options
  if (!Number.isInteger(capacity) || capacity < 0 || capacity > maxCapacity) {
    throw new KeyringError('KEYRING_INVALID', `capacity must be an integer from 0 to ${maxCapacity}`)
  }
  if (typeof clock !== 'function') throw new KeyringError('KEYRING_INVALID', 'clock must be a function')
  const keys = lruMaterials<HeldBranchKey>(capacity, clock)
  return { [cachedBranchKeys]: { keys, clock }, clear: () => keys.clear('') }
}

/**
 * A cache for several `hierarchicalKeyring`s (framework/aws-kms/aws-kms-hierarchical-keyring.md#shared-cache-considerations), which then
 * have one capacity. They use each other's branch keys only where their `partition` and the logical name of their key
 * stores are the same. Throws KEYRING_INVALID.
 */
export function branchKeyCache(options: BranchKeyCacheOptions = {}): BranchKeyCache {
  return newBranchKeyCache(options)
}
