import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { InputError, checkBackendId } from '@sealring/core'
import type { Backend } from '@sealring/core'
import { layoutOf, maxItemBytes } from './layout.js'
import { listings } from './listings.js'
import { nameIndex } from './name-index.js'
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
}

const namespaceGrammar = /^[a-z0-9][a-z0-9._-]{0,62}$/u

/**
 * A location in an Amazon DynamoDB table. Reads are consistent; creating and replacing are conditional writes of
 * one item. Replicas of one global table are one location: writers must all use the same Region.
 *
 * Digests are those recorded at the time of writing (`attested: false`). Blobs and sidecars hold up to 390 KiB.
 * Besides those of the contract, errors are: UNREACHABLE, THROTTLED (both retryable), ACCESS_DENIED (credentials
 * missing, expired or not allowed), LOCATION_NOT_FOUND (no such table), BLOB_DAMAGED (an item that contradicts
 * itself), OUTCOME_UNKNOWN (any write whose answer was lost; repeating the call settles it), BACKEND_FAILED.
 * INVALID_ARGUMENT for bad options.
 */
export function dynamodbBackend(options: DynamodbBackendOptions): Backend {
  const { id, client, table, namespace } = options
  checkBackendId(id)
  if (typeof table !== 'string' || table === '')
    throw new InputError('INVALID_ARGUMENT', 'The table must have a name.')
  if (namespace !== undefined && !namespaceGrammar.test(namespace))
    throw new InputError('INVALID_ARGUMENT', `A namespace must match ${namespaceGrammar.source}.`)

  const location = { id, client, table, layout: layoutOf(namespace) }
  const index = nameIndex(location)
  const stat = statOf(location, index)
  return {
    id,
    capabilities: {
      maxBlobBytes: maxItemBytes,
      maxSidecarBytes: maxItemBytes,
      range: true,
      conditionalCreate: true,
      conditionalReplace: true,
      durable: true,
    },
    ...slots(location, index, stat),
    ...listings(location, index, stat),
    ...sidecars(location),
  }
}
