import { KeyringError } from '../errors.js'
import { loneSurrogate, type EncryptionContext } from '../materials/encryption-context.js'
import type { BranchKeySource } from './branch-key.js'
import { isBranchKeyCache, newBranchKeyCache } from './branch-key-cache.js'
import type { BranchKeyCache, BranchKeyCacheOptions, CachedBranchKeys } from './branch-key-cache.js'

/**
 * Give `branchKeyId` or `branchKeyIdFor`. `cache` takes the place of `capacity` and `clock`.
 */
export interface HierarchicalKeyringOptions extends BranchKeyCacheOptions {
  /** What `branchKeyStore` made, or anything that gives branch keys. */
  readonly keyStore: BranchKeySource
  /** The branch key of every message. Public: it stands in each of them. */
  readonly branchKeyId?: string
  /**
   * The branch key for an encryption context, such as that of its tenant. When a message is opened, nothing of the
   * context is authenticated yet.
   */
  readonly branchKeyIdFor?: (encryptionContext: EncryptionContext) => string | Promise<string>
  /** Milliseconds that a branch key may be used for; more than 0. */
  readonly maxAge: number
  /** A cache to share with other keyrings. Default one of its own. */
  readonly cache?: BranchKeyCache
  /** Keyrings of one cache that name the same partition use each other's branch keys. Default one of its own. */
  readonly partition?: string
  /** How long the key store may take, in milliseconds. Default 10,000. */
  readonly timeoutMilliseconds?: number
  /**
   * Hears why a branch key couldn't be asked for ahead of its end; it is used on until then, and the store asked again
   * each second.
   */
  readonly onRefreshFailure?: (error: unknown) => void
}

export interface CheckedHierarchical {
  readonly keyStore: BranchKeySource
  readonly idFor: (context: EncryptionContext) => string | Promise<string>
  readonly cache: CachedBranchKeys
  readonly partition: string | undefined
  readonly maxAge: number
  readonly timeoutMilliseconds: number
  readonly onRefreshFailure: (error: unknown) => void
}

/** The longest that a timer of Node waits. */
const maxTimeout = 2 ** 31 - 1
/** What a data key's provider info can hold (data-format/message-header.md#encrypted-data-key-entries). */
const maxIdBytes = 0xffff

function invalid(message: string): KeyringError {
  return new KeyringError('KEYRING_INVALID', message)
}

function checkedIdFor({ branchKeyId, branchKeyIdFor }: HierarchicalKeyringOptions) {
  if ((branchKeyId === undefined) === (branchKeyIdFor === undefined)) {
    throw invalid('Give one of branchKeyId and branchKeyIdFor')
  }
  if (branchKeyIdFor !== undefined) {
    if (typeof branchKeyIdFor === 'function') return branchKeyIdFor
    throw invalid('branchKeyIdFor must be a function')
  }
  const fits = typeof branchKeyId === 'string' && branchKeyId !== '' && !loneSurrogate.test(branchKeyId)
  if (!fits || Buffer.byteLength(branchKeyId) > maxIdBytes) {
    throw invalid('The branch key id must be a text that is not empty')
  }
  return () => branchKeyId
}

function checkedStore(keyStore: Partial<BranchKeySource> | undefined): void {
  const { logicalName, getActive, getVersion } = keyStore ?? {}
  const fits = typeof getActive === 'function' && typeof getVersion === 'function'
  if (fits && typeof logicalName === 'string') return
  throw invalid('keyStore must be a branch key store')
}

/** One warning of the process for a listener that throws, with no more than its error's name. */
function guarded(listener: ((error: unknown) => void) | undefined): (error: unknown) => void {
  return (failure) => {
    try {
      listener?.(failure)
    } catch (error) {
      const name = error instanceof Error ? error.name : typeof error
      process.emitWarning(`onRefreshFailure of a hierarchical keyring failed: ${name}`, {
        code: 'SEALRING_REPORT',
      })
    }
  }
}

/** Throws KEYRING_INVALID. */
export function checkedHierarchical(options: HierarchicalKeyringOptions): CheckedHierarchical {
  const { keyStore, maxAge, cache, capacity, clock, partition, onRefreshFailure } = options
  const { timeoutMilliseconds = 10_000 } = options
  checkedStore(keyStore)
  if (typeof maxAge !== 'number' || !Number.isFinite(maxAge) || maxAge <= 0) {
    throw invalid('maxAge must be a number of milliseconds, more than 0')
  }
  if (!Number.isInteger(timeoutMilliseconds) || timeoutMilliseconds < 1 || timeoutMilliseconds > maxTimeout) {
    throw invalid(`timeoutMilliseconds must be an integer from 1 to ${maxTimeout}`)
  }
  if (partition !== undefined && (typeof partition !== 'string' || partition === '')) {
    throw invalid('partition must be a text')
  }
  if (cache !== undefined && !isBranchKeyCache(cache)) {
    throw invalid('cache must be one that branchKeyCache made')
  }
  if (cache !== undefined && (capacity !== undefined || clock !== undefined)) {
    throw invalid('capacity and clock are those of the cache that is given')
  }
  if (onRefreshFailure !== undefined && typeof onRefreshFailure !== 'function') {
    throw invalid('onRefreshFailure must be a function')
  }
  return {
    keyStore,
    idFor: checkedIdFor(options),
    cache: cache ?? newBranchKeyCache(options),
    partition,
    maxAge,
    timeoutMilliseconds,
    onRefreshFailure: guarded(onRefreshFailure),
  }
}
