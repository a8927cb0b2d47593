import { S3Client } from '@aws-sdk/client-s3'
import { s3Backend } from '@sealring/backend-s3'
import type { S3BackendOptions } from '@sealring/backend-s3'
import { InputError } from '@sealring/core'
import { expect } from 'chai'
import { describe, it } from 'mocha'

describe('options', () => {
  const client = new S3Client({ region: 'eu-central-1' })
  const options = { id: 's3', client, bucket: 'some-bucket' }

  it('declare by default what Amazon S3 does', () => {
    expect(s3Backend(options).capabilities).eql({
      maxBlobBytes: 5 * 1024 ** 4,
      maxSidecarBytes: 64 * 1024 * 1024,
      range: true,
      conditionalCreate: true,
      conditionalReplace: true,
      durable: true,
    })
  })

  it('leave room for sidecars where blobs are small', () => {
    const { capabilities } = s3Backend({ ...options, maxBlobBytes: 10 })
    expect(capabilities).include({ maxBlobBytes: 10, maxSidecarBytes: 65_536 })
  })

  const bad: readonly [string, Partial<S3BackendOptions>][] = [
    ['an id outside the grammar', { id: 'S3 prod' }],
    ['no bucket', { bucket: '' }],
    ['a directory bucket, which lists in no order', { bucket: 'some--euc1-az1--x-s3' }],
    ['a prefix that is too long', { prefix: 'p'.repeat(64) }],
    ['more than one object takes', { maxBlobBytes: 5 * 1024 ** 4 + 1 }],
    ['parts that S3 refuses', { partBytes: 5 * 1024 ** 2 - 1 }],
    ['a fraction of a byte', { maxBlobBytes: 1.5 }],
  ]
  for (const [what, each] of bad)
    it(`refuse ${what}`, () => {
      expect(() => s3Backend({ ...options, ...each }))
        .throw(InputError)
        .property('code', 'INVALID_ARGUMENT')
    })
})
