import { randomUUID } from 'node:crypto'
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import { dynamodbBackend } from '@sealring/backend-dynamodb'
import { collect, sealedBlob } from '@sealring/core'
import type { Backend, BackendError } from '@sealring/core'
import { expect } from 'chai'
import { after, before } from 'mocha'
import { faultyProxy } from './faulty-proxy.js'
import type { Fault, FaultyProxy } from './faulty-proxy.js'
import { onEachServer } from './on-each-server.js'

const slot = { name: 'lost/answers', revision: 1 }
const mine = sealedBlob(Buffer.from('mine'))
const theirs = sealedBlob(Buffer.from('theirs'))
const sidecar = { ...slot, kind: 'fork', id: 'one' }

onEachServer('lost-answers', (current, testCase) => {
  let proxy: FaultyProxy
  before(async () => {
    proxy = await faultyProxy(current().server.endpoint)
  })
  after(() => proxy.stop())

  /** What a client waits for an answer that never comes; a busy machine carries out a request in less. */
  const requestHandler = { requestTimeout: 1000, throwOnRequestTimeout: true }
  const patienceFor = (fault: Fault) => (fault === 'no-answer' ? { requestHandler } : {})

  /** A new location, seen through the proxy with so many attempts, and directly. */
  function open(
    maxAttempts: number,
    patience: DynamoDBClientConfig = {},
  ): { faulty: Backend; direct: Backend } {
    const { table, connect, client } = current()
    const namespace = randomUUID()
    const through = connect({ endpoint: proxy.endpoint, maxAttempts, ...patience })
    return {
      faulty: dynamodbBackend({ id: 'faulty', client: through, table, namespace }),
      direct: dynamodbBackend({ id: 'direct', client, table, namespace }),
    }
  }

  /** The name index of the slot is written first, by a request of its own. */
  const planHead = (...plan: Fault[]) => proxy.plan('PutItem', ['none', ...plan])

  const codes = async (work: Promise<unknown>) =>
    work.then(
      () => 'no failure',
      ({ code, retryable, operation, backend, cause }: BackendError) => {
        expect(backend).equal('faulty')
        expect(cause).instanceOf(Error)
        return `${code} ${operation}${retryable ? ' retryable' : ''}`
      },
    )

  const holds = async (backend: Backend) => {
    const stored = await backend.read(slot)
    return stored && Buffer.from(await collect(stored.body)).toString()
  }

  for (const [what, fault] of [
    ['the connection breaks after', 'answer-lost'],
    ['the client gives up waiting for', 'no-answer'],
    ['an internal error stands for', { thenRefused: 'InternalServerError', status: 500 }],
  ] as const) {
    testCase(`create without retries is undecided when ${what} the answer`, async () => {
      const { faulty, direct } = open(1, patienceFor(fault))
      planHead(fault)
      expect(await codes(faulty.create(slot, mine))).equal('OUTCOME_UNKNOWN create retryable')
      expect(await holds(direct)).equal('mine')
      // Repeating the call settles it.
      expect(await faulty.create(slot, mine)).include({ outcome: 'exists', digest: mine.digest })
    })

    testCase(`create with the SDK's retries succeeds when ${what} the answer`, async () => {
      const { faulty, direct } = open(3, patienceFor(fault))
      planHead(fault)
      const result = await faulty.create(slot, mine)
      expect(result.outcome).equal('created')
      expect(result.versionToken).equal((await direct.stat(slot))?.versionToken)
      expect((await direct.revisions(slot.name)).items).length(1)
    })
  }

  testCase('create is undecided, and nothing is stored, when the request is lost', async () => {
    const { faulty, direct } = open(1)
    planHead('request-lost')
    expect(await codes(faulty.create(slot, mine))).equal('OUTCOME_UNKNOWN create retryable')
    expect(await direct.stat(slot)).equal(undefined)
  })

  testCase('create stays undecided when the last attempt is refused for another reason', async () => {
    for (const refused of ['ThrottlingException', 'AccessDeniedException', 'ValidationException']) {
      const { faulty, direct } = open(2)
      planHead('answer-lost', { refused, status: 400 })
      expect(await codes(faulty.create(slot, mine)), refused).equal('OUTCOME_UNKNOWN create retryable')
      expect(await holds(direct)).equal('mine')
    }
  })

  testCase('create loses to another writer even when an answer of its own was lost', async () => {
    const { faulty, direct } = open(3)
    await direct.create(slot, theirs)
    planHead('answer-lost')
    expect(await faulty.create(slot, mine)).include({ outcome: 'exists', digest: theirs.digest })
    expect(await holds(direct)).equal('theirs')
  })

  testCase('create is decided when only the index of names could not be written', async () => {
    const { faulty, direct } = open(1)
    proxy.plan('PutItem', ['answer-lost'])
    expect(await codes(faulty.create(slot, mine))).equal('UNREACHABLE create retryable')
    expect(await direct.stat(slot)).equal(undefined)
    expect((await faulty.create(slot, mine)).outcome).equal('created')
    expect((await direct.names()).items).eql([slot.name])
  })

  testCase('replace knows its own bytes, even if they are those that were there', async () => {
    for (const blob of [theirs, mine]) {
      const { faulty, direct } = open(3)
      await direct.create(slot, mine)
      const { versionToken: expected } = (await direct.stat(slot))!
      proxy.plan('PutItem', ['answer-lost'])
      const result = await faulty.replace(slot, blob, { expect: expected })
      const token = (await direct.stat(slot))!.versionToken
      expect(result).eql({ outcome: 'replaced', versionToken: token })
      expect(token).not.equal(expected)
    }
  })

  testCase('replace, createSidecar and deleteSidecar without retries are undecided', async () => {
    const { faulty, direct } = open(1)
    await direct.create(slot, mine)
    const { versionToken } = (await direct.stat(slot))!
    proxy.plan('PutItem', ['answer-lost', 'answer-lost'])
    proxy.plan('DeleteItem', ['answer-lost'])
    expect(await codes(faulty.replace(slot, theirs, { expect: versionToken }))).equal(
      'OUTCOME_UNKNOWN replace retryable',
    )
    expect(await codes(faulty.createSidecar(sidecar, Buffer.from('x')))).equal(
      'OUTCOME_UNKNOWN createSidecar retryable',
    )
    expect(await codes(faulty.deleteSidecar(sidecar))).equal('OUTCOME_UNKNOWN deleteSidecar retryable')
  })

  testCase("createSidecar with the SDK's retries says created", async () => {
    const { faulty } = open(3)
    proxy.plan('PutItem', ['answer-lost'])
    expect(await faulty.createSidecar(sidecar, Buffer.from('x'))).eql({ outcome: 'created' })
    expect(await faulty.createSidecar(sidecar, Buffer.from('x'))).eql({ outcome: 'exists' })
  })

  testCase('reads whose answer is lost are never undecided', async () => {
    const { faulty } = open(1, { requestHandler })
    proxy.plan('GetItem', ['answer-lost', 'no-answer'])
    proxy.plan(
      'Query',
      Array.from({ length: 5 }, () => 'answer-lost'),
    )
    expect(await codes(faulty.read(slot))).equal('UNREACHABLE read retryable')
    expect(await codes(faulty.readSidecar(sidecar))).equal('UNREACHABLE readSidecar retryable')
    expect(await codes(faulty.stat(slot))).equal('UNREACHABLE stat retryable')
    expect(await codes(faulty.latest(slot.name))).equal('UNREACHABLE latest retryable')
    expect(await codes(faulty.revisions(slot.name))).equal('UNREACHABLE revisions retryable')
    expect(await codes(faulty.names())).equal('UNREACHABLE names retryable')
    expect(await codes(faulty.listSidecars(slot))).equal('UNREACHABLE listSidecars retryable')
  })

  testCase('a refusal by the service is decided, and has its code', async () => {
    for (const [refused, code] of [
      ['ProvisionedThroughputExceededException', 'THROTTLED create retryable'],
      ['ThrottlingException', 'THROTTLED create retryable'],
      ['RequestLimitExceeded', 'THROTTLED create retryable'],
      ['AccessDeniedException', 'ACCESS_DENIED create'],
      ['ExpiredTokenException', 'ACCESS_DENIED create'],
      ['ResourceNotFoundException', 'LOCATION_NOT_FOUND create'],
      ['TransactionConflictException', 'BACKEND_FAILED create retryable'],
      ['ItemCollectionSizeLimitExceededException', 'BACKEND_FAILED create'],
      ['ValidationException', 'BACKEND_FAILED create'],
    ] as const) {
      const { faulty, direct } = open(1)
      planHead({ refused, status: 400 })
      expect(await codes(faulty.create(slot, mine)), refused).equal(code)
      expect(await direct.stat(slot)).equal(undefined)
    }
  })

  testCase('the first create of a name costs two requests, the next ones one', async () => {
    const { faulty } = open(1)
    proxy.seen()
    await faulty.latest(slot.name)
    await faulty.create(slot, mine)
    expect(proxy.seen()).eql(['Query', 'PutItem', 'PutItem'])
    await faulty.create({ ...slot, revision: 2 }, mine)
    await faulty.read(slot)
    await faulty.stat(slot)
    expect(proxy.seen()).eql(['PutItem', 'GetItem', 'Query'])
  })
})
