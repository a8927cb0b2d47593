import { randomBytes } from 'node:crypto'
import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { ABSENT, bytesOf, fill, key, newTable, partition, sortKeys } from './dynamodb-items.js'
import { errorName, failure } from './protocol-case.js'
import type { ProtocolCase } from './protocol-case.js'

/** Writes under a condition, alone and in transactions. */
export const DYNAMODB_CONDITION_CASES: readonly ProtocolCase<DynamoDBClient>[] = [
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
]
