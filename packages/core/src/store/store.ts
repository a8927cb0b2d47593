import type { KeyringNode, NodeMaterialsManager } from '@aws-crypto/material-management-node'
import type { Backend, Retained } from '../backend/backend.js'
import type { AppointOptions, Appointment } from './appoint-arbiter.js'
import type { DestroyReceipt } from './destroy-receipt.js'
import type { Receipt } from './receipt.js'

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

/** What one read repair did. */
export interface ReadRepairReport extends RepairReport {
  readonly name: string
  readonly revision: number
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

/**
 * What a put seals: bytes, text (as UTF-8), or a stream of bytes. A function is called for a new stream whenever one is
 * needed, so that a put which lost a race can seal anew; a stream itself can be read once only, and is refused when it was read
 * before (SOURCE_FAILED), by a put that failed or by anybody else.
 */
export type Plaintext = Uint8Array | string | AsyncIterable<Uint8Array> | (() => AsyncIterable<Uint8Array>)

/** Reads and writes of entries in several locations. Has no state to close. */
export interface Store {
  readonly id: string

  /**
   * Seal once and keep the same bytes in every location: first, conditionally, at the arbiter, then in
   * parallel at the others. Resolves when all have answered and `copies` of them have confirmed. Don't change the
   * plaintext's bytes before that. The first put creates the manifests that are missing. A stream is sealed to its end,
   * in constant memory (see `spool`), before anything is written.
   * Errors: INVALID_NAME, INVALID_CONTEXT, INVALID_ARGUMENT, SOURCE_FAILED (the stream failed, `cause` says why),
   * SPOOL_FAILED, CONFLICT (`ifRevision` no longer holds, `requestId` was used for other content, `maxAttempts` races
   * were lost, or one was with a stream that can't be read again), DESTROYED (what `requestId` wrote was destroyed),
   * PUT_INCOMPLETE (`details` is the Receipt),
   * ARBITER_BEHIND and TAMPERED (the arbiter contradicts what was seen), BLOB_DAMAGED (its latest revision is damaged: repair
   * first), UNREADABLE (with `requestId`: nobody can tell
   * whether it was served), ARBITER_MISMATCH, STORE_MISMATCH, LOCATION_MISMATCH, MANIFEST_INVALID, ARBITER_UNFIT, UNDETERMINED (the first
   * write of a store whose arbiter was not given: every location must be asked), those of the keyring, and the arbiter's own
   * BackendError. Except with PUT_INCOMPLETE nothing was written.
   */
  put(name: string, plaintext: Plaintext, options?: PutOptions): Promise<Receipt>

  /**
   * Bring the copies that an incomplete put left out, until every location has one. Safe to repeat. Returns the new
   * receipt. Errors: PUT_INCOMPLETE (`details` is the new receipt; `committed: false` when the arbiter never got it),
   * CONFLICT (another writer has the revision), DESTROYED, ARBITER_BEHIND (it was destroyed, and the arbiter has it again),
   * ROLLBACK and TAMPERED (the arbiter confirmed it before), BLOB_DAMAGED (its copy, with its record), UNREADABLE,
   * STORE_MISMATCH, ARBITER_MISMATCH, INVALID_ARGUMENT, and as `put` those of manifests and the arbiter.
   */
  complete(receipt: Receipt, options?: AbortOptions): Promise<Receipt>

  /**
   * Open an entry from the nearest location that holds an intact copy, or from the next one if that is slow.
   * Errors: NOT_FOUND (the arbiter says so), DESTROYED, UNDETERMINED (nobody has it and the arbiter can't be asked, or its word
   * was asked for), UNREADABLE (copies exist, none opens), STALE, ROLLBACK, TAMPERED (what this store object has seen
   * is out of reach, gone, or another blob): `details` is a NotServed and says why each location failed. Further
   * CONTEXT_MISMATCH, INVALID_NAME, INVALID_REVISION, INVALID_ARGUMENT, those of a contradicting manifest, and the
   * keyring's, when a data key can't be had: that is no copy's fault.
   */
  get(name: string, options?: GetOptions): Promise<Entry>

  /**
   * As `get`, but the plaintext comes as a stream, in constant memory. Resolves when the header is authentic and bound to
   * this store, name and revision. Each piece of `body` is authentic, but nothing is complete before the iteration has
   * ended: only there is the signature of a signed entry verified, and known that the bytes are those of the digest. So
   * act on nothing before the end, or be able to undo it. A location that fails on the way, or whose bytes turn out to be
   * damaged, is replaced by the next one that holds the same message, without a wrong or repeated byte.
   * Errors: as `get`; of the iteration the signal's reason, UNREADABLE (no location can go on; `details` is a NotServed)
   * or the keyring's error.
   */
  getStream(name: string, options?: GetOptions): Promise<StreamedEntry>

  /**
   * Destroy revisions: in its own slot each blob is replaced by a sealed tombstone, at the arbiter first and then at the
   * others, and what the services keep of earlier bytes is removed; `retained` in the receipt says what can't be. Numbers
   * are never given again. Safe to repeat: a revision that is destroyed is destroyed further where something was left.
   * `all` means the revisions that the arbiter has at that moment. Other blobs that are found in the slots are kept beside
   * them (`forks`). Errors: DESTROY_INCOMPLETE (`details` is the DestroyReceipt), NOT_FOUND, ROLLBACK (the arbiter lost it), UNREADABLE (nobody can
   * tell what a damaged blob follows), CONFLICT (the slot changed `maxAttempts` times), INVALID_NAME, INVALID_REVISION,
   * INVALID_ARGUMENT, those of manifests and of the keyring, and the arbiter's BackendError. Except with
   * DESTROY_INCOMPLETE nothing was written.
   */
  destroy(name: string, options: DestroyOptions): Promise<DestroyReceipt>

  /**
   * The revisions of a name at the arbiter, or while it is away at the nearest location that has some, ascending,
   * without opening them. Errors: NOT_FOUND (the arbiter says so), UNDETERMINED, INVALID_NAME.
   */
  history(name: string, options?: AbortOptions): Promise<History>

  /**
   * What the arbiter records of a revision, by default the latest, and what each location records: their word, except where
   * `attested`. Nothing is read or opened, unless the arbiter records another blob than the one this store object has seen there.
   * Errors: NOT_FOUND (the arbiter says so), UNDETERMINED (the arbiter can't be asked), ROLLBACK, TAMPERED, BLOB_DAMAGED (the
   * arbiter's copy of what was seen), the keyring's (in the same case), INVALID_NAME, INVALID_REVISION, those of a contradicting
   * manifest.
   */
  stat(name: string, options?: StatOptions): Promise<EntryStat>

  /**
   * The names in the store, in any order, each once. While the arbiter is away, the union of the locations that can be
   * asked; iterating fails with UNDETERMINED when there is none.
   */
  list(options?: ListOptions): Listing

  /**
   * Compare every copy of every revision with the digest that the arbiter recorded; with `open`, open the arbiter's and
   * walk the chain too. Reads every copy that its service doesn't attest. Holds the names in memory. Errors: those of a
   * contradicting manifest, and the arbiter's BackendError when it can't list its names.
   */
  verify(options?: VerifyOptions): Promise<VerifyReport>

  /**
   * Copy from the arbiter outward what is missing or damaged elsewhere; save other blobs as sidecars before they are
   * replaced; with the key, restore at the arbiter what is damaged or missing there and provably its own. Writes nothing
   * the second time (manifests that are missing are created too, and not listed). Errors: as `verify`, and those
   * with which a put refuses a manifest.
   */
  repair(options?: RepairOptions): Promise<RepairReport>

  /**
   * Settle which location orders the writers: the store's own arbiter, which is to be named once more. For when manifests
   * contradict each other (two clients with other orders of the locations were first at the same moment), when the arbiter has
   * lost its manifest, and to move the arbiter, also away from one that is gone. Stop all writers before: those that run have
   * read the old manifests. Every location must answer; one that is gone for good is left out of the store's `locations`, with
   * what only it held. First repairs, with the key, so that the arbiter has whatever the others have of its chain; then makes
   * the manifests anew, the arbiter's last. Safe to repeat, and to be repeated after a failure. Errors: INVALID_ARGUMENT
   * (another location was named), ARBITER_MISMATCH (a location that manifests name as arbiter has another blob in the same slot:
   * repair under that one first, or `overrule`), UNDETERMINED (something could not be asked or opened; `details.repair` says
   * what), STORE_MISMATCH, LOCATION_MISMATCH, ARBITER_UNFIT, and any location's BackendError.
   */
  appointArbiter(options: AppointOptions): Promise<Appointment>
}

export interface AbortOptions {
  signal?: AbortSignal | undefined
  /**
   * Milliseconds for the whole operation. When they are over it ends: a `put`, `complete` or `destroy` that may have written
   * with its INCOMPLETE error, whose `details` is the receipt; everything else, and they if nothing was written, with
   * DEADLINE_EXCEEDED. Default: no limit.
   */
  timeout?: number | undefined
}

export interface PutOptions extends AbortOptions {
  /** Encryption context: authenticated, public (it stands in the header and in CloudTrail). */
  context?: Readonly<Record<string, string>>
  /** How many copies must confirm, the arbiter's included. Default: all locations. */
  copies?: number
  /** Compare-and-set: write only if this is still the latest revision; `0` for "the name is new". */
  ifRevision?: { revision: number; digest: string } | 0
  /**
   * Lets a restarted process recognise the revision it wrote, among the latest 16, and complete it instead of writing
   * another: 1 to 128 visible ASCII characters, public. Costs a read of each of them. Default: random, not searched for.
   */
  requestId?: string
}

export interface DestroyOptions extends AbortOptions {
  /** One revision … */
  revision?: number
  /** … or all that there are. */
  all?: true
  /** Noted in the tombstones: 1 to 128 visible ASCII characters, public. Default: random. */
  requestId?: string
}

export interface GetOptions extends AbortOptions {
  /** A revision instead of the latest. */
  revision?: number
  /** How the latest revision is found. Default 'nearest'. */
  freshness?: 'nearest' | 'arbiter' | 'all'
  /** Pairs that the entry's encryption context must contain. */
  context?: Readonly<Record<string, string>>
}

/** An opened entry. Redacts its plaintext in `util.inspect` and JSON. */
export interface Entry {
  readonly name: string
  readonly revision: number
  readonly digest: string
  readonly plaintext: Uint8Array
  /** The caller's pairs: those of the library are left out. */
  readonly context: Readonly<Record<string, string>>
  /** `id` of the location whose copy was opened. */
  readonly servedBy: string
  /** What went wrong on the way, in the order it happened. */
  readonly failures: readonly LocationFailure[]
}

/** An entry whose plaintext is read as a stream: iterate `body` to its end or leave it, or call `close`. */
export interface StreamedEntry {
  readonly name: string
  readonly revision: number
  /** As recorded at the location that is read from now; proven when `body` has ended. */
  readonly digest: string
  /** Of the sealed bytes, likewise. */
  readonly size: number
  /** The caller's pairs: those of the library are left out. */
  readonly context: Readonly<Record<string, string>>
  /** `id` of the location that is read from now. */
  readonly servedBy: string
  /** What went wrong so far, in the order it happened. */
  readonly failures: readonly LocationFailure[]
  /** The plaintext, once. Leaving the loop lets go of the location. */
  readonly body: AsyncIterable<Uint8Array>
  /** Let go of the location without reading on. Safe to repeat. */
  close(): void
}

/** One location's failure; safe to log. */
export interface LocationFailure {
  readonly location: string
  readonly operation: string
  readonly code: string
  readonly message: string
}

export interface StatOptions extends AbortOptions {
  /** A revision instead of the latest. */
  revision?: number
}

export interface EntryStat {
  readonly name: string
  readonly revision: number
  /** The arbiter's. */
  readonly digest: string
  /** Of the sealed bytes. */
  readonly size: number
  /** This store object has made or opened this tombstone. Absent says nothing: telling needs the key. */
  readonly destroyed?: true
  /** One for each location, in the order of the store's locations. */
  readonly copies: readonly CopyStat[]
}

export interface CopyStat {
  readonly location: string
  /** In relation to the arbiter's record. */
  readonly state: 'agreed' | 'differs' | 'missing' | 'unreachable'
  readonly digest?: string
  readonly size?: number
  /** The service itself vouches for the digest. */
  readonly attested?: boolean
  /** Why it could not be asked. */
  readonly code?: string
  readonly message?: string
}

export interface History {
  readonly name: string
  readonly revisions: readonly HistoryRevision[]
  /** Whose word this is; not the arbiter's only when the arbiter could not be asked. */
  readonly servedBy: string
  readonly failures: readonly LocationFailure[]
}

export interface HistoryRevision {
  readonly revision: number
  readonly digest: string
  readonly size: number
  /** This store object has made or opened this tombstone. Absent says nothing: telling needs the key. */
  readonly destroyed?: true
}

export interface ListOptions extends AbortOptions {
  prefix?: string
}

/** Iterate it once; `report` is complete after the end. */
export interface Listing extends AsyncIterable<string> {
  readonly report: {
    /** True when the arbiter was asked to the end. */
    readonly complete: boolean
    readonly failures: readonly LocationFailure[]
  }
}

export interface VerifyOptions extends AbortOptions {
  /** Only names that start with these characters. */
  prefix?: string
  /** Open the arbiter's copies with the keyring and check the chain of digests too. Default false. */
  open?: boolean
  /** Called after each name. */
  onProgress?: (progress: { names: number; revisions: number }) => void
}

/**
 * A copy in relation to the digest that the arbiter recorded: the same bytes, other (or damaged) bytes, absent, or a
 * revision that the arbiter doesn't hold (`foreign`). Never "authentic": that needs the key. `unreachable`: the
 * location could not be asked.
 */
export type CopyState = 'agreed' | 'differs' | 'missing' | 'foreign' | 'unreachable'

export interface CopyFinding {
  readonly name: string
  readonly revision: number
  readonly location: string
  readonly state: CopyState
  /** The arbiter's, where it has one. */
  readonly digest?: string
  /** Of the bytes that were found there. */
  readonly found?: string
  readonly code?: string
}

export interface VerifyReport {
  readonly names: number
  readonly revisions: number
  readonly copies: Readonly<Record<CopyState, number>>
  /** Everything that is not `agreed`. */
  readonly findings: readonly CopyFinding[]
  /** With `open`: entries that did not open or whose chain is broken. */
  readonly unopened: readonly { name: string; revision: number; code: string; message: string }[]
  readonly failures: readonly LocationFailure[]
  /** No finding, nothing unopened, no failure. */
  readonly clean: boolean
}

export interface RepairOptions extends AbortOptions {
  prefix?: string
  onProgress?: (progress: { names: number; revisions: number; writes: number }) => void
}

export interface RepairReport {
  /** What was written, where. */
  readonly writes: readonly { name: string; revision: number; location: string; action: RepairAction }[]
  /** What was found and could not, or must not, be mended. */
  readonly left: readonly (CopyFinding & { reason: string })[]
  /** Earlier bytes of destroyed revisions that a service keeps nevertheless: object lock, point-in-time recovery. */
  readonly retained: readonly (Retained & { name: string; revision: number; location: string })[]
  readonly failures: readonly LocationFailure[]
}

/**
 * `fork-saved`: the other blob was kept as a sidecar before the copy was replaced. `adopted`: the arbiter lacked the
 * revision, and a replica's opened and fitted its chain. `destroyed`: a tombstone took the place of the blob that it names.
 */
export type RepairAction = 'created' | 'replaced' | 'adopted' | 'fork-saved' | 'destroyed'
