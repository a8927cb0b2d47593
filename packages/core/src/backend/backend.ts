/**
 * The contract between the store and one place that keeps sealed bytes.
 *
 * A backend stores bytes under `(name, revision)`. It never encrypts, never retries on its own and never
 * renames. What is absent is `undefined`; every failure is a `BackendError` with a code. One backend object
 * serves one store at one location (a folder, a table with a namespace, a bucket with a prefix).
 *
 * Arguments are checked before anything is done (`checkSlot`, `checkSidecarKey`, `checkPage`, `checkNamesFilter`,
 * `clipRange`): an `InputError` with INVALID_NAME, INVALID_REVISION or INVALID_ARGUMENT. An aborted signal rejects
 * with its reason. Everything else is a `BackendError` that carries this backend's `id` and the method's name.
 * Bytes that are returned belong to the caller; bytes that are passed in are not kept.
 */
export interface Backend {
  /** Stable id of the location, unique within its store: `/^[a-z0-9][a-z0-9._-]{0,62}$/`. Public. */
  readonly id: string
  readonly capabilities: BackendCapabilities

  /**
   * Create a slot if, and only if, it is empty. Atomic: no reader ever sees part of a blob, and of several
   * racing creators exactly one is told `created` (when `capabilities.conditionalCreate`).
   * Fails with OUTCOME_UNKNOWN when the bytes may or may not have been stored (a lost acknowledgement),
   * BLOB_TOO_LARGE when `blob.size` is beyond `capabilities.maxBlobBytes`, before anything is read of it.
   */
  create(slot: Slot, blob: SealedBlob, options?: CallOptions): Promise<CreateResult>

  /** The bytes of a slot, whole or `[start, end)`; `undefined` when the slot is empty. */
  read(slot: Slot, options?: CallOptions & { range?: ByteRange }): Promise<StoredBlob | undefined>

  /** What is known of a slot without reading it; `undefined` when it is empty. */
  stat(slot: Slot, options?: CallOptions): Promise<SlotStat | undefined>

  /** The highest revision of a name; `undefined` when it has none. Sees every create that was acknowledged. */
  latest(name: string, options?: CallOptions): Promise<SlotStat | undefined>

  /** The revisions of a name, ascending, a page at a time. A name without revisions has one empty page. */
  revisions(name: string, options?: CallOptions & PageOptions): Promise<Page<SlotStat>>

  /**
   * The names that have at least one revision, each exactly once over all pages, in any order. A name whose
   * first create was interrupted may be listed although it has no revision.
   */
  names(options?: CallOptions & PageOptions & NamesFilter): Promise<Page<string>>

  /**
   * Replace the bytes of an occupied slot if its version token is still `expect`. `replaced` or `changed`
   * (the token differs or the slot is empty; nothing was written). Atomic for readers. Fails as `create` does.
   * Only for tombstones and damaged copies.
   */
  replace(slot: Slot, blob: SealedBlob, options: CallOptions & { expect: string }): Promise<ReplaceResult>

  /**
   * Remove what the service still keeps of a slot's earlier bytes (object versions, delete markers); the current ones
   * stay. Answers what it keeps nevertheless. Of an empty slot all is removed. Safe to repeat, and after a failure to be repeated.
   */
  purge(slot: Slot, options?: CallOptions): Promise<PurgeResult>

  /**
   * Create a small document beside a slot, if it is absent. The slot itself may be empty, and at revision 0
   * always is. Fails with BLOB_TOO_LARGE beyond `capabilities.maxSidecarBytes`.
   */
  createSidecar(key: SidecarKey, bytes: Uint8Array, options?: CallOptions): Promise<CreateSidecarResult>
  /** Fails with BLOB_TOO_LARGE where somebody else has put more than `capabilities.maxSidecarBytes` in its place. */
  readSidecar(key: SidecarKey, options?: CallOptions): Promise<Uint8Array | undefined>
  /** The sidecars of one slot, a page at a time, in any order. */
  listSidecars(slot: Slot, options?: CallOptions & PageOptions): Promise<Page<SidecarKey>>
  /** Remove a sidecar. Removing an absent one succeeds. */
  deleteSidecar(key: SidecarKey, options?: CallOptions): Promise<void>
}

/** What a backend can do. Declared, never guessed; the conformance suite checks that it is true. */
export interface BackendCapabilities {
  /** Largest blob in bytes. */
  maxBlobBytes: number
  /** Largest sidecar in bytes. At least 65 536. */
  maxSidecarBytes: number
  /** `read` takes `range`. */
  range: boolean
  /** `create` lets exactly one of several racing creators win. Needed of an arbiter. */
  conditionalCreate: boolean
  /** `replace` is conditional against racing replacers, not only against what was read before. */
  conditionalReplace: boolean
  /** What was stored outlives the process. */
  durable: boolean
}

/** Where a blob lives. `name` obeys the grammar of `checkSlot`, `revision` counts from 1; sidecars of the location itself are kept at revision 0. */
export interface Slot {
  readonly name: string
  readonly revision: number
}

/** A document beside a slot: a saved fork, a key slot, the location's manifest. */
export interface SidecarKey extends Slot {
  /** `/^[a-z][a-z0-9-]{0,31}$/` */
  readonly kind: string
  /** `/^[a-z0-9][a-z0-9._-]{0,127}$/` */
  readonly id: string
}

/** Sealed bytes on their way to a location. The digest is known before the first write. */
export interface SealedBlob {
  /** Lower-case hexadecimal SHA-256 of the bytes: the blob's identity. */
  readonly digest: string
  /** In bytes. */
  readonly size: number
  /** All bytes at once, not to be modified. */
  bytes(): Promise<Uint8Array>
  /** The bytes in pieces, from the start, each time it is called. */
  stream(): AsyncIterable<Uint8Array>
}

export interface SlotStat extends Slot {
  /** SHA-256 as recorded by whoever created the slot. Not evidence, unless `attested`. */
  readonly digest: string
  readonly size: number
  /**
   * True when the service itself computed `digest` over the bytes that it holds now: after the stored bytes have
   * changed, an attested digest is another one. False when `digest` is only what a writer noted.
   */
  readonly attested: boolean
  /** Changes whenever the slot's bytes change. Opaque. */
  readonly versionToken: string
}

export interface StoredBlob extends SlotStat {
  /** The bytes (of the asked range) in pieces. Must be consumed or returned. */
  readonly body: AsyncIterable<Uint8Array>
}

export type CreateResult =
  | { readonly outcome: 'created'; readonly versionToken: string }
  /** The slot was occupied; nothing was written. `digest` is that of the blob which is there. */
  | { readonly outcome: 'exists'; readonly digest: string; readonly versionToken: string }

export type ReplaceResult =
  { readonly outcome: 'replaced'; readonly versionToken: string } | { readonly outcome: 'changed' }

export interface PurgeResult {
  /** Nothing, where no earlier bytes of the slot can be had from the service any more. */
  readonly retained: readonly Retained[]
}

/** Earlier bytes of a slot that can't be removed. */
export interface Retained {
  /** What keeps them. `unknown`: the credentials don't permit to find out whether anything does. */
  readonly by: 'object-lock' | 'legal-hold' | 'point-in-time-recovery' | 'unknown'
  /** When it lets go of them, as far as that is known. */
  readonly until?: Date
  /** For people: what was found, and which permission is missing. */
  readonly message: string
}

export type CreateSidecarResult = { readonly outcome: 'created' | 'exists' }

export interface CallOptions {
  /** Aborts the call; the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined
}

export interface PageOptions {
  /** From the `cursor` of the page before; opaque, valid in another process. */
  cursor?: string | undefined
  /** At most this many items, from 1; a page may hold fewer, even none, and still have a cursor. Default: the backend's. */
  limit?: number | undefined
}

export interface Page<Item> {
  readonly items: readonly Item[]
  /** Present when there may be more. */
  readonly cursor?: string
}

export interface NamesFilter {
  /** Only names that start with these characters. */
  prefix?: string | undefined
  /** Only the share `index` of `count` disjoint shares, whose union is everything. */
  shard?: { readonly index: number; readonly count: number } | undefined
}

/**
 * Half-open: `start` is the first byte, `end` the one after the last, `start <= end`. What lies past the blob is
 * cut off: the answer may be empty. `digest` and `size` of the answer are those of the whole blob.
 */
export interface ByteRange {
  readonly start: number
  readonly end: number
}
