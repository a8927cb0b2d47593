import { randomBytes, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3'
import type { S3Client } from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { errorName, httpStatus } from './protocol-case.js'
import type { ProtocolCase } from './protocol-case.js'
import { bucketWith, list, newBucket, put, read, sha256 } from './s3-objects.js'

/** Objects, whole and in part. */
export const S3_OBJECT_CASES: readonly ProtocolCase<S3Client>[] = [
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
]
