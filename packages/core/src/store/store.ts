import type { AppointOptions, Appointment } from './appoint-arbiter.js'
import type { DestroyReceipt } from './destroy-receipt.js'
import type { EntryStat } from './entry-stat.js'
import type { Entry, StreamedEntry } from './entry.js'
import type { History } from './history.js'
import type { Listing } from './list.js'
import type {
  AbortOptions,
  DestroyOptions,
  GetOptions,
  ListOptions,
  PutOptions,
  RepairOptions,
  StatOptions,
  VerifyOptions,
} from './operation-options.js'
import type { Receipt } from './receipt.js'
import type { RepairReport } from './repair-report.js'
import type { VerifyReport } from './verify-report.js'

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
   * what only it held. First repairs, with the key, so that the arbiter has whatever the others have of its chain, and they
   * what it has and can prove; then makes the manifests anew, the arbiter's last. Safe to repeat, and to be repeated after a
   * failure. Errors: INVALID_ARGUMENT (another location was named), ARBITER_MISMATCH (a location that manifests name as arbiter
   * has another blob in the same slot, or one that can't be brought along; or the new arbiter has one that nobody vouches for
   * and that doesn't open or isn't of the chain: `details` names the slot; appoint another location, or `overrule`), UNDETERMINED
   * (something could not be asked or opened; `details.repair`, or `details.failures`, says what), STORE_MISMATCH,
   * LOCATION_MISMATCH, ARBITER_UNFIT, and any location's BackendError.
   */
  appointArbiter(options: AppointOptions): Promise<Appointment>
}
