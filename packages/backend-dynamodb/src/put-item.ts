import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { PutItemCommandInput } from '@aws-sdk/client-dynamodb'
import { BackendError } from '@sealring/core'
import type { Item, Key } from './layout.js'
import type { Caller, DynamodbLocation } from './location.js'
import { send } from './send.js'

type Condition = Pick<PutItemCommandInput, 'ConditionExpression' | 'ExpressionAttributeValues'>

/**
 * Put an item with a version token of its own (`v`) under a condition. `undefined` when it was stored;
 * otherwise what stands there instead, or `'nothing'`.
 *
 * When an answer is lost, the SDK's next attempt meets what the first one wrote: the token tells.
 */
export async function putItemIf(
  location: DynamodbLocation,
  { key, item, condition }: { key: Key; item: Item; condition: Condition },
  caller: Caller,
): Promise<Item | 'nothing' | undefined> {
  try {
    await send(
      location,
      new PutItemCommand({
        TableName: location.table,
        Item: item,
        ...condition,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
      caller,
      { decides: true },
    )
    return undefined
  } catch (error) {
    const refusal = conditionFailure(error)
    if (!refusal) throw error
    const there = refusal.Item ?? (await getStamp(location, key, caller).catch(rethrowUnsettled(error)))
    if (there?.['v']?.S !== undefined && there['v'].S === item['v']?.S) return undefined
    return there ?? 'nothing'
  }
}

/** All that an item says, but for its bytes. */
export async function getStamp(
  location: DynamodbLocation,
  key: Key,
  caller: Caller,
): Promise<Item | undefined> {
  const answer = await send(
    location,
    new GetItemCommand({
      TableName: location.table,
      Key: key,
      ConsistentRead: true,
      ProjectionExpression: 'sk, r, d, z, v, u, k',
    }),
    caller,
  )
  return answer.Item
}

/** While it isn't known whose item that is, an earlier attempt of ours with a lost answer stays undecided. */
export function rethrowUnsettled(refusal: unknown): (failure: unknown) => never {
  return (failure) => {
    throw refusal instanceof BackendError && refusal.code === 'OUTCOME_UNKNOWN' ? refusal : failure
  }
}

/** By name: the user's client may come from another copy of the SDK. */
function conditionFailure(error: unknown): (Error & { Item?: Item }) | undefined {
  const cause = error instanceof BackendError ? error.cause : undefined
  return cause instanceof Error && cause.name === 'ConditionalCheckFailedException' ? cause : undefined
}
