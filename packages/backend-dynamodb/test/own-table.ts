import { randomUUID } from 'node:crypto'
import { DeleteTableCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createTable, dynamodbBackend, sweepUploads } from '@sealring/backend-dynamodb'
import type { SweepUploadsOptions } from '@sealring/backend-dynamodb'
import type { Backend } from '@sealring/core'
import { keyOf } from '#src/layout.js'
import type { Item } from '#src/layout.js'
import type { ServerUnderTest } from './on-each-server.js'

/** A table that nothing else is in. */
export interface OwnTable {
  readonly table: string
  readonly backend: Backend
  readonly open: (client: DynamoDBClient) => Backend
  /** All keys whose `pk` starts so. */
  readonly keys: (prefix: 'c#' | 'm#') => Promise<string[]>
  readonly items: (prefix: 'c#' | 'n#') => Promise<Item[]>
  /** A sweep two days from now: every upload has expired by then. */
  readonly sweep: () => ReturnType<typeof sweepUploads>
  readonly sweepBy: (client: DynamoDBClient) => ReturnType<typeof sweepUploads>
  readonly sweepAt: (
    now: number,
    onProgress?: SweepUploadsOptions['onProgress'],
  ) => ReturnType<typeof sweepUploads>
  readonly putForeignMarker: () => Promise<unknown>
}

const later = () => Date.now() + 2 * 86_400_000

export async function withOwnTable(
  { client }: ServerUnderTest,
  run: (own: OwnTable) => Promise<void>,
): Promise<void> {
  const table = `own-${randomUUID()}`
  await createTable(client, { table })
  const items = async (prefix: string, projection?: string) => {
    const found: Item[] = []
    let after: Item | undefined
    do {
      const page = await client.send(
        new ScanCommand({
          TableName: table,
          ConsistentRead: true,
          ExclusiveStartKey: after,
          ...(projection && { ProjectionExpression: projection }),
        }),
      )
      found.push(...(page.Items ?? []).filter(({ pk }) => pk?.S?.startsWith(prefix)))
      after = page.LastEvaluatedKey
    } while (after)
    return found
  }
  try {
    await run({
      table,
      backend: dynamodbBackend({ id: 'own', client, table }),
      open: (through) => dynamodbBackend({ id: 'own', client: through, table }),
      items: (prefix) => items(prefix),
      keys: async (prefix) =>
        (await items(prefix, 'pk, sk')).map(({ pk, sk }) => `${pk?.S} ${sk?.S}`).toSorted(),
      sweep: () => sweepUploads(client, { table, now: later() }),
      sweepBy: (through) => sweepUploads(through, { table, now: later() }),
      sweepAt: (now, onProgress) => sweepUploads(client, { table, now, ...(onProgress && { onProgress }) }),
      putForeignMarker: () =>
        client.send(new PutItemCommand({ TableName: table, Item: keyOf('m#00', '000000000001#theirs') })),
    })
  } finally {
    await client.send(new DeleteTableCommand({ TableName: table }))
  }
}
