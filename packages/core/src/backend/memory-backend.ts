import { createHash, randomUUID } from 'node:crypto'
import { BackendError } from '../errors.js'
import type {
  Backend,
  CallOptions,
  PageOptions,
  Page,
  SealedBlob,
  SidecarKey,
  Slot,
  SlotStat,
} from './backend.js'
import { checkNamesFilter, checkPage, clipRange } from './check-listing.js'
import { checkBlob } from './check-blob.js'
import { checkBackendId, checkSidecarKey, checkSidecarSlot, checkSlot } from './check-slot.js'
import { checkNameGrammar } from './entry-name.js'
import { passesFilter } from './shard-of.js'

export interface MemoryBackendOptions {
  /** Stable id of the location. */
  id: string
  /** Largest blob in bytes. Default 64 MiB. */
  maxBlobBytes?: number
  /** Memory shared with other backend objects. Default: a new one. */
  location?: MemoryLocation
}

/** What several memory backends share when they stand for one location. Tests may look into it and damage it. */
export interface MemoryLocation {
  readonly blobs: Map<string, Map<number, MemoryBlob>>
  readonly sidecars: Map<string, Map<string, { readonly key: SidecarKey; readonly bytes: Uint8Array }>>
}

export interface MemoryBlob {
  readonly bytes: Uint8Array
  /** As it was when the bytes were stored. */
  readonly digest: string
  readonly versionToken: string
}

/** An empty location in memory. */
export function memoryLocation(): MemoryLocation {
  return { blobs: new Map(), sidecars: new Map() }
}

/**
 * A backend that keeps copies of the bytes in this process: for tests, and as a location that need not last.
 * Digests are those noted at the time of writing (`attested: false`). Pages hold 1000 items by default.
 * Errors: INVALID_ARGUMENT for a bad id or when a blob contradicts its own digest or size; BLOB_TOO_LARGE.
 */
export function memoryBackend(options: MemoryBackendOptions): Backend {
  const { id, maxBlobBytes = 64 * 1024 * 1024, location = memoryLocation() } = options
  checkBackendId(id)
  const capabilities = {
    maxBlobBytes,
    maxSidecarBytes: 1024 * 1024,
    range: true,
    conditionalCreate: true,
    conditionalReplace: true,
    durable: false,
  }

  const find = ({ name, revision }: Slot) => location.blobs.get(name)?.get(revision)

  const refuseLarge = (operation: string, size: number, limit: number) => {
    if (size > limit)
      throw new BackendError(
        'BLOB_TOO_LARGE',
        `${size} bytes are more than the ${limit} that "${id}" takes.`,
        {
          backend: id,
          operation,
        },
      )
  }

  const load = async (operation: string, blob: SealedBlob): Promise<MemoryBlob> => {
    refuseLarge(operation, blob.size, maxBlobBytes)
    const bytes = new Uint8Array(await blob.bytes())
    const digest = createHash('sha256').update(bytes).digest('hex')
    checkBlob(blob, { digest, size: bytes.byteLength })
    return { bytes, digest, versionToken: randomUUID() }
  }

  return {
    id,
    capabilities,

    async create(slot, blob, call) {
      begin(call)
      checkSlot(slot)
      const stored = await load('create', blob)
      begin(call)
      const revisions = location.blobs.get(slot.name) ?? new Map<number, MemoryBlob>()
      const there = revisions.get(slot.revision)
      if (there) return { outcome: 'exists', digest: there.digest, versionToken: there.versionToken }
      location.blobs.set(slot.name, revisions.set(slot.revision, stored))
      return { outcome: 'created', versionToken: stored.versionToken }
    },

    async read(slot, call) {
      begin(call)
      checkSlot(slot)
      const blob = find(slot)
      const { start, end } = clipRange(call?.range, blob?.bytes.byteLength ?? 0)
      return blob && { ...statOf(slot, blob), body: once(blob.bytes.slice(start, end)) }
    },

    async stat(slot, call) {
      begin(call)
      checkSlot(slot)
      const blob = find(slot)
      return blob && statOf(slot, blob)
    },

    async latest(name, call) {
      begin(call)
      checkNameGrammar(name)
      let revision = 0
      for (const each of location.blobs.get(name)?.keys() ?? []) revision = Math.max(revision, each)
      const blob = find({ name, revision })
      return blob && statOf({ name, revision }, blob)
    },

    async revisions(name, call) {
      begin(call)
      checkNameGrammar(name)
      const blobs = [...(location.blobs.get(name) ?? [])].toSorted(([a], [b]) => a - b)
      const stats = blobs.map(([revision, blob]) => statOf({ name, revision }, blob))
      return pageOf(stats, (stat) => String(stat.revision).padStart(12, '0'), call)
    },

    async names(call) {
      begin(call)
      checkNamesFilter(call)
      const names = [...location.blobs.keys()].filter((name) => passesFilter(name, call))
      return pageOf(names.toSorted(), (name) => name, call)
    },

    async replace(slot, blob, call) {
      begin(call)
      checkSlot(slot)
      const stored = await load('replace', blob)
      begin(call)
      if (find(slot)?.versionToken !== call.expect) return { outcome: 'changed' }
      location.blobs.get(slot.name)?.set(slot.revision, stored)
      return { outcome: 'replaced', versionToken: stored.versionToken }
    },

    async purge(slot, call) {
      begin(call)
      checkSlot(slot)
      return { retained: [] }
    },

    async createSidecar(key, bytes, call) {
      begin(call)
      checkSidecarKey(key)
      refuseLarge('createSidecar', bytes.byteLength, capabilities.maxSidecarBytes)
      const sidecars = location.sidecars.get(slotKey(key)) ?? new Map()
      location.sidecars.set(slotKey(key), sidecars)
      if (sidecars.has(`${key.kind} ${key.id}`)) return { outcome: 'exists' }
      const { name, revision, kind, id } = key
      sidecars.set(`${kind} ${id}`, { key: { name, revision, kind, id }, bytes: new Uint8Array(bytes) })
      return { outcome: 'created' }
    },

    async readSidecar(key, call) {
      begin(call)
      checkSidecarKey(key)
      return location.sidecars.get(slotKey(key))?.get(`${key.kind} ${key.id}`)?.bytes.slice()
    },

    async listSidecars(slot, call) {
      begin(call)
      checkSidecarSlot(slot)
      const keys = [...(location.sidecars.get(slotKey(slot))?.values() ?? [])].map(({ key }) => ({ ...key }))
      const order = (key: SidecarKey) => `${key.kind} ${key.id}`
      return pageOf(
        keys.toSorted((a, b) => (order(a) < order(b) ? -1 : 1)),
        order,
        call,
      )
    },

    async deleteSidecar(key, call) {
      begin(call)
      checkSidecarKey(key)
      location.sidecars.get(slotKey(key))?.delete(`${key.kind} ${key.id}`)
    },
  }
}

const begin = (call: CallOptions | undefined) => call?.signal?.throwIfAborted()

const slotKey = ({ name, revision }: Slot) => `${revision} ${name}`

function statOf({ name, revision }: Slot, { bytes, digest, versionToken }: MemoryBlob): SlotStat {
  return { name, revision, digest, size: bytes.byteLength, attested: false, versionToken }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** The cursor is the order of the last item, so that items which come and go between pages shift nothing. */
function pageOf<Item>(
  sorted: readonly Item[],
  orderOf: (item: Item) => string,
  options: PageOptions | undefined,
): Page<Item> {
  const limit = checkPage(options, 1000)
  const after = options?.cursor
  const rest = after === undefined ? sorted : sorted.filter((item) => orderOf(item) > after)
  const items = rest.slice(0, limit)
  const last = items.at(-1)
  return rest.length > limit && last !== undefined ? { items, cursor: orderOf(last) } : { items }
}
