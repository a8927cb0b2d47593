import { randomBytes } from 'node:crypto'
import { BatchGetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import type { BatchGetItemCommandOutput, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { fill, key, newTable, partition, sortKeys } from './dynamodb-items.js'
import type { Item } from './dynamodb-items.js'
import type { ProtocolCase } from './protocol-case.js'

/** Queries, page by page, and batches. */
export const DYNAMODB_QUERY_CASES: readonly ProtocolCase<DynamoDBClient>[] = [
  {
    name: 'a query backwards with Limit 1 finds the greatest sort key',
    async run(client) {
      const TableName = await newTable(client)
      await fill(
        client,
        TableName,
        [9, 10, 1, 2].map((sk) => key('k', sk)),
      )
      const latest = { TableName, ...partition('k'), ScanIndexForward: false, Limit: 1 }
      expect(await sortKeys(client, latest)).to.deep.equal([10])
      expect(await sortKeys(client, { TableName, ...partition('k') })).to.deep.equal([1, 2, 9, 10])
      expect(await sortKeys(client, { TableName, ...partition('absent') })).to.deep.equal([])
    },
  },
  {
    name: 'pages of a query join without gap or repetition',
    async run(client) {
      const TableName = await newTable(client)
      const all = Array.from({ length: 25 }, (_, index) => index + 1)
      await fill(
        client,
        TableName,
        all.map((sk) => key('k', sk)),
      )
      const seen: number[] = []
      let ExclusiveStartKey: Item | undefined
      do {
        const page = await client.send(
          new QueryCommand({ TableName, ...partition('k'), Limit: 10, ExclusiveStartKey }),
        )
        seen.push(...page.Items!.map((item) => Number(item['sk']!.N)))
        ExclusiveStartKey = page.LastEvaluatedKey
      } while (ExclusiveStartKey !== undefined)
      expect(seen).to.deep.equal(all)
    },
  },
  {
    name: 'a query ends its page at 1 MB',
    async run(client) {
      const TableName = await newTable(client)
      await fill(
        client,
        TableName,
        [1, 2, 3, 4].map((sk) => ({ ...key('k', sk), bytes: { B: randomBytes(390 * 1024) } })),
      )
      const page = await client.send(new QueryCommand({ TableName, ...partition('k') }))
      expect(page.Items!.length).to.be.within(2, 3)
      expect(page.LastEvaluatedKey).to.be.an('object')
    },
  },
  {
    name: 'a sparse index holds the items that carry its key',
    async run(client) {
      const TableName = await newTable(client)
      await fill(client, TableName, [
        { ...key('b', 1), shard: { S: '0' } },
        { ...key('a', 1), shard: { S: '0' } },
        { ...key('c', 1), shard: { S: '1' } },
        key('d', 1),
      ])
      const { Items } = await client.send(
        new QueryCommand({
          TableName,
          IndexName: 'by-shard',
          KeyConditionExpression: '#s = :s AND begins_with(pk, :p)',
          ExpressionAttributeNames: { '#s': 'shard' },
          ExpressionAttributeValues: { ':s': { S: '0' }, ':p': { S: 'a' } },
        }),
      )
      expect(Items).to.deep.equal([{ ...key('a', 1), shard: { S: '0' } }])
    },
  },
  {
    name: 'a batch of big items is served in full over its unprocessed keys',
    async run(client) {
      const TableName = await newTable(client)
      const bodies = Array.from({ length: 50 }, () => randomBytes(390 * 1024))
      await Promise.all(bodies.map((B, sk) => fill(client, TableName, [{ ...key('k', sk), bytes: { B } }])))
      let Keys: Item[] | undefined = bodies.map((_, sk) => key('k', sk))
      const seen = new Map<number, Uint8Array>()
      let calls = 0
      while (Keys !== undefined && Keys.length > 0) {
        const answer: BatchGetItemCommandOutput = await client.send(
          new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } } }),
        )
        for (const item of answer.Responses![TableName]!) seen.set(Number(item['sk']!.N), item['bytes']!.B!)
        Keys = answer.UnprocessedKeys?.[TableName]?.Keys
        calls++
      }
      expect(bodies.every((body, sk) => body.equals(seen.get(sk)!))).to.equal(true)
      // BatchGetItem returns at most 16 MB: 50 items of 390 KB don't fit in one answer.
      expect(calls).to.be.greaterThan(1)
    },
  },
]
