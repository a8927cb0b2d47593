import { randomBytes, randomUUID } from 'node:crypto'
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  TransactionCanceledException,
  UpdateItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import type {
  AttributeValue,
  BatchGetItemCommandOutput,
  DynamoDBClient,
  QueryCommandInput,
} from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { errorName, failure } from './protocol-case.js'
import type { ProtocolCase } from './protocol-case.js'

type Item = Record<string, AttributeValue>

const ABSENT = 'attribute_not_exists(pk)'

async function newTable(client: DynamoDBClient): Promise<string> {
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

const key = (pk: string, sk: number): Item => ({ pk: { S: pk }, sk: { N: String(sk) } })

async function fill(client: DynamoDBClient, TableName: string, items: readonly Item[]): Promise<void> {
  for (const Item of items) await client.send(new PutItemCommand({ TableName, Item }))
}

async function bytesOf(
  client: DynamoDBClient,
  TableName: string,
  Key: Item,
): Promise<Uint8Array | undefined> {
  const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))
  return Item?.['bytes']?.B
}

async function sortKeys(client: DynamoDBClient, input: QueryCommandInput): Promise<number[]> {
  const { Items = [] } = await client.send(new QueryCommand({ ConsistentRead: true, ...input }))
  return Items.map((item) => Number(item['sk']?.N))
}

const partition = (pk: string) => ({
  KeyConditionExpression: 'pk = :pk',
  ExpressionAttributeValues: { ':pk': { S: pk } },
})

/** What `backend-dynamodb` relies on, one case each. */
export const DYNAMODB_PROTOCOL: readonly ProtocolCase<DynamoDBClient>[] = [
  {
    name: 'binary attributes of up to 390 KB come back byte for byte',
    async run(client) {
      const TableName = await newTable(client)
      for (const [sk, size] of [0, 1, 1000, 390 * 1024].entries()) {
        const bytes = randomBytes(size)
        await fill(client, TableName, [{ ...key('binary', sk), bytes: { B: bytes } }])
        expect(bytes.equals((await bytesOf(client, TableName, key('binary', sk)))!)).to.equal(true)
      }
    },
  },
  {
    name: 'an item over 400 KB is refused',
    async run(client) {
      const TableName = await newTable(client)
      const Item = { ...key('binary', 1), bytes: { B: randomBytes(401 * 1024) } }
      const put = client.send(new PutItemCommand({ TableName, Item }))
      expect(await errorName(put)).to.equal('ValidationException')
    },
  },
  {
    name: 'absent items are undefined, absent tables have their name',
    async run(client) {
      const TableName = await newTable(client)
      expect(await client.send(new GetItemCommand({ TableName, Key: key('none', 1) }))).not.to.have.property(
        'Item',
      )
      const lost = client.send(
        new GetItemCommand({ TableName: `absent-${randomUUID()}`, Key: key('none', 1) }),
      )
      expect(await errorName(lost)).to.equal('ResourceNotFoundException')
    },
  },
  {
    name: 'a condition refuses a second item',
    async run(client) {
      const TableName = await newTable(client)
      const Item = { ...key('k', 1), bytes: { B: Buffer.from('first') } }
      await client.send(new PutItemCommand({ TableName, Item, ConditionExpression: ABSENT }))
      const second = { ...Item, bytes: { B: Buffer.from('second') } }
      const put = client.send(new PutItemCommand({ TableName, Item: second, ConditionExpression: ABSENT }))
      expect(await errorName(put)).to.equal('ConditionalCheckFailedException')
      expect(Buffer.from((await bytesOf(client, TableName, key('k', 1)))!).toString()).to.equal('first')
    },
  },
  {
    name: 'a failed condition returns the item when asked',
    async run(client) {
      const TableName = await newTable(client)
      const Item = { ...key('k', 1), digest: { S: 'ff00' } }
      await fill(client, TableName, [Item])
      const put = client.send(
        new PutItemCommand({
          TableName,
          Item,
          ConditionExpression: ABSENT,
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      )
      const error = await failure(put, ConditionalCheckFailedException)
      expect(error.Item?.['digest']?.S).to.equal('ff00')
    },
  },
  {
    name: 'one of 20 racers with a condition wins',
    async run(client) {
      const TableName = await newTable(client)
      for (let round = 0; round < 5; round++) {
        const bodies = Array.from({ length: 20 }, () => randomBytes(10_000))
        const names = await Promise.all(
          bodies.map((B) => {
            const Item = { ...key('race', round), bytes: { B } }
            return errorName(
              client.send(new PutItemCommand({ TableName, Item, ConditionExpression: ABSENT })),
            )
          }),
        )
        expect(names.filter((name) => name === 'none')).to.have.length(1)
        expect(names.filter((name) => name === 'ConditionalCheckFailedException')).to.have.length(19)
        const winner = bodies[names.indexOf('none')]!
        expect(winner.equals((await bytesOf(client, TableName, key('race', round)))!)).to.equal(true)
      }
    },
  },
  {
    name: 'one of 20 racers that replace the same version wins',
    async run(client) {
      const TableName = await newTable(client)
      await fill(client, TableName, [{ ...key('k', 1), token: { S: 'old' } }])
      const racers = Array.from({ length: 20 }, (_, index) =>
        errorName(
          client.send(
            new PutItemCommand({
              TableName,
              Item: { ...key('k', 1), token: { S: `new ${index}` } },
              ConditionExpression: '#t = :old',
              ExpressionAttributeNames: { '#t': 'token' },
              ExpressionAttributeValues: { ':old': { S: 'old' } },
            }),
          ),
        ),
      )
      expect((await Promise.all(racers)).filter((name) => name === 'none')).to.have.length(1)
    },
  },
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
    name: 'a transaction writes all or nothing',
    async run(client) {
      const TableName = await newTable(client)
      await fill(client, TableName, [{ ...key('marker', 1) }])
      const write = (): Promise<unknown> =>
        client.send(
          new TransactWriteItemsCommand({
            TransactItems: [
              { Put: { TableName, Item: key('head', 1), ConditionExpression: ABSENT } },
              { Delete: { TableName, Key: key('marker', 1), ConditionExpression: 'attribute_exists(pk)' } },
            ],
          }),
        )
      await write()
      const { Items } = await client.send(new ScanCommand({ TableName }))
      expect(Items).to.deep.equal([key('head', 1)])
      await fill(client, TableName, [{ ...key('marker', 1) }])
      const error = await failure(write(), TransactionCanceledException)
      const codes = error.CancellationReasons!.map(({ Code }) => Code)
      expect(codes).to.deep.equal(['ConditionalCheckFailed', 'None'])
      const kept = await client.send(new GetItemCommand({ TableName, Key: key('marker', 1) }))
      expect(kept.Item).to.deep.equal(key('marker', 1))
    },
  },
  {
    name: 'one of 20 racing transactions wins',
    async run(client) {
      const TableName = await newTable(client)
      const racers = Array.from({ length: 20 }, (_, index) =>
        errorName(
          client.send(
            new TransactWriteItemsCommand({
              TransactItems: [
                { Put: { TableName, Item: key('head', 1), ConditionExpression: ABSENT } },
                { Put: { TableName, Item: key('loser', index) } },
              ],
            }),
          ),
        ),
      )
      const names = await Promise.all(racers)
      expect(names.filter((name) => name === 'none')).to.have.length(1)
      expect(names.filter((name) => name === 'TransactionCanceledException')).to.have.length(19)
      expect(await sortKeys(client, { TableName, ...partition('loser') })).to.have.length(1)
    },
  },
  {
    name: 'an update under a condition changes what it names',
    async run(client) {
      const TableName = await newTable(client)
      await fill(client, TableName, [{ ...key('k', 1), count: { N: '1' }, kept: { S: 'x' } }])
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          TableName,
          Key: key('k', 1),
          ConditionExpression: '#c = :one',
          ReturnValues: 'ALL_NEW',
          UpdateExpression: 'SET #c = #c + :one',
          ExpressionAttributeNames: { '#c': 'count' },
          ExpressionAttributeValues: { ':one': { N: '1' } },
        }),
      )
      expect(Attributes).to.deep.equal({ ...key('k', 1), count: { N: '2' }, kept: { S: 'x' } })
    },
  },
  {
    name: 'deleting removes, under its condition',
    async run(client) {
      const TableName = await newTable(client)
      await fill(client, TableName, [{ ...key('k', 1), token: { S: 'a' } }])
      const remove = (token: string): Promise<unknown> =>
        client.send(
          new DeleteItemCommand({
            TableName,
            Key: key('k', 1),
            ConditionExpression: '#t = :t',
            ExpressionAttributeNames: { '#t': 'token' },
            ExpressionAttributeValues: { ':t': { S: token } },
          }),
        )
      expect(await errorName(remove('b'))).to.equal('ConditionalCheckFailedException')
      await remove('a')
      expect(await client.send(new GetItemCommand({ TableName, Key: key('k', 1) }))).not.to.have.property(
        'Item',
      )
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
