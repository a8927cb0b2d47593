import { randomUUID } from 'node:crypto'
import {
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import type { AttributeValue, DynamoDBClient, QueryCommandInput } from '@aws-sdk/client-dynamodb'

/** Attributes by name, as the SDK takes them. */
export type Item = Record<string, AttributeValue>

/** The condition that no item has this key yet. */
export const ABSENT = 'attribute_not_exists(pk)'

/** A table of its own for one case, with a sparse index by `shard`. */
export async function newTable(client: DynamoDBClient): Promise<string> {
  const TableName = `protocol-${randomUUID()}`
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'N' },
        { AttributeName: 'shard', AttributeType: 'S' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-shard',
          KeySchema: [
            { AttributeName: 'shard', KeyType: 'HASH' },
            { AttributeName: 'pk', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    }),
  )
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 0.05, maxDelay: 0.2 }, { TableName })
  return TableName
}

/** The key of an item: partition and sort key. */
export const key = (pk: string, sk: number): Item => ({ pk: { S: pk }, sk: { N: String(sk) } })

/** Stores items, one after the other. */
export async function fill(client: DynamoDBClient, TableName: string, items: readonly Item[]): Promise<void> {
  for (const Item of items) await client.send(new PutItemCommand({ TableName, Item }))
}

/** The attribute `bytes` of an item. */
export async function bytesOf(
  client: DynamoDBClient,
  TableName: string,
  Key: Item,
): Promise<Uint8Array | undefined> {
  const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))
  return Item?.['bytes']?.B
}

/** The sort keys of one page of a query. */
export async function sortKeys(client: DynamoDBClient, input: QueryCommandInput): Promise<number[]> {
  const { Items = [] } = await client.send(new QueryCommand({ ConsistentRead: true, ...input }))
  return Items.map((item) => Number(item['sk']?.N))
}

/** The condition of a query for a whole partition. */
export const partition = (pk: string) => ({
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': { S: pk } },
})
