import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildClient, CommitmentPolicy, RawAesKeyringNode } from '@aws-crypto/client-node'
import { RawAesWrappingSuiteIdentifier } from '@aws-crypto/raw-aes-keyring-node'
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { createTable, dynamodbBackend } from '@sealring/backend-dynamodb'
import { s3Backend } from '@sealring/backend-s3'
import { createStore, fileBackend, memoryBackend, memoryLocation } from '@sealring/core'
import { rawAesKeyring } from '@sealring/core/keyring'
import { availableDynamodbServers, availableS3Servers } from '@sealring/test-servers'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'

const sizes = { '0 B': 0, '1 KB': 1000, '399 KB': 399_000, '401 KB': 401_000, '50 MB': 50_000_000 }
/** To seal 50 MB, keep it four times, read the raw copies and open each takes ten seconds. */
const sizesForEveryRun = process.env.SEALRING_TEST_SERVERS === 'all' ? Infinity : 1_000_000
const key = randomBytes(32)
const [namespace, keyName] = ['proof', 'key']

/** By AWS's own library, without any of this one. */
const { decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
const awsKeyring = new RawAesKeyringNode({
  keyNamespace: namespace,
  keyName,
  unencryptedMasterKey: new Uint8Array(key),
  wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
})

describe('one put at S3, DynamoDB, file and memory keeps the same bytes', () => {
  let s3: S3Client
  let dynamodb: DynamoDBClient
  let directory: string
  let honours: boolean
  const stops: (() => Promise<unknown>)[] = []

  before(async () => {
    const buckets = await availableS3Servers()
    const bucketServer = buckets.find(({ id }) => id !== 's3rver') ?? buckets[0] ?? missing('S3')
    // s3rver ignores conditions.
    honours = bucketServer.id !== 's3rver'
    const tableServer = (await availableDynamodbServers())[0] ?? missing('DynamoDB')
    directory = await mkdtemp(join(tmpdir(), 'sealring-identical-'))
    stops.push(() => rm(directory, { recursive: true }))
    const bucketRun = await bucketServer.start()
    stops.push(() => bucketRun.stop())
    const tableRun = await tableServer.start()
    stops.push(() => tableRun.stop())
    s3 = new S3Client(bucketRun.clientOptions)
    stops.push(() => Promise.resolve(s3.destroy()))
    dynamodb = new DynamoDBClient(tableRun.clientOptions)
    stops.push(() => Promise.resolve(dynamodb.destroy()))
    await s3.send(new CreateBucketCommand({ Bucket: 'identical' }))
  })

  after(async () => {
    for (const stop of stops.toReversed()) await stop()
  })

  for (const [index, [label, size]] of Object.entries(sizes).entries()) {
    if (size > sizesForEveryRun) {
      it.skip(`${label}: takes ten seconds, so it runs with SEALRING_TEST_SERVERS=all only`)
      continue
    }
    it(label, async () => {
      const location = memoryLocation()
      const store = createStore({
        id: `store-${index}`,
        keyring: rawAesKeyring({ namespace, name: keyName, key }),
        // A location that has no conditions can't order writers.
        arbiter: honours ? 's3' : 'dynamodb',
        locations: [
          s3Backend({
            id: 's3',
            client: s3,
            bucket: 'identical',
            prefix: `p${index}/`,
            conditionalCreate: honours,
            conditionalReplace: honours,
          }),
          dynamodbBackend({ id: 'dynamodb', client: dynamodb, table: await ownTable(index) }),
          fileBackend({ id: 'file', directory: join(directory, `${index}`), createDirectory: true }),
          memoryBackend({ id: 'memory', location }),
        ],
      })
      const plaintext = randomBytes(size)
      const receipt = await store.put('proof', plaintext)

      const copies = {
        s3: await rawObject(`p${index}/entries/proof/999999999998`),
        dynamodb: await rawItems(await ownTable(index)),
        file: await readFile(join(directory, `${index}`, 'proof', '@', '000000000001')),
        memory: location.blobs.get('proof')!.get(1)!.bytes,
      }
      for (const [place, bytes] of Object.entries(copies)) {
        expect(createHash('sha256').update(bytes).digest('hex'), place).to.equal(receipt.digest)
        const opened = await decrypt(awsKeyring, Buffer.from(bytes))
        expect(opened.plaintext.equals(plaintext), place).to.equal(true)
      }
    }).timeout(60_000)
  }

  const tables = new Map<number, Promise<string>>()
  /** A table holds one location. */
  function ownTable(index: number): Promise<string> {
    const table = `identical-${index}`
    const made = tables.get(index) ?? createTable(dynamodb, { table }).then(() => table)
    tables.set(index, made)
    return made
  }

  async function rawObject(Key: string): Promise<Buffer> {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'identical', Key }))
    return Buffer.from(await Body!.transformToByteArray())
  }

  /** The head, or its chunks put together by hand, as docs/decisions/0002 lays them out. */
  async function rawItems(table: string): Promise<Buffer> {
    const head = await rawItem(table, 'n#proof', '000000000001')
    if (head.b) return Buffer.from(head.b.B!)
    const count = Math.ceil(Number(head.z!.N) / Number(head.k!.N))
    const chunks: Uint8Array[] = []
    for (let chunk = 0; chunk < count; chunk++) {
      const item = await rawItem(table, `c#${head.u!.S!}`, String(chunk).padStart(6, '0'))
      chunks.push(item.b!.B!)
    }
    return Buffer.concat(chunks)
  }

  async function rawItem(table: string, pk: string, sk: string) {
    const Key = { pk: { S: pk }, sk: { S: sk } }
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }))
    expect(Item, `${pk} ${sk}`).to.be.an('object')
    return Item!
  }
})

function missing(service: string): never {
  throw new Error(`No ${service} server is installed.`)
}
