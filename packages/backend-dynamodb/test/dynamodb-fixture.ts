import { randomUUID } from 'node:crypto'
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { dynamodbBackend } from '@sealring/backend-dynamodb'
import type { DynamodbBackendOptions } from '@sealring/backend-dynamodb'
import type { BackendFixture } from '@sealring/core/conformance'
import { layoutOf } from '#src/layout.js'

/** Locations in one table, each with a namespace of its own. */
export function dynamodbFixture(
  client: DynamoDBClient,
  table: string,
  limits: Pick<DynamodbBackendOptions, 'maxBlobBytes'> = {},
): BackendFixture {
  const open = (namespace: string) => dynamodbBackend({ id: 'dynamodb', client, table, namespace, ...limits })
  const chunkOf = async (namespace: string, upload: string) => {
    const Key = layoutOf(namespace).chunk(upload, 0)
    const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }))
    return Item!
  }
  return {
    capabilities: open('any').capabilities,
    open: async () => {
      const namespace = randomUUID()
      return {
        backend: open(namespace),
        reopen: async () => open(namespace),
        damage: async (slot) => {
          const Key = layoutOf(namespace).head(slot)
          const { Item } = await client.send(
            new GetItemCommand({ TableName: table, Key, ConsistentRead: true }),
          )
          const upload = Item!['u']?.S
          const damaged = upload ? await chunkOf(namespace, upload) : Item!
          const bytes = Buffer.from(damaged['b']!.B!)
          bytes[bytes.length >> 1]! ^= 1
          await client.send(new PutItemCommand({ TableName: table, Item: { ...damaged, b: { B: bytes } } }))
        },
        dispose: async () => {},
      }
    },
  }
}
