import { createHash } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { S3Client } from '@aws-sdk/client-s3'
import { dynamodbBackend } from '@sealring/backend-dynamodb'
import { s3Backend } from '@sealring/backend-s3'
import { createStore, fileBackend } from '@sealring/core'
import { rawAesKeyring } from '@sealring/core/keyring'
import type { ClientOptions, S3ClientOptions } from '@sealring/test-servers'

/** Where the store of one run is kept; survives JSON. */
export interface Places {
  readonly arbiter: string
  readonly directory: string
  readonly table: string
  readonly bucket: string
  readonly dynamodb: ClientOptions
  readonly s3: S3ClientOptions
  /** Whether the S3 server honours conditions. */
  readonly conditions: boolean
}

/** What `JSON.stringify` made of them, in the process that starts this one. */
export function placesFrom(json: string): Places {
  const places: Places = JSON.parse(json)
  return places
}

export function openPlaces({ arbiter, directory, table, bucket, dynamodb, s3, conditions }: Places) {
  const tables = new DynamoDBClient(dynamodb)
  const buckets = new S3Client(s3)
  const locations = [
    fileBackend({ id: 'file', directory }),
    dynamodbBackend({ id: 'dynamodb', client: tables, table }),
    s3Backend({
      id: 's3',
      client: buckets,
      bucket,
      conditionalCreate: conditions,
      conditionalReplace: conditions,
    }),
  ]
  const keyring = rawAesKeyring({ namespace: 'deaths', name: 'key', key: Buffer.alloc(32, 7) })
  return {
    locations,
    store: createStore({ id: 'deaths', keyring, locations, arbiter }),
    close: () => {
      tables.destroy()
      buckets.destroy()
    },
  }
}

/** The put of a number: twenty names, sizes with which DynamoDB needs no chunks, or some; every seventh is destroyed. */
export function plaintextOf(seed: string, index: number) {
  const hash = createHash('sha256').update(`${seed}/${index}`).digest()
  const size = [500_000, 5000, 5000][hash[0]! % 8] ?? 100
  return {
    name: `deaths/${index % 20}`,
    plaintext: Buffer.alloc(size, hash),
    destroyed: hash[1]! % 7 === 0,
  }
}
