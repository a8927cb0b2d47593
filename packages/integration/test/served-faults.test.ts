import { randomBytes } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { createTable, dynamodbBackend } from '@sealring/backend-dynamodb'
import { s3Backend } from '@sealring/backend-s3'
import { createStore, type Backend } from '@sealring/core'
import { rawAesKeyring } from '@sealring/core/keyring'
import { availableDynamodbServers, availableS3Servers } from '@sealring/test-servers'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { httpProxy } from './http-proxy.js'

/** A thousand is what is promised; a part of them shows it as well, most of the time. */
const gets = Number(process.env.SEALRING_FAULT_GETS ?? 40)
const atOnce = 10
const waitMs = 5000

const keyring = rawAesKeyring({ namespace: 'proof', name: 'key', key: randomBytes(32) })
const [tables] = await availableDynamodbServers()
const buckets = (await availableS3Servers()).at(-1)

/** One of the two is out of order, and first in the list of locations: the other one has to serve. */
describe('a store on a DynamoDB and an S3 server, the nearer of which is out of order', () => {
  let servers: Awaited<ReturnType<typeof startServers>>
  const stops: (() => Promise<unknown>)[] = []

  beforeEach(async () => {
    servers = await startServers()
    const { dynamodb, s3 } = servers
    stops.push(
      () => dynamodb.stop(),
      () => s3.stop(),
    )
    const [client, bucketClient] = [
      new DynamoDBClient(dynamodb.clientOptions),
      new S3Client(s3.clientOptions),
    ]
    await createTable(client, { table: 'faults' })
    await bucketClient.send(new CreateBucketCommand({ Bucket: 'faults' }))
    client.destroy()
    bucketClient.destroy()
    const { store, close } = open('dynamodb')
    await store.put('secret', 'value')
    close()
  })

  afterEach(async () => {
    for (const stop of stops.splice(0).toReversed()) await stop()
  })

  for (const [broken, serving] of [
    ['dynamodb', 's3'],
    ['s3', 'dynamodb'],
  ] as const) {
    it(`${broken} is dead: no get fails`, async () => {
      await servers[broken].process!.kill()
      const { store, close } = open(broken)
      const { servedBy } = await measure(() => store.get('secret'))
      close()
      expect(servedBy).to.deep.equal([serving])
    }).timeout(120_000)

    it(`${broken} answers after 5 s: the 99th percentile of gets stays clearly below`, async () => {
      const proxy = await httpProxy(servers[broken].endpoint, () => ({ waitMs }))
      stops.push(() => proxy.stop())
      const { store, close } = open(broken, proxy.endpoint)
      const { servedBy, p99 } = await measure(() => store.get('secret'))
      close()
      expect(servedBy).to.deep.equal([serving])
      expect(p99).to.be.below(waitMs / 2)
    }).timeout(120_000)
  }

  /** A new store object, as in a process that just started. The first location may be at another endpoint. */
  function open(first: 'dynamodb' | 's3', endpoint?: string) {
    const at = (which: 'dynamodb' | 's3') => (which === first && endpoint !== undefined ? { endpoint } : {})
    const client = new DynamoDBClient({ ...servers.dynamodb.clientOptions, ...at('dynamodb') })
    const bucketClient = new S3Client({ ...servers.s3.clientOptions, ...at('s3') })
    // s3rver ignores conditions.
    const honours = servers.s3.id !== 's3rver'
    const locations: Backend[] = [
      dynamodbBackend({ id: 'dynamodb', client, table: 'faults' }),
      s3Backend({
        id: 's3',
        client: bucketClient,
        bucket: 'faults',
        conditionalCreate: honours,
        conditionalReplace: honours,
      }),
    ]
    if (first === 's3') locations.reverse()
    return {
      store: createStore({ id: 'faults', keyring, locations, arbiter: 'dynamodb' }),
      close: () => {
        client.destroy()
        bucketClient.destroy()
      },
    }
  }
})

async function startServers() {
  if (!tables || !buckets) throw new Error('No DynamoDB or no S3 server is installed.')
  const [dynamodb, s3] = await Promise.all([tables.start(), buckets.start()])
  return { dynamodb, s3 }
}

/** So many gets, some at a time; any that fails, fails this. */
async function measure(get: () => Promise<{ plaintext: Uint8Array; servedBy: string }>) {
  const times: number[] = []
  const servedBy = new Set<string>()
  for (let done = 0; done < gets; done += atOnce)
    await Promise.all(
      Array.from({ length: Math.min(atOnce, gets - done) }, async () => {
        const start = performance.now()
        const entry = await get()
        times.push(performance.now() - start)
        expect(Buffer.from(entry.plaintext).toString()).to.equal('value')
        servedBy.add(entry.servedBy)
      }),
    )
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.ceil(share * gets) - 1]!
  process.stdout.write(`      ${gets} gets: p50 ${at(0.5).toFixed(0)} ms, p99 ${at(0.99).toFixed(0)} ms\n`)
  return { servedBy: [...servedBy], p99: at(0.99) }
}
