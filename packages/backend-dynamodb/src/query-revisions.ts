import { QueryCommand } from '@aws-sdk/client-dynamodb'
import type { QueryCommandInput, QueryCommandOutput } from '@aws-sdk/client-dynamodb'
import { revisionIndex } from './layout.js'
import type { Caller, DynamodbLocation } from './location.js'
import { send } from './send.js'

export type RevisionQuery = Pick<QueryCommandInput, 'Limit' | 'ScanIndexForward'> & {
  /** Only the items of this one. */
  readonly revision?: number
  /** Start after this item. */
  readonly after?: QueryCommandInput['ExclusiveStartKey']
}

/** The items of a partition by revision, without their bytes: cheap whatever they weigh, and consistent. */
export function queryRevisions(
  location: DynamodbLocation,
  partition: string,
  { revision, after, ...page }: RevisionQuery,
  caller: Caller,
): Promise<QueryCommandOutput> {
  const query = new QueryCommand({
    TableName: location.table,
    IndexName: revisionIndex.name,
    ConsistentRead: true,
    KeyConditionExpression: revision === undefined ? 'pk = :pk' : 'pk = :pk AND r = :r',
    ExpressionAttributeValues: {
      ':pk': { S: partition },
      ...(revision !== undefined && { ':r': { N: String(revision) } }),
    },
    ExclusiveStartKey: after,
    ...page,
  })
  return send(location, query, caller)
}
