import { DeleteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { BackendError } from '@sealring/core'
import { batchDeletions, batchesAtOnce, writeBatch } from './batches.js'
import { grouped, isUploadId } from './chunks.js'
import { inParallel } from './in-parallel.js'
import type { Item, Key } from './layout.js'
import type { Caller, DynamodbLocation } from './location.js'
import { send } from './send.js'

/** The marker of an upload without head. */
export interface Marker {
  readonly key: Key
  readonly upload: string
  /** How many chunks the upload has, or was going to have. */
  readonly count: number
}

/** While `x` is there, no head comes into being for the upload. */
export function markerItem({ key, count }: Marker, swept: 'swept' | 'uploading'): Item {
  return { ...key, c: { N: String(count) }, ...(swept === 'swept' && { x: { BOOL: true } }) }
}

/** `undefined` when it is no marker that this library wrote. */
export function markerOf({ pk, sk, c }: Item): Marker | undefined {
  const upload = sk?.S?.split('#')[1]
  const count = Number(c?.N)
  if (!pk?.S || !sk?.S || !upload || !isUploadId(upload)) return undefined
  if (!Number.isSafeInteger(count) || count < 0 || count > 1_000_000) return undefined
  return { key: { pk: { S: pk.S }, sk: { S: sk.S } }, upload, count }
}

/**
 * Remove an upload that has no head, so that none can come into being any more. False when its marker has gone: it
 * has a head, or somebody else removed it. Interrupted anywhere, it can be repeated: the marker goes last.
 */
export async function sweepUpload(
  location: DynamodbLocation,
  marker: Marker,
  caller: Caller,
): Promise<boolean> {
  const condemn = new UpdateItemCommand({
    TableName: location.table,
    Key: marker.key,
    UpdateExpression: 'SET x = :true',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':true': { BOOL: true } },
  })
  try {
    await send(location, condemn, caller)
  } catch (error) {
    const cause = error instanceof BackendError ? error.cause : undefined
    if (cause instanceof Error && cause.name === 'ConditionalCheckFailedException') return false
    throw error
  }
  await removeUpload(location, marker, caller)
  return true
}

/** Remove the chunks of an upload whose marker has `x`, then the marker. */
export async function removeUpload(
  location: DynamodbLocation,
  { key, upload, count }: Marker,
  caller: Caller,
): Promise<void> {
  const { table, layout } = location
  // By number rather than by query: a query reads whole chunks, projected or not.
  const chunks = Array.from({ length: count }, (_, index) => ({
    DeleteRequest: { Key: layout.chunk(upload, index) },
  }))
  await inParallel(grouped(chunks, batchDeletions), batchesAtOnce, (batch) =>
    writeBatch(location, batch, caller),
  )
  await send(location, new DeleteItemCommand({ TableName: table, Key: key }), caller)
}
