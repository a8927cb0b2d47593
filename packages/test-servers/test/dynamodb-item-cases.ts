import { randomBytes, randomUUID } from 'node:crypto'
import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { bytesOf, fill, key, newTable } from './dynamodb-items.js'
import { errorName } from './protocol-case.js'
import type { ProtocolCase } from './protocol-case.js'

/** Single items. */
export const DYNAMODB_ITEM_CASES: readonly ProtocolCase<DynamoDBClient>[] = [
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
]
