import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { BackendError } from '@sealring/core'
import type { BackendErrorCode, CallOptions } from '@sealring/core'
import type { Layout } from './layout.js'

/** What the methods of one backend object share. */
export interface DynamodbLocation {
  readonly id: string
  readonly client: DynamoDBClient
  readonly table: string
  readonly layout: Layout
}

/** Which method of the backend asks, and what ends it early. */
export interface Caller {
  readonly operation: string
  readonly signal: AbortSignal | undefined
}

/** Start of every method. Rejects with the signal's reason when it was aborted before. */
export function begin(operation: string, call: CallOptions | undefined): Caller {
  call?.signal?.throwIfAborted()
  return { operation, signal: call?.signal }
}

/** A failure that no error of the service stands for. */
export function problem(
  { id, table }: Pick<DynamodbLocation, 'id' | 'table'>,
  code: BackendErrorCode,
  says: string,
  { operation }: Caller,
  options?: { retryable: boolean },
): BackendError {
  return new BackendError(code, `Table "${table}": ${says}.`, { backend: id, operation, ...options })
}
