import type { Retained } from '../backend/backend.js'
import { StoreError } from '../errors.js'

/** What a destroy did, revision by revision and location by location. Plain data: it survives JSON. */
export interface DestroyReceipt {
  readonly store: string
  readonly name: string
  readonly requestId: string
  readonly arbiter: string
  /** Ascending. */
  readonly revisions: readonly DestroyedRevision[]
}

export interface DestroyedRevision {
  readonly revision: number
  /** Digest of the blob that was destroyed; absent where that is not known, since it is not. */
  readonly destroyed?: string
  /** Digest of the tombstone in its place. */
  readonly tombstone?: string
  /** Whether the arbiter holds the tombstone: 'unknown' when its acknowledgement was lost. */
  readonly committed: boolean | 'unknown'
  /** One for each location, in the order of the store's locations. */
  readonly copies: readonly DestroyedCopy[]
}

export interface DestroyedCopy {
  readonly location: string
  /**
   * `destroyed`: the tombstone is there, and earlier bytes are removed except for `retained`. `unpurged`: the tombstone is
   * there, earlier bytes could not be looked for or removed. `failed`: it may still hold the blob. `unknown`: an
   * acknowledgement was lost.
   */
  readonly outcome: 'destroyed' | 'unpurged' | 'failed' | 'unknown'
  /** Why not. */
  readonly code?: string
  readonly message?: string
  /** Earlier bytes of the slot that the service keeps nevertheless: object lock, point-in-time recovery. */
  readonly retained: readonly Retained[]
  /** Digests of other blobs of this slot that are kept beside it. */
  readonly forks: readonly string[]
}

export function isDone({ committed, copies }: DestroyedRevision): boolean {
  return committed === true && copies.every(({ outcome }) => outcome === 'destroyed')
}

/** The error of a destroy that did not reach every location: `details` is the receipt. */
export function destroyIncomplete(receipt: DestroyReceipt, cause: unknown): StoreError<DestroyReceipt> {
  const open = receipt.revisions.filter((each) => !isDone(each))
  const where = [
    ...new Set(
      open.flatMap(({ copies }) =>
        copies.filter(({ outcome }) => outcome !== 'destroyed').map(({ location }) => location),
      ),
    ),
  ]
  return new StoreError(
    'DESTROY_INCOMPLETE',
    `Of ${JSON.stringify(receipt.name)}, ${open.length} of ${receipt.revisions.length} revisions are not destroyed ` +
      `everywhere: ${where.join(', ')}. Destroy again, or run repair, when the locations answer.`,
    { cause, details: receipt },
  )
}
