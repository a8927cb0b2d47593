import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { ListObjectsV2CommandInput, PutObjectCommandInput } from '@aws-sdk/client-s3'
import type { ServerCheck } from '@sealring/test-servers'
import { expect } from 'chai'
import { errorName, httpStatus } from './protocol-case.js'
import type { ProtocolCase } from './protocol-case.js'

async function newBucket(client: S3Client): Promise<string> {
  const Bucket = `protocol-${randomUUID()}`
  await client.send(new CreateBucketCommand({ Bucket }))
  return Bucket
}

function put(client: S3Client, input: PutObjectCommandInput): Promise<{ ETag?: string | undefined }> {
  return client.send(new PutObjectCommand(input))
}

async function read(client: S3Client, Bucket: string, Key: string, extra: object = {}): Promise<Buffer> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, ...extra }))
  return Buffer.from(await Body!.transformToByteArray())
}

async function bucketWith(client: S3Client, keys: readonly string[]): Promise<string> {
  const Bucket = await newBucket(client)
  for (const Key of keys) await put(client, { Bucket, Key, Body: Buffer.from(Key) })
  return Bucket
}

async function list(client: S3Client, input: ListObjectsV2CommandInput): Promise<string[]> {
  const { Contents = [], CommonPrefixes = [] } = await client.send(new ListObjectsV2Command(input))
  return [...Contents.map((object) => object.Key!), ...CommonPrefixes.map((prefix) => prefix.Prefix!)]
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64')

/** What `backend-s3` relies on, one case each. */
export const S3_PROTOCOL: readonly ProtocolCase<S3Client>[] = [
  {
    name: 'an object comes back byte for byte',
    async run(client) {
      const Bucket = await newBucket(client)
      for (const size of [0, 1, 1000, 5_000_000]) {
        const Body = randomBytes(size)
        await put(client, { Bucket, Key: `size ${size}`, Body })
        expect((await read(client, Bucket, `size ${size}`)).equals(Body)).to.equal(true)
      }
    },
  },
  {
    name: 'a stream of known length comes back byte for byte',
    async run(client) {
      const Bucket = await newBucket(client)
      const bytes = randomBytes(300_000)
      await put(client, { Bucket, Key: 'k', Body: Readable.from([bytes]), ContentLength: bytes.length })
      expect((await read(client, Bucket, 'k')).equals(bytes)).to.equal(true)
    },
  },
  {
    name: 'metadata and length are told by HEAD',
    async run(client) {
      const Bucket = await newBucket(client)
      await put(client, { Bucket, Key: 'k', Body: 'abc', Metadata: { digest: 'ff00', empty: '-' } })
      const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'k' }))
      expect(head.ContentLength).to.equal(3)
      expect(head.Metadata).to.include({ digest: 'ff00' })
      expect(head.ETag).to.be.a('string')
    },
  },
  {
    name: 'a range is served as asked',
    async run(client) {
      const Bucket = await newBucket(client)
      await put(client, { Bucket, Key: 'k', Body: '0123456789' })
      expect((await read(client, Bucket, 'k', { Range: 'bytes=2-4' })).toString()).to.equal('234')
      expect((await read(client, Bucket, 'k', { Range: 'bytes=8-99' })).toString()).to.equal('89')
      expect((await read(client, Bucket, 'k', { Range: 'bytes=-3' })).toString()).to.equal('789')
      const beyond = client.send(new GetObjectCommand({ Bucket, Key: 'k', Range: 'bytes=10-11' }))
      expect(await httpStatus(beyond)).to.equal(416)
    },
  },
  {
    name: 'absent keys and buckets have their names',
    async run(client) {
      const Bucket = await newBucket(client)
      expect(await errorName(read(client, Bucket, 'k'))).to.equal('NoSuchKey')
      expect(await errorName(client.send(new HeadObjectCommand({ Bucket, Key: 'k' })))).to.equal('NotFound')
      expect(await errorName(read(client, `absent-${randomUUID()}`, 'k'))).to.equal('NoSuchBucket')
      const listing = list(client, { Bucket: `absent-${randomUUID()}` })
      expect(await errorName(listing)).to.equal('NoSuchBucket')
    },
  },
  {
    name: 'If-None-Match refuses a second object',
    async run(client) {
      const Bucket = await newBucket(client)
      await put(client, { Bucket, Key: 'k', Body: 'first', IfNoneMatch: '*' })
      const second = put(client, { Bucket, Key: 'k', Body: 'second', IfNoneMatch: '*' })
      expect(await errorName(second)).to.equal('PreconditionFailed')
      expect((await read(client, Bucket, 'k')).toString()).to.equal('first')
    },
  },
  {
    name: 'one of 20 racers with If-None-Match wins',
    async run(client) {
      const Bucket = await newBucket(client)
      for (let round = 0; round < 5; round++) {
        const Key = `race ${round}`
        const bodies = Array.from({ length: 20 }, () => randomBytes(10_000))
        const statuses = await Promise.all(
          bodies.map((Body) => httpStatus(put(client, { Bucket, Key, Body, IfNoneMatch: '*' }))),
        )
        expect(statuses.filter((status) => status === 200)).to.have.length(1)
        expect(statuses.filter((status) => status === 412 || status === 409)).to.have.length(19)
        const winner = bodies[statuses.indexOf(200)]!
        expect((await read(client, Bucket, Key)).equals(winner)).to.equal(true)
      }
    },
  },
  {
    name: 'If-Match replaces the object it names and no other',
    async run(client) {
      const Bucket = await newBucket(client)
      const { ETag } = await put(client, { Bucket, Key: 'k', Body: 'first' })
      await put(client, { Bucket, Key: 'k', Body: 'second', IfMatch: ETag })
      const stale = put(client, { Bucket, Key: 'k', Body: 'third', IfMatch: ETag })
      expect(await errorName(stale)).to.equal('PreconditionFailed')
      expect((await read(client, Bucket, 'k')).toString()).to.equal('second')
      const absent = put(client, { Bucket, Key: 'absent', Body: 'x', IfMatch: ETag })
      expect(await httpStatus(absent)).to.be.oneOf([404, 412])
    },
  },
  {
    name: 'one of 20 racers with If-Match wins',
    async run(client) {
      const Bucket = await newBucket(client)
      const { ETag } = await put(client, { Bucket, Key: 'k', Body: 'first' })
      const racers = Array.from({ length: 20 }, () =>
        httpStatus(put(client, { Bucket, Key: 'k', Body: randomBytes(10_000), IfMatch: ETag })),
      )
      const statuses = await Promise.all(racers)
      expect(statuses.filter((status) => status === 200)).to.have.length(1)
    },
  },
  {
    name: 'a SHA-256 sent with an object is kept and told by HEAD',
    async run(client) {
      const Bucket = await newBucket(client)
      const Body = randomBytes(1000)
      const ChecksumSHA256 = sha256(Body)
      await put(client, { Bucket, Key: 'k', Body, ChecksumAlgorithm: 'SHA256', ChecksumSHA256 })
      const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'k', ChecksumMode: 'ENABLED' }))
      expect(head.ChecksumSHA256).to.equal(ChecksumSHA256)
    },
  },
  {
    name: 'keys are listed in the order of their UTF-8 bytes',
    async run(client) {
      const keys = ['a b', 'a+b', 'a%2Fb', 'a/b', 'A', 'é', 'zz', '😀', '~', 'a&b=c', "a'b"]
      const Bucket = await bucketWith(client, keys)
      const sorted = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      expect(await list(client, { Bucket })).to.deep.equal(sorted)
      expect((await read(client, Bucket, '😀')).toString()).to.equal('😀')
    },
  },
  {
    name: 'StartAfter begins behind a key, there or not',
    async run(client) {
      const Bucket = await bucketWith(client, ['p/1', 'p/2', 'p/3', 'q/1'])
      expect(await list(client, { Bucket, Prefix: 'p/', StartAfter: 'p/1' })).to.deep.equal(['p/2', 'p/3'])
      expect(await list(client, { Bucket, Prefix: 'p/', StartAfter: 'p/10' })).to.deep.equal(['p/2', 'p/3'])
      expect(await list(client, { Bucket, StartAfter: 'p/1', MaxKeys: 1 })).to.deep.equal(['p/2'])
    },
  },
  {
    name: 'pages of MaxKeys join without gap or repetition',
    async run(client) {
      const keys = Array.from({ length: 25 }, (_, index) => `k${String(index).padStart(2, '0')}`)
      const Bucket = await bucketWith(client, keys)
      const seen: string[] = []
      let ContinuationToken: string | undefined
      do {
        const page = await client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 10, ContinuationToken }))
        expect(page.Contents!.length).to.be.at.most(10)
        seen.push(...page.Contents!.map((object) => object.Key!))
        ContinuationToken = page.IsTruncated ? page.NextContinuationToken! : undefined
      } while (ContinuationToken !== undefined)
      expect(seen).to.deep.equal(keys)
    },
  },
  {
    name: 'a delimiter of several characters groups names',
    async run(client) {
      const Bucket = await bucketWith(client, ['n/a/@/1', 'n/a/@/2', 'n/a/b/@/1', 'n/c/@/1', 'n/plain'])
      expect(await list(client, { Bucket, Prefix: 'n/', Delimiter: '/@/' })).to.deep.equal([
        'n/plain',
        'n/a/@/',
        'n/a/b/@/',
        'n/c/@/',
      ])
    },
  },
  {
    name: 'pages of common prefixes join without gap or repetition',
    async run(client) {
      const names = Array.from({ length: 7 }, (_, index) => `n/${index}/@/`)
      const Bucket = await bucketWith(
        client,
        names.flatMap((name) => [`${name}1`, `${name}2`, `${name}3`]),
      )
      const seen: string[] = []
      let ContinuationToken: string | undefined
      do {
        const page = await client.send(
          new ListObjectsV2Command({ Bucket, Delimiter: '/@/', MaxKeys: 3, ContinuationToken }),
        )
        seen.push(...page.CommonPrefixes!.map((prefix) => prefix.Prefix!))
        ContinuationToken = page.IsTruncated ? page.NextContinuationToken! : undefined
      } while (ContinuationToken !== undefined)
      expect(seen).to.deep.equal(names)
    },
  },
  {
    name: 'deleting removes, and deleting again succeeds',
    async run(client) {
      const Bucket = await bucketWith(client, ['k'])
      await client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }))
      expect(await errorName(read(client, Bucket, 'k'))).to.equal('NoSuchKey')
      await client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }))
      await put(client, { Bucket, Key: 'k', Body: 'again', IfNoneMatch: '*' })
    },
  },
  {
    name: 'versions and delete markers are listed and served',
    async run(client) {
      const Bucket = await newBucket(client)
      const VersioningConfiguration = { Status: 'Enabled' } as const
      await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }))
      await put(client, { Bucket, Key: 'k', Body: 'one' })
      await put(client, { Bucket, Key: 'k', Body: 'two' })
      await client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }))
      expect(await errorName(read(client, Bucket, 'k'))).to.equal('NoSuchKey')
      const { Versions = [], DeleteMarkers = [] } = await client.send(
        new ListObjectVersionsCommand({ Bucket, Prefix: 'k' }),
      )
      expect(Versions).to.have.length(2)
      expect(DeleteMarkers).to.have.length(1)
      const oldest = Versions.at(-1)!.VersionId
      expect((await read(client, Bucket, 'k', { VersionId: oldest })).toString()).to.equal('one')
      await client.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: oldest }))
      const left = await client.send(new ListObjectVersionsCommand({ Bucket, Prefix: 'k' }))
      expect(left.Versions).to.have.length(1)
    },
  },
  {
    name: 'If-None-Match looks past a delete marker',
    async run(client) {
      const Bucket = await newBucket(client)
      const VersioningConfiguration = { Status: 'Enabled' } as const
      await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }))
      await put(client, { Bucket, Key: 'k', Body: 'one', IfNoneMatch: '*' })
      await client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }))
      await put(client, { Bucket, Key: 'k', Body: 'two', IfNoneMatch: '*' })
      expect((await read(client, Bucket, 'k')).toString()).to.equal('two')
    },
  },
  {
    name: 'a multipart upload completes, once under If-None-Match',
    async run(client) {
      const Bucket = await newBucket(client)
      const parts = [randomBytes(5 * 1024 * 1024), randomBytes(1000)]
      const complete = async (): Promise<void> => {
        const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'k' }))
        const Parts = []
        for (const [index, Body] of parts.entries()) {
          const PartNumber = index + 1
          const { ETag } = await client.send(
            new UploadPartCommand({ Bucket, Key: 'k', UploadId, PartNumber, Body }),
          )
          Parts.push({ PartNumber, ETag })
        }
        const MultipartUpload = { Parts }
        await client.send(
          new CompleteMultipartUploadCommand({
            Bucket,
            Key: 'k',
            UploadId,
            MultipartUpload,
            IfNoneMatch: '*',
          }),
        )
      }
      await complete()
      expect((await read(client, Bucket, 'k')).equals(Buffer.concat(parts))).to.equal(true)
      expect(await errorName(complete())).to.equal('PreconditionFailed')
    },
  },
]

/** What a server that declares the check refuses, and one that doesn't accepts. */
export const S3_CHECKS: Readonly<Record<ServerCheck, ProtocolCase<S3Client>>> = {
  checksum: {
    name: 'an object that contradicts its SHA-256 is refused',
    async run(client) {
      const Bucket = await newBucket(client)
      const wrong = put(client, {
        Bucket,
        Key: 'k',
        Body: 'abc',
        ChecksumAlgorithm: 'SHA256',
        ChecksumSHA256: sha256(Buffer.from('abd')),
      })
      expect(await httpStatus(wrong)).to.equal(400)
      expect(await errorName(read(client, Bucket, 'k'))).to.equal('NoSuchKey')
    },
  },
  signature: {
    name: 'a wrong secret key is refused',
    async run(client) {
      const Bucket = await newBucket(client)
      const { accessKeyId } = await client.config.credentials()
      const stranger = new S3Client({
        endpoint: async () => client.config.endpoint!(),
        region: client.config.region,
        forcePathStyle: true,
        credentials: { accessKeyId, secretAccessKey: 'wrong' },
      })
      const attempt = stranger.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }))
      expect(await httpStatus(attempt)).to.equal(403)
      stranger.destroy()
    },
  },
}
