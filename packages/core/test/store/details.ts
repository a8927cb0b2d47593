import { StoreError, type LocationFailure, type Receipt } from '@sealring/core'

/** The receipt that a PUT_INCOMPLETE carries, as it comes back from JSON. */
export function receiptIn(error: unknown): Receipt {
  const details: unknown = error instanceof StoreError ? jsonOf(error.details) : undefined
  if (isReceipt(details)) return details
  throw new Error('The error carries no receipt.', { cause: error })
}

/** `location code` of every failure that an error of `get` tells of. */
export function failuresIn(error: unknown): string[] {
  const details: unknown = error instanceof StoreError ? error.details : undefined
  if (!hasFailures(details)) throw new Error('The error tells of no failures.', { cause: error })
  return details.failures.map(({ location, code }) => `${location} ${code}`)
}

function jsonOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

function isReceipt(value: unknown): value is Receipt {
  return typeof value === 'object' && value !== null && 'digest' in value && 'copies' in value
}

function hasFailures(value: unknown): value is { failures: readonly LocationFailure[] } {
  return typeof value === 'object' && value !== null && 'failures' in value
}
