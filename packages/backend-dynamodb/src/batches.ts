import { BatchGetItemCommand, BatchWriteItemCommand } from '@aws-sdk/client-dynamodb'
import type { WriteRequest } from '@aws-sdk/client-dynamodb'
import { BackendError } from '@sealring/core'
import type { Item, Key } from './layout.js'
import { problem } from './location.js'
import type { Caller, DynamodbLocation } from './location.js'
import { pace } from './pace.js'
import { send } from './send.js'

/**
 * Chunks in one request: small enough that neither end has to hold much. 16 MB and 100 items are the most that
 * BatchGetItem returns, 16 MB and 25 items the most that BatchWriteItem takes.
 */
export const batchChunks = 4

/** Batches on their way at once. */
export const batchesAtOnce = 2

/** The most deletions in one request. */
export const batchDeletions = 25

/**
 * Write a batch, going on with what the service left unprocessed. `onFailedAttempt` hears of attempts that failed.
 * Fails with THROTTLED when nothing more gets through.
 */
export async function writeBatch(
  location: DynamodbLocation,
  requests: readonly WriteRequest[],
  caller: Caller,
  onFailedAttempt: (failure: unknown) => void = () => {},
): Promise<void> {
  await untilProcessed(location, caller, requests, async (rest) => {
    const write = new BatchWriteItemCommand({ RequestItems: { [location.table]: [...rest] } })
    const answer = await send(location, write, caller, { onFailedAttempt })
    return Object.values(answer.UnprocessedItems ?? {}).flat()
  })
}

/** The items of a batch of keys that are there, in any order; consistent. Fails as `writeBatch` does. */
export async function getBatch(
  location: DynamodbLocation,
  keys: readonly Key[],
  caller: Caller,
): Promise<readonly Item[]> {
  const items: Item[] = []
  await untilProcessed<Item>(location, caller, keys, async (rest) => {
    const get = new BatchGetItemCommand({
      RequestItems: { [location.table]: { ConsistentRead: true, Keys: [...rest] } },
    })
    const answer = await send(location, get, caller)
    items.push(...Object.values(answer.Responses ?? {}).flat())
    return Object.values(answer.UnprocessedKeys ?? {}).flatMap(({ Keys }) => Keys ?? [])
  })
  return items
}

/**
 * A batch of which nothing could be processed is refused as throttled instead of being handed back (API reference,
 * BatchWriteItem): the same state, met the same way. All requests can be repeated.
 */
async function untilProcessed<T>(
  location: DynamodbLocation,
  caller: Caller,
  all: readonly T[],
  process: (rest: readonly T[]) => Promise<readonly T[]>,
): Promise<void> {
  const waits = pace()
  for (let rest = all; rest.length > 0;) {
    try {
      const left = await process(rest)
      if (left.length < rest.length) waits.progressed()
      rest = left
      if (rest.length === 0 || (await waits.wait(caller))) continue
    } catch (error) {
      if (!(error instanceof BackendError) || error.code !== 'THROTTLED' || !(await waits.wait(caller)))
        throw error
      continue
    }
    throw problem(location, 'THROTTLED', `${rest.length} chunks stay unprocessed`, caller, {
      retryable: true,
    })
  }
}
