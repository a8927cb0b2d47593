import { randomUUID } from 'node:crypto'
import {
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb'
import { createTable, dynamodbBackend } from '@sealring/backend-dynamodb'
import { sealedBlob } from '@sealring/core'
import { expect } from 'chai'
import { after, before } from 'mocha'
import { faultyProxy } from './faulty-proxy.js'
import type { FaultyProxy } from './faulty-proxy.js'
import { onEachServer } from './on-each-server.js'

const slot = { name: 'to/purge', revision: 1 }
const operation = 'DescribeContinuousBackups'
const day = 24 * 60 * 60 * 1000

onEachServer('purge', (current, testCase) => {
  let proxy: FaultyProxy
  before(async () => {
    proxy = await faultyProxy(current().server.endpoint)
  })
  after(() => proxy.stop())

  const through = (table: string) => {
    const client = current().connect({ endpoint: proxy.endpoint, maxAttempts: 1 })
    return dynamodbBackend({ id: 'here', client, table })
  }

  testCase('nothing is kept of a table without point-in-time recovery, and the slot stays', async () => {
    const backend = through(current().table)
    const blob = sealedBlob(Buffer.from('kept'))
    await backend.create(slot, blob)
    expect(await backend.purge(slot)).eql({ retained: [] })
    expect(await backend.stat(slot)).include({ digest: blob.digest })
  })

  testCase('the service is asked once for many slots', async () => {
    const backend = through(current().table)
    proxy.seen()
    for (let revision = 1; revision <= 5; revision++) await backend.purge({ ...slot, revision })
    expect(proxy.seen()).eql([operation])
  })

  testCase('point-in-time recovery is reported, with the time when it forgets', async () => {
    const { client } = current()
    const table = `recoverable-${randomUUID()}`
    await createTable(client, { table })
    // Servers differ in what they can do: what is reported has to be what the server says.
    const days = await enable(table)
    const before = Date.now()
    const { retained } = await through(table).purge(slot)
    expect(retained.map(({ by }) => by)).eql(days === undefined ? [] : ['point-in-time-recovery'])
    if (days !== undefined)
      expect(retained[0]?.until?.getTime()).within(before + days * day, Date.now() + days * day)
    await client.send(new DeleteTableCommand({ TableName: table }))
  })

  testCase('who may not ask is told so, and other failures have their codes', async () => {
    const backend = through(current().table)
    proxy.plan(operation, [{ refused: 'InternalServerError', status: 500 }])
    const error: unknown = await backend.purge(slot).catch((reason: unknown) => reason)
    expect(error).include({ code: 'UNREACHABLE', operation: 'purge', backend: 'here', retryable: true })
    proxy.plan(operation, [{ refused: 'AccessDeniedException', status: 400 }])
    const { retained } = await backend.purge(slot)
    expect(retained.map(({ by }) => by)).eql(['unknown'])
    expect(retained[0]?.message).contain('dynamodb:DescribeContinuousBackups')
    expect(retained[0]).not.have.property('until')
  })

  /** How many days the server says that it keeps; `undefined` when it has no recovery. */
  async function enable(TableName: string): Promise<number | undefined> {
    const { client } = current()
    const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true }
    try {
      await client.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }))
    } catch (error) {
      expect(error).property('name', 'UnknownOperationException')
      return undefined
    }
    const told = await client.send(new DescribeContinuousBackupsCommand({ TableName }))
    const recovery = told.ContinuousBackupsDescription?.PointInTimeRecoveryDescription
    return recovery?.PointInTimeRecoveryStatus === 'ENABLED'
      ? (recovery.RecoveryPeriodInDays ?? 35)
      : undefined
  }
})
