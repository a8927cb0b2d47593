import { createServer } from 'node:http'
import { S3Client } from '@aws-sdk/client-s3'
import { s3Backend } from '@sealring/backend-s3'
import { BackendError, sealedBlob } from '@sealring/core'
import type { Backend } from '@sealring/core'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { errorAnswer } from './error-answer.js'
import { listen } from './listen.js'

const slot = { name: 'some/name', revision: 1 }
const blob = sealedBlob(Buffer.from('sealed'))

/** A server that answers every request with one documented error. */
describe('error codes', () => {
  const answer = { code: '', status: 0 }
  const server = createServer((incoming, response) => {
    incoming.resume().on('end', () => errorAnswer(response, answer.code, answer.status))
  })
  let backend: Backend
  let client: S3Client

  before(async () => {
    client = new S3Client({
      endpoint: `http://127.0.0.1:${await listen(server)}`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
      forcePathStyle: true,
      maxAttempts: 1,
    })
    // Only the answer to the write itself is of interest.
    backend = s3Backend({ id: 'archive', client, bucket: 'some-bucket', lookForDeleteMarkers: false })
  })
  after(() => {
    client.destroy()
    server.closeAllConnections()
    server.close()
  })

  async function failure(code: string, status: number, work: () => Promise<unknown>): Promise<BackendError> {
    Object.assign(answer, { code, status })
    const error: unknown = await work().then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (!(error instanceof BackendError))
      return expect.fail(`${code} ${status} is no BackendError: ${String(error)}`)
    return error
  }
  const described = ({ code, operation, retryable }: BackendError) =>
    `${code} ${operation}${retryable ? ' retryable' : ''}`

  for (const [code, status, expected] of [
    ['AccessDenied', 403, 'ACCESS_DENIED read'],
    ['InvalidAccessKeyId', 403, 'ACCESS_DENIED read'],
    ['ExpiredToken', 400, 'ACCESS_DENIED read'],
    ['RequestTimeTooSkewed', 403, 'ACCESS_DENIED read'],
    ['KMS.DisabledException', 400, 'ACCESS_DENIED read'],
    ['InvalidObjectState', 403, 'BLOB_ARCHIVED read'],
    ['NoSuchBucket', 404, 'LOCATION_NOT_FOUND read'],
    ['PermanentRedirect', 301, 'LOCATION_NOT_FOUND read'],
    ['AuthorizationHeaderMalformed', 400, 'LOCATION_NOT_FOUND read'],
    ['SlowDown', 503, 'THROTTLED read retryable'],
    ['TooManyRequests', 429, 'THROTTLED read retryable'],
    ['ServiceUnavailable', 503, 'UNREACHABLE read retryable'],
    ['InternalError', 500, 'UNREACHABLE read retryable'],
    ['OperationAborted', 409, 'WRITE_CONFLICT read retryable'],
    ['InvalidRequest', 400, 'BACKEND_FAILED read'],
  ] as const)
    it(`${code} ${status} of a read is ${expected}`, async () => {
      const error = await failure(code, status, () => backend.read(slot))
      expect(described(error)).equal(expected)
      expect(error.backend).equal('archive')
      expect(error.cause).instanceOf(Error)
    })

  for (const [code, status, expected] of [
    ['AccessDenied', 403, 'ACCESS_DENIED create'],
    ['SlowDown', 503, 'THROTTLED create retryable'],
    ['NoSuchBucket', 404, 'LOCATION_NOT_FOUND create'],
    ['BadDigest', 400, 'BLOB_DAMAGED create retryable'],
    ['EntityTooLarge', 400, 'BLOB_TOO_LARGE create'],
    ['RequestTimeout', 400, 'UNREACHABLE create retryable'],
    ['InvalidRequest', 400, 'BACKEND_FAILED create'],
    ['KMS.KMSInvalidStateException', 400, 'ACCESS_DENIED create'],
    ['InternalError', 500, 'OUTCOME_UNKNOWN create retryable'],
    ['ServiceUnavailable', 503, 'OUTCOME_UNKNOWN create retryable'],
  ] as const)
    it(`${code} ${status} of a write is ${expected}`, async () => {
      expect(described(await failure(code, status, () => backend.create(slot, blob)))).equal(expected)
    })

  for (const [status, expected] of [
    [301, 'LOCATION_NOT_FOUND stat'],
    [403, 'ACCESS_DENIED stat'],
    [404, 'LOCATION_NOT_FOUND stat'],
    [400, 'BACKEND_FAILED stat'],
    [503, 'UNREACHABLE stat retryable'],
  ] as const)
    it(`a HEAD that is answered ${status}, without a body, is ${expected}`, async () => {
      expect(described(await failure('Whatever', status, () => backend.stat(slot)))).equal(expected)
    })

  it('a denial says which permissions are missing', async () => {
    const denied: readonly [string, () => Promise<unknown>][] = [
      ['s3:GetObject', () => backend.stat(slot)],
      ['s3:PutObject', () => backend.create(slot, blob)],
      ['s3:ListBucket', () => backend.names()],
      ['s3:DeleteObject', () => backend.deleteSidecar({ ...slot, kind: 'fork', id: 'x' })],
    ]
    for (const [permission, work] of denied)
      expect((await failure('AccessDenied', 403, work)).message).contain(permission)
  })
})
