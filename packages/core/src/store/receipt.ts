import type { SealedBlob, Slot } from '../backend/backend.js'
import { InputError, StoreError } from '../errors.js'
import type { MissingKey } from '../materials/missing-keys.js'
import type { StoreParts } from './parts.js'

/** What a put did, location by location. Plain data: it survives JSON. */
export interface Receipt {
  readonly store: string
  readonly name: string
  readonly revision: number
  /** SHA-256 of the sealed bytes, the same at every location. */
  readonly digest: string
  /** Of the sealed bytes. */
  readonly size: number
  readonly requestId: string
  readonly arbiter: string
  /** Whether the revision exists at the arbiter: 'unknown' when its acknowledgement was lost. */
  readonly committed: boolean | 'unknown'
  /** One for each location, in the order of the store's locations. */
  readonly copies: readonly CopyReceipt[]
  /** Keyrings of `anyOf` that this call sealed without; left out when there are none. */
  readonly missingKeys?: readonly MissingKey[]
}

export interface CopyReceipt {
  readonly location: string
  /** `stored`: confirmed to hold these bytes, by this call or before. */
  readonly outcome: 'stored' | 'failed' | 'unknown'
  /** Why not. */
  readonly code?: string
  readonly message?: string
}

/** The receipt of a blob, from what the locations said in any order. */
export function receiptOf(
  parts: StoreParts,
  slot: Slot,
  blob: Pick<SealedBlob, 'digest' | 'size'>,
  requestId: string,
  committed: Receipt['committed'],
  copies: readonly CopyReceipt[],
  missingKeys?: readonly MissingKey[],
): Receipt {
  const byLocation = new Map(copies.map((copy) => [copy.location, copy]))
  return {
    store: parts.id,
    name: slot.name,
    revision: slot.revision,
    digest: blob.digest,
    size: blob.size,
    requestId,
    arbiter: parts.arbiter.id,
    committed,
    copies: parts.locations.map(({ id }) => byLocation.get(id) ?? notTried(id)),
    ...(missingKeys && { missingKeys }),
  }
}

function notTried(location: string): CopyReceipt {
  return {
    location,
    outcome: 'failed',
    code: 'COPY_MISSING',
    message: 'Not tried: the arbiter did not confirm the revision.',
  }
}

/** Fails with INVALID_ARGUMENT unless a receipt, perhaps read from JSON, has the fields that are relied on. */
export function checkReceipt(receipt: Receipt): void {
  const sound =
    typeof receipt === 'object' &&
    receipt !== null &&
    typeof receipt.store === 'string' &&
    typeof receipt.name === 'string' &&
    typeof receipt.arbiter === 'string' &&
    typeof receipt.requestId === 'string' &&
    /^[0-9a-f]{64}$/.test(receipt.digest) &&
    [true, false, 'unknown'].includes(receipt.committed)
  if (!sound) throw new InputError('INVALID_ARGUMENT', 'That is not a receipt of a put.')
}

/** The error of a put, or its completion, that did not reach what was asked: `details` is the receipt. */
export function incomplete(receipt: Receipt, why: string, cause: unknown): StoreError<Receipt> {
  const advice =
    receipt.committed === true
      ? 'The revision exists; complete(receipt) brings the missing copies.'
      : 'Call complete(receipt), or put again with the same requestId.'
  return new StoreError(
    'PUT_INCOMPLETE',
    `The put of ${JSON.stringify(receipt.name)} revision ${receipt.revision} is incomplete: ${why}. ${advice}`,
    { cause, details: receipt },
  )
}
