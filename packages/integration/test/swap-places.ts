import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { CopyObjectCommand, CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { createTable, dynamodbBackend } from '@sealring/backend-dynamodb'
import { s3Backend } from '@sealring/backend-s3'
import { fileBackend, memoryBackend, memoryLocation, type Backend } from '@sealring/core'
import { availableDynamodbServers, availableS3Servers } from '@sealring/test-servers'

/** Where a blob lies: which of two stores, under which name and revision. */
export interface Spot {
  readonly store: 0 | 1
  readonly name: string
  readonly revision: number
}

export interface Place {
  /** The only location of either store. */
  readonly backends: readonly [Backend, Backend]
  /** Exchanges what the storage itself holds, behind the backends. */
  exchange(one: Spot, other: Spot): Promise<void>
  close(): Promise<void>
}

export interface PlaceKind {
  readonly name: string
  open(): Promise<Place>
}

const memory: PlaceKind = {
  name: 'memory',
  open() {
    const locations = [memoryLocation(), memoryLocation()] as const
    return Promise.resolve({
      backends: [
        memoryBackend({ id: 'place', location: locations[0] }),
        memoryBackend({ id: 'place', location: locations[1] }),
      ],
      exchange(one, other) {
        const [first, second] = [one, other].map(({ store, name }) => locations[store].blobs.get(name)!)
        const [left, right] = [first!.get(one.revision)!, second!.get(other.revision)!]
        first!.set(one.revision, right)
        second!.set(other.revision, left)
        return Promise.resolve()
      },
      close: () => Promise.resolve(),
    })
  },
}

const file: PlaceKind = {
  name: 'folders',
  async open() {
    const top = await mkdtemp(join(tmpdir(), 'sealring-swaps-'))
    const pathOf = ({ store, name, revision }: Spot) => join(top, String(store), name, '@', digits(revision))
    return {
      backends: [
        fileBackend({ id: 'place', directory: join(top, '0'), createDirectory: true }),
        fileBackend({ id: 'place', directory: join(top, '1'), createDirectory: true }),
      ],
      async exchange(one, other) {
        const [left, right] = [await readFile(pathOf(one)), await readFile(pathOf(other))]
        await writeFile(pathOf(one), right)
        await writeFile(pathOf(other), left)
      },
      close: () => rm(top, { recursive: true }),
    }
  },
}

/**
 * One server of a kind: 20 swaps, each looked at in three ways, take seconds. An only location orders writers, which
 * s3rver can't: it ignores conditions.
 */
const s3Kind = (await availableS3Servers()).findLast(({ id }) => id !== 's3rver')
const [dynamodbKind] = await availableDynamodbServers()

/** Two buckets. A copy takes the object's metadata along: the digest that the backend noted. */
const s3 = [s3Kind]
  .filter((kind) => kind !== undefined)
  .map((kind): PlaceKind => ({
    name: `S3 on ${kind.id}`,
    async open() {
      const server = await kind.start()
      const client = new S3Client(server.clientOptions)
      const bucketOf = (store: 0 | 1) => `swaps-${store}`
      for (const store of [0, 1] as const)
        await client.send(new CreateBucketCommand({ Bucket: bucketOf(store) }))
      const keyOf = ({ name, revision }: Spot) => `entries/${name}/${digits(999_999_999_999 - revision)}`
      const copy = (from: { bucket: string; key: string }, to: { bucket: string; key: string }) =>
        client.send(
          new CopyObjectCommand({
            Bucket: to.bucket,
            Key: to.key,
            CopySource: `${from.bucket}/${from.key}`,
          }),
        )
      return {
        backends: [
          s3Backend({ id: 'place', client, bucket: bucketOf(0) }),
          s3Backend({ id: 'place', client, bucket: bucketOf(1) }),
        ],
        async exchange(one, other) {
          const left = { bucket: bucketOf(one.store), key: keyOf(one) }
          const right = { bucket: bucketOf(other.store), key: keyOf(other) }
          const aside = { bucket: bucketOf(0), key: 'aside' }
          await copy(left, aside)
          await copy(right, left)
          await copy(aside, right)
        },
        close: async () => {
          client.destroy()
          await server.stop()
        },
      }
    },
  }))

/** Two tables. All attributes but those of the key and of the local index change places: the recorded digest too. */
const dynamodb = [dynamodbKind]
  .filter((kind) => kind !== undefined)
  .map((kind): PlaceKind => ({
    name: `DynamoDB on ${kind.id}`,
    async open() {
      const server = await kind.start()
      const client = new DynamoDBClient(server.clientOptions)
      const tableOf = (store: 0 | 1) => `swaps-${store}`
      for (const store of [0, 1] as const) await createTable(client, { table: tableOf(store) })
      const keyOf = ({ name, revision }: Spot) => ({ pk: { S: `n#${name}` }, sk: { S: digits(revision) } })
      const read = async (spot: Spot) => {
        const TableName = tableOf(spot.store)
        const { Item } = await client.send(
          new GetItemCommand({ TableName, Key: keyOf(spot), ConsistentRead: true }),
        )
        return Item!
      }
      const write = (spot: Spot, item: Awaited<ReturnType<typeof read>>) => {
        const Item = { ...item, ...keyOf(spot), r: { N: String(spot.revision) } }
        return client.send(new PutItemCommand({ TableName: tableOf(spot.store), Item }))
      }
      return {
        backends: [
          dynamodbBackend({ id: 'place', client, table: tableOf(0) }),
          dynamodbBackend({ id: 'place', client, table: tableOf(1) }),
        ],
        async exchange(one, other) {
          const [left, right] = [await read(one), await read(other)]
          await write(one, right)
          await write(other, left)
        },
        close: async () => {
          client.destroy()
          await server.stop()
        },
      }
    },
  }))

export const placeKinds: readonly PlaceKind[] = [memory, file, ...s3, ...dynamodb]

/** Without one, no S3 is tested here. */
export const hasS3 = s3.length > 0

/** As the layouts write revisions. */
function digits(number: number): string {
  return String(number).padStart(12, '0')
}
