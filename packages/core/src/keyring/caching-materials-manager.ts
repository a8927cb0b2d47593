import { randomUUID } from 'node:crypto'
import type { NodeMaterialsManager } from '@aws-crypto/material-management-node'
import { KeyringError } from '../errors.js'
import type { AlgorithmSuite } from '../materials/algorithm-suites.js'
import { decryptionMaterials } from '../materials/decryption-materials.js'
import { encryptionMaterials } from '../materials/encryption-materials.js'
import { directManager } from '../materials/materials.js'
import type {
  DecryptionMaterials,
  DirectManager,
  EncryptionMaterials,
  DecryptionRequest,
  EncryptionRequest,
} from '../materials/materials.js'
import { awsManagerFace } from './aws-manager-face.js'
import { backingSource, type BackingOptions } from './backing-source.js'
import type { CacheEntry, LruMaterials, Releasable } from './lru-materials.js'
import { cachedMaterials, isMaterialsCache, newMaterialsCache } from './materials-cache.js'
import type { MaterialsCache, MaterialsCacheOptions } from './materials-cache.js'
import { decryptionKey, encryptionKey, partitionPrefix } from './materials-cache-key.js'

interface CachingOptions {
  /** Milliseconds that a data key may be used for; more than 0. */
  readonly maxAge: number
  /** Messages that may be sealed under one data key: 1 to 2^32, the default. */
  readonly maxMessages?: number
  /** Bytes of plaintext that may be sealed under one data key: 1 to 2^53 − 1, the default. */
  readonly maxBytes?: number
  /** A cache to share with other managers, in place of `capacity` and `clock`. Default one of its own. */
  readonly cache?: MaterialsCache
  /** Managers of one cache that name the same partition use each other's entries. Default one of its own. */
  readonly partition?: string
}

export type CachingMaterialsManagerOptions = BackingOptions & CachingOptions & MaterialsCacheOptions

export interface CachingMaterialsManager extends NodeMaterialsManager {
  /** Evict everything in this manager's partition, as `MaterialsCache.clear` does. */
  readonly clear: () => void
}

/** framework/caching-cmm.md#limit-messages */
const messagesBound = 2 ** 32

function limit(name: string, value: number, bound: number): number {
  if (!Number.isSafeInteger(value) || value < 1 || value > bound) {
    throw new KeyringError('KEYRING_INVALID', `${name} must be an integer from 1 to ${bound}`)
  }
  return value
}

function checkedOptions(options: CachingMaterialsManagerOptions) {
  const { maxAge, maxMessages = messagesBound, maxBytes = Number.MAX_SAFE_INTEGER } = options
  const { cache, capacity, clock, partition = randomUUID() } = options
  if (typeof maxAge !== 'number' || !Number.isFinite(maxAge) || maxAge <= 0) {
    throw new KeyringError('KEYRING_INVALID', 'maxAge must be a number of milliseconds, more than 0')
  }
  if (typeof partition !== 'string' || partition === '') {
    throw new KeyringError('KEYRING_INVALID', 'partition must be a text')
  }
  if (cache !== undefined && !isMaterialsCache(cache)) {
    throw new KeyringError('KEYRING_INVALID', 'cache must be one that materialsCache made')
  }
  if (cache !== undefined && (capacity !== undefined || clock !== undefined)) {
    throw new KeyringError('KEYRING_INVALID', 'capacity and clock are those of the cache that is given')
  }
  return {
    source: backingSource(options),
    maxAge,
    maxMessages: limit('maxMessages', maxMessages, messagesBound),
    maxBytes: limit('maxBytes', maxBytes, Number.MAX_SAFE_INTEGER),
    prefix: partitionPrefix(partition),
    ...(cache ?? newMaterialsCache(options))[cachedMaterials],
  }
}

/** Without a KDF the data key itself encrypts: a second message would repeat its IVs. */
function isReusable({ suite }: { readonly suite: AlgorithmSuite }): boolean {
  return suite.kdfHash !== undefined
}

/** Lets go of an entry, once however often it is called. */
function letGoOnce<Materials extends Releasable>(
  cache: LruMaterials<Materials>,
  entry: CacheEntry<Materials>,
): () => void {
  let held = true
  return () => {
    if (!held) return
    held = false
    cache.letGo(entry)
  }
}

function directFace(options: ReturnType<typeof checkedOptions>): DirectManager[typeof directManager] {
  const { source, maxAge, maxMessages, maxBytes, prefix, encryption, decryption } = options

  /** framework/caching-cmm.md#usage-stats: counted before the use, so that no limit is ever exceeded. */
  function spend(entry: CacheEntry<EncryptionMaterials>, length: number): boolean {
    const messages = isReusable(entry.materials) ? maxMessages : 1
    if (entry.messages >= messages || length > maxBytes - entry.bytes) return false
    entry.messages += 1
    entry.bytes += length
    return true
  }

  async function askToEncrypt(request: EncryptionRequest): Promise<EncryptionMaterials> {
    // They are for plaintexts of other lengths, too.
    const materials = await encryptionMaterials(source, { ...request, plaintextLength: undefined })
    // The callers of many messages get to see this object.
    Object.freeze(materials.encryptionContext)
    return materials
  }

  function use(entry: CacheEntry<EncryptionMaterials>): EncryptionMaterials {
    const { suite, encryptionContext, requiredContextKeys, storedContext } = entry.materials
    const { dataKey, encryptedDataKeys, signingKey, missingKeys } = entry.materials
    return {
      suite,
      encryptionContext,
      requiredContextKeys,
      storedContext,
      dataKey,
      encryptedDataKeys,
      signingKey,
      ...(missingKeys && { missingKeys }),
      release: letGoOnce(encryption, entry),
    }
  }

  async function fetchToEncrypt(
    key: string,
    request: EncryptionRequest,
    length: number,
  ): Promise<EncryptionMaterials> {
    for (;;) {
      const entry =
        encryption.find(key, maxAge) ??
        (await encryption.fetch(key, maxAge, () => askToEncrypt(request), isReusable))
      if (spend(entry, length)) return use(entry)
      encryption.evict(entry)
      encryption.letGo(entry)
      // A backing manager that chose such a suite gave materials for one message, and another had them.
      if (!isReusable(entry.materials)) return encryptionMaterials(source, request)
    }
  }

  function useToDecrypt(entry: CacheEntry<DecryptionMaterials>): DecryptionMaterials {
    const { suite, dataKey, verificationKey } = entry.materials
    return { suite, dataKey, verificationKey, release: letGoOnce(decryption, entry) }
  }

  async function fetchToDecrypt(key: string, request: DecryptionRequest): Promise<DecryptionMaterials> {
    const ask = async () => decryptionMaterials(source, request)
    return useToDecrypt(await decryption.fetch(key, maxAge, ask, isReusable))
  }

  // What is found is given at once: a promise costs as much as the search.
  return {
    // framework/caching-cmm.md#get-encryption-materials
    encrypt(request) {
      const { plaintextLength: length } = request
      // Of an unknown length nobody can say whether it fits into maxBytes.
      if (!isReusable(request) || length === undefined || !(length >= 0 && length <= maxBytes)) {
        return encryptionMaterials(source, request)
      }
      const key = encryptionKey(prefix, request)
      const entry = encryption.find(key, maxAge)
      if (entry !== undefined) {
        if (spend(entry, length)) return use(entry)
        encryption.evict(entry)
        encryption.letGo(entry)
      }
      return fetchToEncrypt(key, request, length)
    },

    // framework/caching-cmm.md#decrypt-materials
    decrypt(request) {
      if (!isReusable(request)) return decryptionMaterials(source, request)
      const key = decryptionKey(prefix, request)
      const entry = decryption.find(key, maxAge)
      return entry === undefined ? fetchToDecrypt(key, request) : useToDecrypt(entry)
    },
  }
}

/**
 * A materials manager that uses a data key for many messages of the same encryption context, suite and policy
 * (framework/caching-cmm.md), and remembers those it unwrapped: a key service is asked once for all of them, even when
 * they come at the same time. Data keys are kept in memory for `maxAge` at the most, and zeroed when they are evicted;
 * until then, withdrawn permissions and disabled keys have no effect. Not cached are suites without a KDF, streams
 * without `plaintextLength`, and messages beyond `maxBytes`. Throws KEYRING_INVALID.
 */
export function cachingMaterialsManager(options: CachingMaterialsManagerOptions): CachingMaterialsManager {
  const checked = checkedOptions(options)
  const direct = directFace(checked)
  const manager: CachingMaterialsManager & DirectManager = {
    ...awsManagerFace(direct, checked.source),
    [directManager]: direct,
    clear() {
      checked.encryption.clear(checked.prefix)
      checked.decryption.clear(checked.prefix)
    },
  }
  return manager
}
