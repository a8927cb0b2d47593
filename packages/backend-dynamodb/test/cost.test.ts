import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { randomUUID } from 'node:crypto'
import { dynamodbBackend } from '@sealring/backend-dynamodb'
import { collect, sealedBlob } from '@sealring/core'
import { expect } from 'chai'
import { maxItemBytes } from '#src/layout.js'
import { onEachServer } from './on-each-server.js'

/** Makes the server count capacity units; returns those used since it was last asked. */
function meter(client: DynamoDBClient): () => number {
  let units = 0
  client.middlewareStack.add(
    (next) => async (args) => {
      const input = { ...args.input, ReturnConsumedCapacity: 'TOTAL' }
      const result = await next({ ...args, input })
      const used = 'ConsumedCapacity' in result.output ? result.output.ConsumedCapacity : undefined
      units += used && 'CapacityUnits' in used ? (used.CapacityUnits ?? Number.NaN) : Number.NaN
      return result
    },
    { step: 'initialize' },
  )
  return () => {
    const used = units
    units = 0
    return used
  }
}

onEachServer('cost', (current, testCase) => {
  /** A name with four of the largest blobs in one item and three of the largest sidecars, and what looking at it costs. */
  async function heavy() {
    const { connect, table } = current()
    const client = connect()
    const used = meter(client)
    const backend = dynamodbBackend({ id: 'x', client, table, namespace: randomUUID() })
    const { maxSidecarBytes } = backend.capabilities
    const slot = { name: 'heavy', revision: 1 }
    for (let revision = 1; revision <= 4; revision++)
      await backend.create({ ...slot, revision }, sealedBlob(Buffer.alloc(maxItemBytes, revision)))
    for (const id of ['one', 'two', 'three'])
      await backend.createSidecar({ ...slot, kind: 'fork', id }, Buffer.alloc(maxSidecarBytes))
    used()
    return { backend, slot, used }
  }

  testCase('latest and stat read one unit, whatever the blobs weigh', async () => {
    const { backend, slot, used } = await heavy()
    expect((await backend.latest(slot.name))?.revision).equal(4)
    expect(used()).equal(1)
    expect((await backend.stat(slot))?.size).equal(maxItemBytes)
    expect(used()).equal(1)
  })

  testCase('a page of heavy revisions or sidecars reads one unit', async () => {
    const { backend, slot, used } = await heavy()
    expect((await backend.revisions(slot.name, { limit: 4 })).items).length(4)
    expect(used()).equal(1)
    expect((await backend.listSidecars(slot, { limit: 3 })).items).length(3)
    expect(used()).equal(1)
  })

  testCase('without chunks, a blob of maxBlobBytes fits; one byte more is refused', async () => {
    const { client, table } = current()
    const maxBlobBytes = maxItemBytes
    const backend = dynamodbBackend({ id: 'x', client, table, namespace: randomUUID(), maxBlobBytes })
    const largest = sealedBlob(Buffer.alloc(maxBlobBytes, 1))
    const slot = { name: 'x'.repeat(255), revision: 999_999_999_999 }
    expect((await backend.create(slot, largest)).outcome).equal('created')
    const stored = await backend.read(slot)
    expect(sealedBlob(await collect(stored!.body)).digest).equal(largest.digest)
    const tooLarge = backend.create({ ...slot, revision: 1 }, sealedBlob(Buffer.alloc(maxBlobBytes + 1)))
    expect(await tooLarge.catch((error: unknown) => error)).include({
      code: 'BLOB_TOO_LARGE',
      retryable: false,
    })
  })
})
