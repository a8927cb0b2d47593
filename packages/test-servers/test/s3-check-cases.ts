import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { ServerCheck } from '@sealring/test-servers'
import { expect } from 'chai'
import { errorName, httpStatus } from './protocol-case.js'
import type { ProtocolCase } from './protocol-case.js'
import { newBucket, put, read, sha256 } from './s3-objects.js'

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
