import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { randomUUID } from 'node:crypto'
import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { s3Backend } from '@sealring/backend-s3'
import type { S3BackendOptions, S3Encryption } from '@sealring/backend-s3'
import { sealedBlob } from '@sealring/core'
import type { SealedBlob } from '@sealring/core'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { s3Layout } from '#src/layout.js'
import { generatedBlob } from './generated-blob.js'
import { listen } from './listen.js'
import { onEachServer, serverCase } from './on-each-server.js'

const slot = { name: 'under/kms', revision: 1 }
const key = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'
const partBytes = 5 * 1024 ** 2
const small = sealedBlob(Buffer.from('small'))

onEachServer('encryption', (current, faults) => {
  async function stored(blob: SealedBlob, encryption: S3Encryption) {
    const { client, bucket, conditions } = current()
    const prefix = randomUUID()
    const options = { ...conditions, id: 's3', client, bucket, prefix, partBytes }
    await s3Backend({ ...options, encryption }).create(slot, blob)
    return client.send(new HeadObjectCommand({ Bucket: bucket, Key: s3Layout(prefix).entryKey(slot) }))
  }
  const byKey = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key }

  serverCase(faults, 'SSE-KMS is asked for, and done', async () => {
    expect(await stored(small, { kmsKeyId: key })).include(byKey)
  })

  serverCase(faults, 'SSE-KMS is asked for, and done, of an upload in parts', async () => {
    const large = await generatedBlob(partBytes + 1, 'large')
    expect(await stored(large, { kmsKeyId: key })).include(byKey)
  })

  serverCase(faults, 'what would not be encrypted as asked is not stored', async () => {
    const { client, bucket, conditions } = current()
    const options = { ...conditions, id: 's3', client, bucket, prefix: randomUUID() }
    const failed = await codeOf(s3Backend({ ...options, encryption: { kmsKeyId: key } }).create(slot, small))
    const there = await s3Backend({ ...options, id: 'other' }).stat(slot)
    expect(there === undefined).equal(failed === 'ENCRYPTION_NOT_APPLIED')
  })
})

/** A service that answers writes by headers of the test's choice, and notes what it was asked. */
describe('what is asked of S3, and what it answers', () => {
  const asked: IncomingHttpHeaders[] = []
  const methods: string[] = []
  let answer: Readonly<Record<string, string>> = {}
  const server = createServer((incoming, response) => {
    asked.push(incoming.headers)
    methods.push(incoming.method!)
    incoming.resume().on('end', () => {
      if (incoming.method === 'HEAD') {
        response.writeHead(404).end()
        return
      }
      const begun = '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>'
      response.writeHead(200, { etag: '"e"', ...answer }).end(incoming.method === 'POST' ? begun : '')
    })
  })
  let client: S3Client
  let large: SealedBlob

  before(async () => {
    client = new S3Client({
      endpoint: `http://127.0.0.1:${await listen(server)}`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
      forcePathStyle: true,
      maxAttempts: 1,
    })
    large = await generatedBlob(partBytes + 1, 'large')
  })
  after(() => {
    client.destroy()
    server.closeAllConnections()
    server.close()
  })

  async function write(
    options: Partial<S3BackendOptions>,
    headers: Readonly<Record<string, string>>,
    blob = small,
  ): Promise<string> {
    answer = headers
    asked.length = 0
    methods.length = 0
    const backend = s3Backend({ id: 's3', client, bucket: 'some-bucket', partBytes, ...options })
    return backend.create(slot, blob).then(
      ({ outcome }) => outcome,
      (error: { code: string; operation: string; retryable: boolean }) =>
        `${error.code} ${error.operation}${error.retryable ? ' retryable' : ''}`,
    )
  }

  const kms = { 'x-amz-server-side-encryption': 'aws:kms' }
  const keyed = { ...kms, 'x-amz-server-side-encryption-aws-kms-key-id': key }
  const bucketKeyed = { 'x-amz-server-side-encryption-bucket-key-enabled': 'true' }
  const refused = 'ENCRYPTION_NOT_APPLIED create'

  for (const [what, encryption, headers, expected] of [
    ['SSE-S3 where SSE-KMS was asked', {}, { 'x-amz-server-side-encryption': 'AES256' }, refused],
    ['nothing where SSE-KMS was asked', {}, {}, refused],
    ['SSE-KMS by any key', {}, keyed, 'created'],
    ['the key that was asked by its ARN', { kmsKeyId: key }, keyed, 'created'],
    ['the key that was asked by its id', { kmsKeyId: key.split('/')[1]! }, keyed, 'created'],
    ['another key', { kmsKeyId: key.replace('1234abcd', '00000000') }, keyed, refused],
    ['no key where one was asked', { kmsKeyId: key }, kms, refused],
    ['the key of an alias, which cannot be compared', { kmsKeyId: 'alias/any' }, keyed, 'created'],
    ['the bucket key that was asked', { bucketKey: true }, { ...kms, ...bucketKeyed }, 'created'],
    ['no bucket key where one was asked', { bucketKey: true }, kms, refused],
    ['a bucket key where none was to be', { bucketKey: false }, { ...kms, ...bucketKeyed }, refused],
  ] as const)
    it(`${what}: ${expected}`, async () => {
      expect(await write({ encryption }, headers)).equal(expected)
    })

  for (const [what, blob] of [
    ['a small blob', () => small],
    ['a blob in parts', () => large],
  ] as const)
    it(`${what} that would not be encrypted as asked is given up before a byte is sent`, async () => {
      expect(await write({ encryption: {} }, {}, blob())).equal(refused)
      expect(methods).eql(['HEAD', 'POST', 'DELETE'])
    })

  it('asks once, and again where the answer was another', async () => {
    const backend = s3Backend({ id: 's3', client, bucket: 'some-bucket', encryption: {} })
    methods.length = 0
    answer = {}
    expect(await codeOf(backend.create(slot, small))).equal('ENCRYPTION_NOT_APPLIED')
    expect(await codeOf(backend.createSidecar({ ...slot, kind: 'fork', id: 'x' }, Buffer.from('x')))).equal(
      'ENCRYPTION_NOT_APPLIED',
    )
    answer = kms
    await backend.create(slot, small)
    await backend.create({ ...slot, revision: 2 }, small)
    expect(methods.filter((each) => each !== 'HEAD').join(' ')).equal(
      'POST DELETE POST DELETE POST DELETE PUT PUT',
    )
    // A service that changes its mind is noticed, if late: the object is there by then, and must not pass for unwritten.
    answer = {}
    const late = backend
      .create({ ...slot, revision: 3 }, small)
      .catch((error: { code: string; cause: { code: string } }) => `${error.code} by ${error.cause.code}`)
    expect(await late).equal('OUTCOME_UNKNOWN by ENCRYPTION_NOT_APPLIED')
    expect(await codeOf(backend.create({ ...slot, revision: 4 }, small))).equal('ENCRYPTION_NOT_APPLIED')
  })

  it('asks for the key and the bucket key in every request that writes', async () => {
    await write({ encryption: { kmsKeyId: key, bucketKey: true } }, { ...keyed, ...bucketKeyed })
    expect(methods).eql(['HEAD', 'POST', 'DELETE', 'PUT'])
    for (const written of [asked[1], asked[3]]) expect(written).include({ ...keyed, ...bucketKeyed })
  })

  it('asks for nothing by default, and checks nothing', async () => {
    expect(await write({}, { 'x-amz-server-side-encryption': 'AES256' })).equal('created')
    for (const headers of asked)
      expect(Object.keys(headers).filter((each) => /encryption|owner/.test(each))).eql([])
  })

  it('every request names the expected owner of the bucket', async () => {
    const expectedBucketOwner = '111122223333'
    await write({ expectedBucketOwner }, {})
    const backend = s3Backend({ id: 's3', client, bucket: 'some-bucket', expectedBucketOwner })
    const sidecar = { ...slot, kind: 'fork', id: 'x' }
    // What such a server answers is of no interest here.
    const ignore = () => {}
    await backend.read(slot).catch(ignore)
    await backend.names().catch(ignore)
    await backend.purge(slot).catch(ignore)
    await backend.deleteSidecar(sidecar).catch(ignore)
    expect(new Set(methods)).eql(new Set(['HEAD', 'PUT', 'GET', 'DELETE']))
    for (const headers of asked) expect(headers['x-amz-expected-bucket-owner']).equal(expectedBucketOwner)
  })
})

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no failure',
    ({ code }: { code: string }) => code,
  )
