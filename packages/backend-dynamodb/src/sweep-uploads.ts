import { QueryCommand } from '@aws-sdk/client-dynamodb'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { digitsOf, layoutOf, markerPartitions } from './layout.js'
import type { Item } from './layout.js'
import type { Caller, DynamodbLocation } from './location.js'
import { checkNamespace } from './check-namespace.js'
import { send } from './send.js'
import { markerOf, sweepUpload } from './sweep-upload.js'

export interface SweepUploadsOptions {
  /** Name or ARN of the table. */
  table: string
  /** That of the backend. Default: none. */
  namespace?: string
  /** Uploads that expired before this time, in milliseconds since 1970, are removed. Default: now. */
  now?: number
  /** Called after each upload that was removed. */
  onProgress?: (progress: { uploads: number }) => void
  signal?: AbortSignal | undefined
}

/**
 * Remove what interrupted writes of blobs beyond one item left behind. To be run now and then, once a day for
 * instance, by whoever may delete chunks. Safe beside readers, writers and other sweepers; interrupted, the next one
 * goes on. Returns how many uploads were removed, and how many markers were left alone because they are malformed.
 *
 * Fails with UNREACHABLE, THROTTLED, ACCESS_DENIED, LOCATION_NOT_FOUND, BACKEND_FAILED; INVALID_ARGUMENT for a bad
 * namespace. Errors name the table as their backend.
 */
export async function sweepUploads(
  client: DynamoDBClient,
  options: SweepUploadsOptions,
): Promise<{ uploads: number; malformed: number }> {
  const { table, namespace, now = Date.now(), signal, onProgress } = options
  checkNamespace(namespace)
  const location = { id: table, client, table, layout: layoutOf(namespace) }
  const caller = { operation: 'sweepUploads', signal }
  let uploads = 0
  let malformed = 0
  for await (const item of expired(location, Math.floor(now / 1000), caller)) {
    const marker = markerOf(item)
    if (!marker) malformed += 1
    else if (await sweepUpload(location, marker, caller)) {
      uploads += 1
      onProgress?.({ uploads })
    }
  }
  return { uploads, malformed }
}

/** The markers that expired before a second, of all partitions. */
async function* expired(location: DynamodbLocation, second: number, caller: Caller): AsyncGenerator<Item> {
  for (let partition = 0; partition < markerPartitions; partition++) {
    let after: Item | undefined
    do {
      const query = new QueryCommand({
        TableName: location.table,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND sk < :now',
        ExpressionAttributeValues: {
          ':pk': { S: location.layout.markers(partition) },
          ':now': { S: digitsOf(second) },
        },
        ExclusiveStartKey: after,
      })
      const answer = await send(location, query, caller)
      yield* answer.Items ?? []
      after = answer.LastEvaluatedKey
    } while (after)
  }
}
