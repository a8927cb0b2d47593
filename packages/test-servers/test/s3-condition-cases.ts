import { randomBytes } from 'node:crypto'
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { S3Client } from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { errorName, httpStatus } from './protocol-case.js'
import type { ProtocolCase } from './protocol-case.js'
import { newBucket, put, read } from './s3-objects.js'

/** Writes under a condition. */
export const S3_CONDITION_CASES: readonly ProtocolCase<S3Client>[] = [
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
