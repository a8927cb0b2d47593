import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb'
import type { TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { BackendError } from '@sealring/core'
import { cancellationReasons } from './dynamodb-errors.js'
import type { Item, Key } from './layout.js'
import type { Caller, DynamodbLocation } from './location.js'
import { pace } from './pace.js'
import { getStamp, rethrowUnsettled } from './put-item.js'
import { send } from './send.js'
import { markerItem } from './sweep-upload.js'
import type { Marker } from './sweep-upload.js'

export interface HeadWrite {
  readonly key: Key
  /** With a version token of its own. */
  readonly item: Item
  /** Version token of the head that it replaces; absent: there must be none. */
  readonly expect?: string
  /** The upload that the head names: from now on it needs no marker. */
  readonly uploaded?: Marker | undefined
  /** The upload that the head before named: from now on it needs one. */
  readonly replaced?: Marker | undefined
}

/** Conditions of a head. */
export function headCondition(expect: string | undefined) {
  return expect === undefined
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : { ConditionExpression: 'v = :expect', ExpressionAttributeValues: { ':expect': { S: expect } } }
}

/**
 * Put a head and change the markers of the uploads concerned, in one transaction. As `putItemIf`: `undefined` when
 * it was stored; otherwise what stands there instead, or `'nothing'`. Fails with BACKEND_FAILED, retryable, when
 * the upload has been swept.
 */
export async function writeHead(
  location: DynamodbLocation,
  write: HeadWrite,
  caller: Caller,
): Promise<Item | 'nothing' | undefined> {
  const token = write.item['v']?.S
  const waits = pace()
  for (;;) {
    // The SDK's attempts at one command have one request token anyway; this one also covers those after a conflict.
    const transaction = new TransactWriteItemsCommand({
      ClientRequestToken: token,
      TransactItems: actions(location, write),
    })
    try {
      await send(location, transaction, caller, { decides: true })
      return undefined
    } catch (error) {
      const reasons = cancellationReasons(error instanceof BackendError ? error.cause : undefined)
      if (!reasons) throw error
      const there =
        reasons[0]?.Item ?? (await getStamp(location, write.key, caller).catch(rethrowUnsettled(error)))
      if (there && there['v']?.S === token) return undefined
      if (reasons[0]?.Code === 'ConditionalCheckFailed' || there?.['v']?.S !== write.expect)
        return there ?? 'nothing'
      // Another transaction touched these items at this moment and changed nothing so far. To give up would be to
      // upload everything again.
      const conflict = reasons.some(({ Code }) => Code === 'TransactionConflict')
      const decided = error instanceof BackendError && error.code !== 'OUTCOME_UNKNOWN'
      if (!conflict || !decided || !(await waits.wait(caller))) throw error
    }
  }
}

/** The head comes first: its reason is looked at. */
function actions(location: DynamodbLocation, write: HeadWrite): TransactWriteItem[] {
  const { item, expect, uploaded, replaced } = write
  const TableName = location.table
  return [
    {
      Put: {
        TableName,
        Item: item,
        ...headCondition(expect),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    },
    ...(uploaded
      ? [
          {
            Delete: {
              TableName,
              Key: uploaded.key,
              ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(x)',
            },
          },
        ]
      : []),
    ...(replaced ? [{ Put: { TableName, Item: markerItem(replaced, 'swept') } }] : []),
  ]
}
