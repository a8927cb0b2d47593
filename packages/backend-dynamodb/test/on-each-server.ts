import { randomUUID } from 'node:crypto'
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { createTable } from '@sealring/backend-dynamodb'
import { availableDynamodbServers, faultList, knownFaults } from '@sealring/test-servers'
import type { RunningServer } from '@sealring/test-servers'
import { after, before, describe, it } from 'mocha'

/** A DynamoDB server with a table, as the cases of a `describe` see it once they run. */
export interface ServerUnderTest {
  readonly server: RunningServer
  readonly client: DynamoDBClient
  /** Made by `createTable`. */
  readonly table: string
  /** Another client for the server; closed at the end. */
  readonly connect: (options?: DynamoDBClientConfig) => DynamoDBClient
}

const kinds = await availableDynamodbServers()

/** Whether a server has TransactWriteItems, without which no blob beyond one item can be kept. */
export function hasTransactions(server: Parameters<typeof knownFaults>[0]): boolean {
  return !knownFaults(server).some(({ case: name }) => name === 'a transaction writes all or nothing')
}

/** One case, judged by the server's list of known faults. */
export type TestCase = (name: string, run: Mocha.AsyncFunc) => void

/** Declares the same cases for every DynamoDB server that this machine has; `transactions`: and that has these. */
export function onEachServer(
  suite: string,
  declare: (current: () => ServerUnderTest, testCase: TestCase) => void,
  { transactions } = { transactions: false },
): void {
  for (const kind of kinds) {
    if (transactions && !hasTransactions(kind)) {
      it(`${suite} on ${kind.id}: not run, the server has no transactions`)
      continue
    }
    describe(`${suite} on ${kind.id}`, () => {
      const faults = faultList(kind, suite)
      const clients: DynamoDBClient[] = []
      const names: string[] = []
      let running: ServerUnderTest | undefined

      before(async () => {
        const server = await kind.start()
        const connect = (options?: DynamoDBClientConfig) => {
          const client = new DynamoDBClient({ ...server.clientOptions, ...options })
          clients.push(client)
          return client
        }
        const table = `sealring-${randomUUID()}`
        running = { server, client: connect(), table, connect }
        await createTable(running.client, { table })
      })

      after(async () => {
        await running?.client.send(new DeleteTableCommand({ TableName: running.table }))
        for (const client of clients) client.destroy()
        await running?.server.stop()
      })

      declare(
        () => running!,
        (name, run) => {
          names.push(name)
          it(faults.title(name), function () {
            return faults.expect(name, () => run.call(this))
          })
        },
      )
      faults.assertCasesExist(names)
    })
  }
}
