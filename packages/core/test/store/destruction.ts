import { StoreError, type DestroyReceipt } from '@sealring/core'
import { inspect } from '@sealring/core/envelope'
import { fixture, type Fixture, type TestLocation } from './fixture.js'

/** The entry whose revisions are destroyed. */
export const name = 'billing/db-password'

export const blobAt = ({ memory }: TestLocation, revision: number) => memory.blobs.get(name)!.get(revision)!
export const digestAt = (location: TestLocation, revision: number) => blobAt(location, revision).digest
export const contextAt = (location: TestLocation, revision: number) =>
  inspect(blobAt(location, revision).bytes).encryptionContext

/** Ids of the forks that a location has saved. */
export const forks = (location: TestLocation) =>
  [...location.memory.sidecars.values()]
    .flatMap((each) => [...each.values()])
    .filter(({ key }) => key.kind === 'fork')
    .map(({ key }) => key.id)

export const outcomes = ({ revisions }: DestroyReceipt) =>
  revisions.map(
    ({ revision, committed, copies }) =>
      `${revision} ${committed} ${copies.map(({ location, outcome }) => `${location} ${outcome}`).join(', ')}`,
  )

/** Three locations with three revisions each; the third names the second. */
export async function filled(options: Parameters<typeof fixture>[0] = {}): Promise<Fixture> {
  const f = fixture({ suite: 'unsigned', ...options })
  for (const value of ['one', 'two', 'three']) await f.store.put(name, value, { requestId: `put-${value}` })
  return f
}

/** The receipt that a DESTROY_INCOMPLETE carries. */
export function receiptIn(error: unknown): DestroyReceipt {
  const details: unknown = error instanceof StoreError ? error.details : undefined
  if (isReceipt(details)) return details
  throw new Error('The error carries no receipt.', { cause: error })
}

function isReceipt(value: unknown): value is DestroyReceipt {
  return typeof value === 'object' && value !== null && 'revisions' in value
}
