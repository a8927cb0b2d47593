import { randomBytes } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { createTable, dynamodbBackend } from '@sealring/backend-dynamodb'
import { s3Backend } from '@sealring/backend-s3'
import { createStore, type Backend } from '@sealring/core'
import { rawAesKeyring } from '@sealring/core/keyring'
import { availableDynamodbServers, availableS3Servers } from '@sealring/test-servers'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { httpProxy, type Passing } from './http-proxy.js'

const [tables] = await availableDynamodbServers()
// s3rver ignores conditions, so that it can't order writers.
const buckets = (await availableS3Servers()).findLast(({ id }) => id !== 's3rver')

describe('a put whose acknowledgement is lost, and which the SDK retries, makes one revision', () => {
  it('at DynamoDB', async () => {
    if (!tables) throw new Error('No DynamoDB server is installed.')
    const server = await tables.start()
    const isHead = ({ headers, body }: Passing) =>
      String(headers['x-amz-target']).endsWith('PutItem') && body.includes('"n#secret"')
    try {
      await losing(server.endpoint, isHead, async (endpoint) => {
        const client = new DynamoDBClient({ ...server.clientOptions, endpoint, maxAttempts: 3 })
        await createTable(client, { table: 'lost' })
        await putOnce(dynamodbBackend({ id: 'place', client, table: 'lost' }), 10)
        client.destroy()
      })
    } finally {
      await server.stop()
    }
  })

  if (!buckets) it.skip('at S3: s3rver, the only S3 server here, ignores conditions')
  else
    for (const [what, size, isWrite] of [
      ['a PutObject', 10, ({ method, url }: Passing) => method === 'PUT' && url.includes('/entries/secret/')],
      [
        'the completion of an upload in parts',
        6 * 2 ** 20,
        ({ method, url }: Passing) => method === 'POST' && url.includes('uploadId='),
      ],
    ] as const)
      it(`at S3, of ${what}`, async () => {
        const server = await buckets.start()
        try {
          await losing(server.endpoint, isWrite, async (endpoint) => {
            const client = new S3Client({ ...server.clientOptions, endpoint, maxAttempts: 3 })
            await client.send(new CreateBucketCommand({ Bucket: 'lost' }))
            await putOnce(s3Backend({ id: 'place', client, bucket: 'lost', partBytes: 5 * 2 ** 20 }), size)
            client.destroy()
          })
        } finally {
          await server.stop()
        }
      }).timeout(30_000)
})

/** Drops the answer to the first write of the entry, after the server has carried it out; there must be one more. */
async function losing(
  server: string,
  isWrite: (passing: Passing) => boolean,
  work: (endpoint: string) => Promise<void>,
): Promise<void> {
  let attempts = 0
  const proxy = await httpProxy(server, (passing) => {
    if (!isWrite(passing)) return {}
    attempts++
    return { answerLost: attempts === 1 }
  })
  try {
    await work(proxy.endpoint)
    // The first attempt was carried out and its answer dropped; the second met what it had made.
    expect(attempts).to.equal(2)
  } finally {
    await proxy.stop()
  }
}

async function putOnce(location: Backend, size: number): Promise<void> {
  const keyring = rawAesKeyring({ namespace: 'proof', name: 'key', key: randomBytes(32) })
  const store = createStore({ id: 'lost', keyring, locations: [location] })
  const receipt = await store.put('secret', randomBytes(size))
  expect(receipt.revision).to.equal(1)
  const { revisions } = await store.history('secret')
  expect(revisions.map(({ revision }) => revision)).to.deep.equal([1])
  expect((await store.verify({ open: true })).clean).to.equal(true)
}
