import { createHash, randomUUID } from 'node:crypto'
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import type { ListObjectsV2CommandInput, PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3'

/** A bucket of its own for one case. */
export async function newBucket(client: S3Client): Promise<string> {
  const Bucket = `protocol-${randomUUID()}`
  await client.send(new CreateBucketCommand({ Bucket }))
  return Bucket
}

/** Stores an object. */
export function put(client: S3Client, input: PutObjectCommandInput): Promise<{ ETag?: string | undefined }> {
  return client.send(new PutObjectCommand(input))
}

/** The bytes of an object. */
export async function read(
  client: S3Client,
  Bucket: string,
  Key: string,
  extra: object = {},
): Promise<Buffer> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, ...extra }))
  return Buffer.from(await Body!.transformToByteArray())
}

/** A bucket of objects whose content is their key. */
export async function bucketWith(client: S3Client, keys: readonly string[]): Promise<string> {
  const Bucket = await newBucket(client)
  for (const Key of keys) await put(client, { Bucket, Key, Body: Buffer.from(Key) })
  return Bucket
}

/** Keys and then common prefixes of one page of a listing. */
export async function list(client: S3Client, input: ListObjectsV2CommandInput): Promise<string[]> {
  const { Contents = [], CommonPrefixes = [] } = await client.send(new ListObjectsV2Command(input))
  return [...Contents.map((object) => object.Key!), ...CommonPrefixes.map((prefix) => prefix.Prefix!)]
}

/** As S3 words it: base64. */
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64')
