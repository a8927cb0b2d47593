import { checkBranchKey, refuseZeroed, type BranchKey, type BranchKeySource } from './branch-key.js'
import { cachedBranchKeys, type CachedBranchKeys, type HeldBranchKey } from './branch-key-cache.js'
import type { CacheEntry } from './lru-materials.js'
import { partitionPrefix } from './materials-cache-key.js'

export interface BranchKeysInUseOptions {
  readonly keyStore: BranchKeySource
  readonly cache: CachedBranchKeys
  readonly partition: string
  readonly maxAge: number
  readonly timeoutMilliseconds: number
  readonly onRefreshFailure: (error: unknown) => void
}

/** `version` left out: the active one. `work` must not keep the key: it is zeroed when the last user is done. */
export type UseBranchKey = <Result>(
  branchKeyId: string,
  version: string | undefined,
  work: (branchKey: BranchKey) => Result,
) => Promise<Result>

/** The share of its time after which a branch key is asked for again; so much more at random, lest a fleet asks at once. */
const refreshFrom = 0.75
const refreshJitter = 0.15
/** Milliseconds until a refresh that failed is tried again (framework/storm-tracking-cryptographic-materials-cache.md#grace-interval). */
const refreshInterval = 1000

/**
 * Branch keys from a cache, or from the key store, which is asked once however many wait. A key that is about to expire
 * is asked for anew while the old one is in use.
 */
export function branchKeysInUse(options: BranchKeysInUseOptions): UseBranchKey {
  const { keyStore, partition, maxAge, timeoutMilliseconds, onRefreshFailure } = options
  const { keys, clock } = options.cache[cachedBranchKeys]
  // framework/aws-kms/aws-kms-hierarchical-keyring.md#appendix-a-cache-entry-identifier-formulas: the fields themselves.
  const prefix = partitionPrefix(partition) + partitionPrefix(keyStore.logicalName)

  const isCurrent = ({ asked }: HeldBranchKey) => {
    const age = clock() - asked
    return age >= 0 && age < maxAge
  }

  async function ask(branchKeyId: string, version: string | undefined): Promise<HeldBranchKey> {
    const asked = clock()
    const signal = AbortSignal.timeout(timeoutMilliseconds)
    const branchKey = await (version === undefined
      ? keyStore.getActive(branchKeyId, { signal })
      : keyStore.getVersion(branchKeyId, version, { signal }))
    checkBranchKey(branchKey, branchKeyId, version)
    const refreshAt = asked + maxAge * (refreshFrom + refreshJitter * Math.random())
    return { branchKey, asked, refreshAt, release: () => branchKey.key.fill(0) }
  }

  function find(cacheKey: string): CacheEntry<HeldBranchKey> | undefined {
    const entry = keys.find(cacheKey, maxAge)
    if (entry === undefined || isCurrent(entry.materials)) return entry
    keys.evict(entry)
    keys.letGo(entry)
    return undefined
  }

  async function refresh(held: HeldBranchKey, fetch: () => Promise<CacheEntry<HeldBranchKey>>) {
    held.refreshAt = Infinity
    try {
      keys.letGo(await fetch())
    } catch (error) {
      held.refreshAt = clock() + refreshInterval
      onRefreshFailure(error)
    }
  }

  return async (branchKeyId, version, work) => {
    const cacheKey = `${prefix}${version ?? ''};${branchKeyId}`
    const fetch = () =>
      keys.fetch(
        cacheKey,
        maxAge,
        () => ask(branchKeyId, version),
        () => true,
      )
    const found = find(cacheKey)
    if (found !== undefined && clock() >= found.materials.refreshAt) void refresh(found.materials, fetch)
    const entry = found ?? (await fetch())
    try {
      refuseZeroed(entry.materials.branchKey)
      return work(entry.materials.branchKey)
    } finally {
      keys.letGo(entry)
    }
  }
}
