import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { InputError, checkBackendId } from '@sealring/core'
import type { Backend } from '@sealring/core'
import { checkNamespace } from './check-namespace.js'
import { layoutOf, maxItemBytes } from './layout.js'
import { listings } from './listings.js'
import { nameIndex } from './name-index.js'
import { purge } from './purge.js'
import { sidecars } from './sidecars.js'
import { slots } from './slots.js'
import { statOf } from './stat-of.js'

export interface DynamodbBackendOptions {
  /** Stable id of the location, unique within its store: `/^[a-z0-9][a-z0-9._-]{0,62}$/`. Public. */
  id: string
  /** Your own client: its region, credentials, timeouts and retries are the ones used. It is never closed. */
  client: DynamoDBClient
  /** Name or ARN of a table as `createTable` makes it. */
  table: string
  /** Lets several stores share the table: `/^[a-z0-9][a-z0-9._-]{0,62}$/`. Default: none. */
  namespace?: string
  /**
   * Largest sealed entry in bytes, up to 8 GiB. Beyond 390 KiB (399,360) an entry is kept in chunks, which takes
   * transactions of the service: with at most 390 KiB none are used. Default 64 MiB.
   */
  maxBlobBytes?: number
  /**
   * How long after its begin the remains of an interrupted upload belong to `sweepUploads`, in seconds, from an hour to a year. An
   * upload that takes more than half of it gives up. Default 86,400: a day.
   */
  uploadLifetimeSeconds?: number
}

/** All chunks of one entry have one partition key, which holds 10 GB in a table with a local index. */
const largestBlobBytes = 8 * 1024 ** 3

const hour = 3600
const year = 365 * 24 * hour

/**
 * A location in an Amazon DynamoDB table. Reads are consistent; creating and replacing are conditional writes of
 * one item. Replicas of one global table are one location: writers must all use the same Region.
 *
 * Digests are those recorded at the time of writing (`attested: false`). Sidecars hold up to 390 KiB. What writes of
 * larger blobs leave behind when they are interrupted is removed by `sweepUploads`.
 * Besides those of the contract, errors are: UNREACHABLE, THROTTLED (both retryable), ACCESS_DENIED (credentials
 * missing, expired or not allowed), LOCATION_NOT_FOUND (no such table), BLOB_DAMAGED (an item that contradicts
 * itself, a missing
 * chunk), OUTCOME_UNKNOWN (any write whose answer was lost; repeating the call settles it), BACKEND_FAILED.
 * INVALID_ARGUMENT for bad options.
 */
export function dynamodbBackend(options: DynamodbBackendOptions): Backend {
  const { id, client, table, namespace } = options
  const { maxBlobBytes = 64 * 1024 * 1024, uploadLifetimeSeconds = 86_400 } = options
  checkBackendId(id)
  if (typeof table !== 'string' || table === '')
    throw new InputError('INVALID_ARGUMENT', 'The table must have a name.')
  checkNamespace(namespace)
  if (!Number.isSafeInteger(maxBlobBytes) || maxBlobBytes < 0 || maxBlobBytes > largestBlobBytes)
    throw new InputError('INVALID_ARGUMENT', `maxBlobBytes is an integer up to ${largestBlobBytes}.`)
  if (
    !Number.isSafeInteger(uploadLifetimeSeconds) ||
    uploadLifetimeSeconds < hour ||
    uploadLifetimeSeconds > year
  )
    throw new InputError('INVALID_ARGUMENT', `uploadLifetimeSeconds is an integer from ${hour} to ${year}.`)

  const location = { id, client, table, layout: layoutOf(namespace) }
  const index = nameIndex(location)
  const stat = statOf(location, index)
  return {
    id,
    capabilities: {
      maxBlobBytes,
      maxSidecarBytes: maxItemBytes,
      range: true,
      conditionalCreate: true,
      conditionalReplace: true,
      durable: true,
    },
    ...slots(location, index, stat, { maxBlobBytes, uploadLifetimeSeconds }),
    ...purge(location),
    ...listings(location, index, stat),
    ...sidecars(location),
  }
}
