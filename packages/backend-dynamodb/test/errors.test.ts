import { once } from 'node:events'
import { createServer } from 'node:net'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { dynamodbBackend } from '@sealring/backend-dynamodb'
import { sealedBlob } from '@sealring/core'
import type { Backend, BackendError } from '@sealring/core'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { dynamodbError } from '#src/dynamodb-errors.js'
import { onEachServer } from './on-each-server.js'
import { portOf } from './port-of.js'

const slot = { name: 'n', revision: 1 }
const sidecar = { ...slot, kind: 'fork', id: 'one' }

const calls: Readonly<Record<string, (backend: Backend) => Promise<unknown>>> = {
  create: (backend) => backend.create(slot, sealedBlob(Buffer.from('x'))),
  read: (backend) => backend.read(slot),
  stat: (backend) => backend.stat(slot),
  latest: (backend) => backend.latest(slot.name),
  revisions: (backend) => backend.revisions(slot.name),
  names: (backend) => backend.names(),
  replace: (backend) => backend.replace(slot, sealedBlob(Buffer.from('x')), { expect: 'x' }),
  createSidecar: (backend) => backend.createSidecar(sidecar, Buffer.from('x')),
  readSidecar: (backend) => backend.readSidecar(sidecar),
  listSidecars: (backend) => backend.listSidecars(slot),
  deleteSidecar: (backend) => backend.deleteSidecar(sidecar),
}

/** Every method fails with this code, under its own name. */
async function expectEach(client: DynamoDBClient, table: string, code: string, retryable: boolean) {
  const backend = dynamodbBackend({ id: 'here', client, table })
  for (const [operation, call] of Object.entries(calls)) {
    const error = await call(backend).then(
      () => expect.fail(`${operation} succeeded`),
      (failure: BackendError) => failure,
    )
    expect(error, operation).include({ name: 'BackendError', backend: 'here', operation, code, retryable })
    expect(error.cause, operation).instanceOf(Error)
  }
}

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server)
  server.close()
  await once(server, 'close')
  return port
}

onEachServer('errors', (current, testCase) => {
  testCase('a table that does not exist is LOCATION_NOT_FOUND', () =>
    expectEach(current().client, 'no-such-table', 'LOCATION_NOT_FOUND', false),
  )

  for (const maxAttempts of [1, 3])
    testCase(`a closed port is UNREACHABLE, after ${maxAttempts} attempts`, async () => {
      const { connect, table } = current()
      const client = connect({ endpoint: `http://127.0.0.1:${await unusedPort()}`, maxAttempts })
      await expectEach(client, table, 'UNREACHABLE', true)
    })

  testCase('a host that does not exist is UNREACHABLE', async () => {
    const { connect, table } = current()
    await expectEach(
      connect({ endpoint: 'http://nowhere.invalid', maxAttempts: 1 }),
      table,
      'UNREACHABLE',
      true,
    )
  })

  testCase('TLS spoken to a plain port is UNREACHABLE for reads', async () => {
    const { connect, table, server } = current()
    const client = connect({ endpoint: server.endpoint.replace('http:', 'https:'), maxAttempts: 1 })
    const backend = dynamodbBackend({ id: 'here', client, table })
    const error = await backend.latest('n').catch((failure: BackendError) => failure)
    expect(error).include({ code: 'UNREACHABLE', retryable: true })
  })

  testCase('missing credentials are ACCESS_DENIED, and nothing was sent', async () => {
    const { connect, table } = current()
    const credentials = () =>
      Promise.reject(Object.assign(new Error('none found'), { name: 'CredentialsProviderError' }))
    await expectEach(connect({ credentials }), table, 'ACCESS_DENIED', false)
  })

  testCase('an abort while the server is silent rejects with the reason', async () => {
    const { server, connect, table } = current()
    const controller = new AbortController()
    const reason = new Error('enough')
    let arrived = 0
    const silent = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => {
        arrived += 1
        if (arrived === 3) controller.abort(reason)
      })
    }).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    try {
      const client = connect({ endpoint: `http://127.0.0.1:${portOf(silent)}`, region: server.region })
      const backend = dynamodbBackend({ id: 'here', client, table })
      const calls = [
        backend.latest('n', controller),
        backend.names(controller),
        backend.create(slot, sealedBlob(Buffer.from('x')), controller),
      ]
      for (const outcome of await Promise.allSettled(calls))
        expect(outcome).eql({ status: 'rejected', reason })
    } finally {
      silent.close()
    }
  })
})

describe('dynamodbError', () => {
  const failed = { backend: 'here', table: 'secrets', operation: 'read' }
  const error = (properties: object) => Object.assign(new Error('said by the service'), properties)

  for (const [what, properties, code, retryable] of [
    ['an unlisted refusal', { name: 'Novelty', $metadata: { httpStatusCode: 400 } }, 'BACKEND_FAILED', false],
    [
      'an unlisted server fault',
      { name: 'Novelty', $metadata: { httpStatusCode: 503 } },
      'UNREACHABLE',
      true,
    ],
    ['a name of Object.prototype', { name: 'constructor', code: 'toString' }, 'BACKEND_FAILED', false],
    ['a certificate nobody vouches for', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'UNREACHABLE', false],
  ] as const)
    it(`${what} is ${code}`, () => {
      const cause = error(properties)
      expect(dynamodbError({ ...failed, cause })).include({ code, retryable, cause, operation: 'read' })
    })

  it('what is thrown need not be an Error', () => {
    expect(dynamodbError({ ...failed, cause: undefined })).include({ code: 'BACKEND_FAILED' })
  })

  it('a write is decided when no attempt left this machine or all were refused', () => {
    const attempts = [
      error({ code: 'ECONNREFUSED' }),
      error({ code: 'ETIMEDOUT', syscall: 'connect' }),
      error({ code: 'CERT_HAS_EXPIRED' }),
      error({ name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } }),
    ]
    for (const cause of attempts)
      expect(dynamodbError({ ...failed, cause, writeAttempts: attempts }).code).not.equal('OUTCOME_UNKNOWN')
  })

  it('a write is undecided after any attempt that may have arrived', () => {
    const cause = error({ name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } })
    for (const attempt of [
      error({ name: 'TimeoutError' }),
      error({ code: 'ECONNRESET', syscall: 'read' }),
      error({ name: 'RequestTimeout', $metadata: { httpStatusCode: 408 } }),
      error({ name: 'ServiceUnavailable', $metadata: { httpStatusCode: 503 } }),
      error({ name: 'SyntaxError', $metadata: { httpStatusCode: 200 } }),
    ])
      expect(dynamodbError({ ...failed, cause, writeAttempts: [attempt, cause] })).include({
        code: 'OUTCOME_UNKNOWN',
        retryable: true,
      })
  })
})
