export interface Releasable {
  readonly release: () => void
}

/** framework/cryptographic-materials-cache.md#cache-entry */
export interface CacheEntry<Materials extends Releasable> {
  readonly key: string
  readonly materials: Materials
  /** By the cache's clock, as everything here that is a time or an age. */
  readonly created: number
  readonly maxAge: number
  /** Messages sealed, or just being sealed, under the data key. */
  messages: number
  /** Bytes of their plaintexts. */
  bytes: number
  /** Uses that were not let go yet: as long as there are any, nothing is zeroed. */
  uses: number
  cached: boolean
}

interface Flight<Materials extends Releasable> {
  waiting: number
  readonly landing: Promise<CacheEntry<Materials>>
}

/**
 * Materials by key: least recently used ones are evicted beyond a capacity, expired ones when their time comes
 * (framework/local-cryptographic-materials-cache.md). An entry that is handed out is held until it is let go; an evicted
 * one is zeroed when nobody holds it.
 */
export interface LruMaterials<Materials extends Releasable> {
  /** The entry, held, unless it is missing or `maxAge` old. */
  readonly find: (key: string, maxAge: number) => CacheEntry<Materials> | undefined
  /**
   * The entry, held, that `ask` is asked to fill; all who want the key meanwhile wait for the same answer, and share
   * a failure, which isn't kept. What `mayBeCached` refuses is given to those who wait and kept for nobody else.
   */
  readonly fetch: (
    key: string,
    maxAge: number,
    ask: () => Promise<Materials>,
    mayBeCached: (materials: Materials) => boolean,
  ) => Promise<CacheEntry<Materials>>
  readonly letGo: (entry: CacheEntry<Materials>) => void
  readonly evict: (entry: CacheEntry<Materials>) => void
  /** Evicts everything whose key begins so. What is being fetched is given to those who wait for it, and not kept. */
  readonly clear: (prefix: string) => void
}

/** The longest that a timer of Node waits. */
const maxDelay = 2 ** 31 - 1

export function lruMaterials<Materials extends Releasable>(
  capacity: number,
  clock: () => number,
): LruMaterials<Materials> {
  type Entry = CacheEntry<Materials>
  // From the least to the most recently used.
  const entries = new Map<string, Entry>()
  const flights = new Map<string, Flight<Materials>>()
  let newest: Entry | undefined
  let timer: NodeJS.Timeout | undefined
  let sweepTime = Infinity

  function zeroIfFree(entry: Entry): void {
    if (!entry.cached && entry.uses === 0) entry.materials.release()
  }

  function evict(entry: Entry): void {
    if (!entry.cached) return
    entry.cached = false
    entries.delete(entry.key)
    if (newest === entry) newest = undefined
    zeroIfFree(entry)
  }

  /** A clock that went back to before the entry was made says nothing about its age. */
  function isPast({ created }: Entry, maxAge: number): boolean {
    const age = clock() - created
    return !(age >= 0 && age < maxAge)
  }

  // framework/cryptographic-materials-cache.md#background-processing: no data key outlives its time because nobody
  // asks for it. The timer keeps no process alive.
  function sweepAt(time: number): void {
    if (time >= sweepTime) return
    clearTimeout(timer)
    sweepTime = time
    timer = setTimeout(sweep, Math.min(Math.max(time - clock(), 1), maxDelay))
    timer.unref()
  }

  function sweep(): void {
    sweepTime = Infinity
    let next = Infinity
    for (const entry of entries.values()) {
      if (isPast(entry, entry.maxAge)) evict(entry)
      else next = Math.min(next, entry.created + entry.maxAge)
    }
    sweepAt(next)
  }

  // framework/local-cryptographic-materials-cache.md#put-cache-entry
  function put(entry: Entry): void {
    const former = entries.get(entry.key)
    if (former !== undefined) evict(former)
    entry.cached = true
    entries.set(entry.key, entry)
    newest = entry
    sweepAt(entry.created + entry.maxAge)
    for (const oldest of entries.values()) {
      if (entries.size <= capacity) break
      evict(oldest)
    }
  }

  return {
    find(key, maxAge) {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      if (isPast(entry, Math.min(maxAge, entry.maxAge))) {
        evict(entry)
        return undefined
      }
      if (entry !== newest) {
        entries.delete(key)
        entries.set(key, entry)
        newest = entry
      }
      entry.uses += 1
      return entry
    },

    fetch(key, maxAge, ask, mayBeCached) {
      const underWay = flights.get(key)
      if (underWay !== undefined) {
        underWay.waiting += 1
        return underWay.landing
      }
      const land = async (flight: Flight<Materials>): Promise<Entry> => {
        try {
          const materials = await ask()
          const state = { messages: 0, bytes: 0, uses: flight.waiting, cached: false }
          const entry: Entry = { key, materials, created: clock(), maxAge, ...state }
          // It is another flight's turn, or nobody's, when the cache was cleared meanwhile.
          if (flights.get(key) === flight && mayBeCached(materials)) put(entry)
          return entry
        } finally {
          if (flights.get(key) === flight) flights.delete(key)
        }
      }
      const flight: Flight<Materials> = { waiting: 1, landing: Promise.resolve().then(() => land(flight)) }
      flights.set(key, flight)
      return flight.landing
    },

    letGo(entry) {
      entry.uses -= 1
      zeroIfFree(entry)
    },

    evict,

    clear(prefix) {
      for (const key of flights.keys()) if (key.startsWith(prefix)) flights.delete(key)
      for (const entry of entries.values()) if (entry.key.startsWith(prefix)) evict(entry)
    },
  }
}
