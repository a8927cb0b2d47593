import { randomUUID } from 'node:crypto'
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb'
import { createTable } from '@sealring/backend-dynamodb'
import type { BackendError } from '@sealring/core'
import { expect } from 'chai'
import { onEachServer } from './on-each-server.js'

onEachServer('create-table', (current, testCase) => {
  testCase('an existing table that fits is left as it is', async () => {
    const { client, table } = current()
    expect(await createTable(client, { table })).eql({ outcome: 'exists' })
  })

  testCase('a table is billed on demand and has the local index', async () => {
    const { client, table } = current()
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table }))
    expect(Table).nested.include({
      TableStatus: 'ACTIVE',
      'BillingModeSummary.BillingMode': 'PAY_PER_REQUEST',
      'LocalSecondaryIndexes[0].IndexName': 'by-revision',
    })
  })

  testCase('an existing table that does not fit is refused', async () => {
    const { client } = current()
    const table = `other-${randomUUID()}`
    await client.send(
      new CreateTableCommand({
        TableName: table,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    )
    const error = await createTable(client, { table }).catch((failure: BackendError) => failure)
    expect(error).include({
      name: 'BackendError',
      code: 'BACKEND_FAILED',
      operation: 'createTable',
      backend: table,
    })
    await client.send(new DeleteTableCommand({ TableName: table }))
  })

  // Servers differ in what they can do: createTable must never claim what the server doesn't have.
  testCase('deletion protection is on when createTable says so', async () => {
    const { client } = current()
    const table = `protected-${randomUUID()}`
    const claimed = await outcomeOf(createTable(client, { table, deletionProtection: true }))
    const refused = await client.send(new DeleteTableCommand({ TableName: table })).then(
      () => false,
      ({ name }: Error) => name === 'ValidationException',
    )
    expect(claimed).equal(refused ? 'created' : 'BACKEND_FAILED')
    if (!refused) return
    await client.send(new UpdateTableCommand({ TableName: table, DeletionProtectionEnabled: false }))
    await client.send(new DeleteTableCommand({ TableName: table }))
  })

  testCase('point-in-time recovery is on when createTable says so', async () => {
    const { client } = current()
    const table = `recoverable-${randomUUID()}`
    const claimed = await outcomeOf(createTable(client, { table, pointInTimeRecovery: true }))
    const enabled = await client.send(new DescribeContinuousBackupsCommand({ TableName: table })).then(
      ({ ContinuousBackupsDescription: backups }) =>
        backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED',
      ({ name }: Error) => {
        expect(name).equal('UnknownOperationException')
        return false
      },
    )
    expect(claimed).equal(enabled ? 'created' : 'BACKEND_FAILED')
    if (enabled)
      expect(await outcomeOf(createTable(client, { table, pointInTimeRecovery: true }))).equal('exists')
    await client.send(new DeleteTableCommand({ TableName: table }))
  })

  testCase('an abort rejects with its reason', async () => {
    const { client } = current()
    const signal = AbortSignal.abort(new Error('enough'))
    const error = await createTable(client, { table: 'never-made', signal }).catch((e: unknown) => e)
    expect(error).equal(signal.reason)
  })
})

const outcomeOf = (work: Promise<{ outcome: string }>) =>
  work.then(
    ({ outcome }) => outcome,
    ({ code }: BackendError) => code,
  )
