import { KeyringError } from '../errors.js'
import type { DecryptionMaterials, EncryptionMaterials } from '../materials/materials.js'
import { lruMaterials, type LruMaterials } from './lru-materials.js'

export interface MaterialsCacheOptions {
  /** Entries kept for sealing, and as many for opening; the least recently used go first. 0 to 2^20, default 1000. */
  readonly capacity?: number
  /** The time in milliseconds. Default `Date.now`. */
  readonly clock?: () => number
}

/** Plaintext data keys in the memory of this process. It has nothing to close: its timer keeps no process alive. */
export interface MaterialsCache {
  /** Evict everything. Data keys are zeroed at once, or with the last message that is just being sealed or opened. */
  readonly clear: () => void
}

/** Where the managers find what they share; not for anybody else. */
export const cachedMaterials: unique symbol = Symbol('cached materials')

export interface CachedMaterials {
  readonly [cachedMaterials]: {
    readonly encryption: LruMaterials<EncryptionMaterials>
    readonly decryption: LruMaterials<DecryptionMaterials>
  }
}

const defaultCapacity = 1000
const maxCapacity = 2 ** 20

export function isMaterialsCache(value: unknown): value is MaterialsCache & CachedMaterials {
  return typeof value === 'object' && value !== null && cachedMaterials in value
}

/** Throws KEYRING_INVALID. */
export function newMaterialsCache(options: MaterialsCacheOptions): MaterialsCache & CachedMaterials {
  const { capacity = defaultCapacity, clock = Date.now } = options
  if (!Number.isInteger(capacity) || capacity < 0 || capacity > maxCapacity) {
    throw new KeyringError('KEYRING_INVALID', `capacity must be an integer from 0 to ${maxCapacity}`)
  }
  if (typeof clock !== 'function') throw new KeyringError('KEYRING_INVALID', 'clock must be a function')
  const encryption = lruMaterials<EncryptionMaterials>(capacity, clock)
  const decryption = lruMaterials<DecryptionMaterials>(capacity, clock)
  return {
    [cachedMaterials]: { encryption, decryption },
    clear() {
      encryption.clear('')
      decryption.clear('')
    },
  }
}

/**
 * A cache for several `cachingMaterialsManager`s (framework/local-cryptographic-materials-cache.md), which then have one capacity. They use
 * each other's entries only where their `partition` is the same. Throws KEYRING_INVALID.
 */
export function materialsCache(options: MaterialsCacheOptions = {}): MaterialsCache {
  return newMaterialsCache(options)
}
