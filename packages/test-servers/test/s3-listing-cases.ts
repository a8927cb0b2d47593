import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import type { S3Client } from '@aws-sdk/client-s3'
import { expect } from 'chai'
import type { ProtocolCase } from './protocol-case.js'
import { bucketWith, list, read } from './s3-objects.js'

/** Listings, page by page. */
export const S3_LISTING_CASES: readonly ProtocolCase<S3Client>[] = [
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
]
