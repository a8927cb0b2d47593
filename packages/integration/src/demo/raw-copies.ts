import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type DynamoDBClient, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { GetObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'

/** Bytes as the service itself holds them, read without Sealring. */
export interface RawCopy {
  where: string
  bytes: Buffer
  digest: string
}

const rawCopy = (where: string, bytes: Uint8Array): RawCopy => ({
  where,
  bytes: Buffer.from(bytes),
  digest: createHash('sha256').update(bytes).digest('hex'),
})

function only<T>(found: T[], where: string): T {
  if (found.length !== 1) throw new Error(`${found.length} copies of the blob at ${where}, expected one`)
  return found[0]!
}

export async function s3Copy(client: S3Client, bucket: string, size: number): Promise<RawCopy> {
  const { Contents = [] } = await client.send(
    new ListObjectsV2Command({ Bucket: bucket, Prefix: 'entries/' }),
  )
  const keys = Contents.filter(({ Size }) => Size === size).map(({ Key }) => Key!)
  const key = only(keys, bucket)
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
  return rawCopy(`s3://${bucket}/${key}`, await Body!.transformToByteArray())
}

const blobItem = async (client: DynamoDBClient, table: string, size: number) => {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: table, ConsistentRead: true }))
  return only(
    Items.filter(({ b }) => b?.B?.byteLength === size),
    table,
  )
}

export async function dynamodbCopy(client: DynamoDBClient, table: string, size: number): Promise<RawCopy> {
  const { pk, sk, b } = await blobItem(client, table, size)
  return rawCopy(`${table}: ${pk!.S!} / ${sk!.S!}`, b!.B!)
}

/** Flip one bit of the item's bytes, leaving everything that Sealring recorded beside them. */
export async function damageDynamodbCopy(client: DynamoDBClient, table: string, size: number): Promise<void> {
  const { pk, sk, b } = await blobItem(client, table, size)
  const bytes = Buffer.from(b!.B!)
  const middle = bytes.length >> 1
  bytes[middle] = bytes[middle]! ^ 1
  await client.send(
    new UpdateItemCommand({
      TableName: table,
      Key: { pk: pk!, sk: sk! },
      UpdateExpression: 'SET b = :bytes',
      ExpressionAttributeValues: { ':bytes': { B: bytes } },
    }),
  )
}

export async function fileCopy(directory: string, size: number): Promise<RawCopy> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const read = await Promise.all(paths.map(async (path) => ({ path, bytes: await readFile(path) })))
  const { path, bytes } = only(
    read.filter(({ bytes }) => bytes.length === size),
    directory,
  )
  return rawCopy(path.slice(directory.length + 1), bytes)
}
