import { randomUUID } from 'node:crypto'
import type { S3ClientConfig } from '@aws-sdk/client-s3'
import { s3Backend } from '@sealring/backend-s3'
import { collect, sealedBlob } from '@sealring/core'
import type { Backend, BackendError } from '@sealring/core'
import { expect } from 'chai'
import { after, before } from 'mocha'
import { faultyProxy } from './faulty-proxy.js'
import type { Fault, FaultyProxy } from './faulty-proxy.js'
import { onEachServer, serverCase } from './on-each-server.js'

const slot = { name: 'lost/answers', revision: 1 }
const mine = sealedBlob(Buffer.from('mine, of some length'))
const theirs = sealedBlob(Buffer.from('theirs'))
const sidecar = { ...slot, kind: 'fork', id: 'one' }

onEachServer('lost-answers', (current, faults) => {
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
    asked = {},
    patience: S3ClientConfig = {},
  ): { faulty: Backend; direct: Backend } {
    const { bucket, connect, client, conditions } = current()
    proxy.clear()
    const options = { ...conditions, ...asked, bucket, prefix: randomUUID() }
    const through = connect({ endpoint: proxy.endpoint, maxAttempts, ...patience })
    return {
      faulty: s3Backend({ ...options, id: 'faulty', client: through }),
      direct: s3Backend({ ...options, id: 'direct', client }),
    }
  }

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
    ['an internal error stands for', { thenRefused: 'InternalError', status: 500 }],
  ] as const) {
    serverCase(faults, `create without retries is undecided when ${what} the answer`, async () => {
      const { faulty, direct } = open(1, {}, patienceFor(fault))
      proxy.plan('PUT', [fault])
      expect(await codes(faulty.create(slot, mine))).equal('OUTCOME_UNKNOWN create retryable')
      expect(await holds(direct)).equal('mine, of some length')
      // Repeating the call settles it.
      expect(await faulty.create(slot, mine)).include({ outcome: 'exists', digest: mine.digest })
    })

    serverCase(
      faults,
      `create with the SDK's retries finds its own digest when ${what} the answer`,
      async () => {
        const { faulty, direct } = open(3, {}, patienceFor(fault))
        proxy.plan('PUT', [fault])
        const result = await faulty.create(slot, mine)
        if (faulty.capabilities.conditionalCreate)
          expect(result).include({ outcome: 'exists', digest: mine.digest })
        expect(result.versionToken).equal((await direct.stat(slot))?.versionToken)
        expect((await direct.revisions(slot.name)).items).length(1)
      },
    )
  }

  serverCase(faults, 'create is undecided, and nothing is stored, when the request is lost', async () => {
    const { faulty, direct } = open(1)
    proxy.plan('PUT', ['request-lost'])
    expect(await codes(faulty.create(slot, mine))).equal('OUTCOME_UNKNOWN create retryable')
    expect(await direct.stat(slot)).equal(undefined)
  })

  serverCase(
    faults,
    'create stays undecided when a later attempt is refused for another reason',
    async () => {
      for (const [refused, status] of [
        ['SlowDown', 503],
        ['AccessDenied', 403],
        ['InvalidRequest', 400],
      ] as const) {
        const { faulty, direct } = open(2)
        proxy.plan('PUT', ['answer-lost', { refused, status }])
        expect(await codes(faulty.create(slot, mine)), refused).equal('OUTCOME_UNKNOWN create retryable')
        expect(await holds(direct)).equal('mine, of some length')
      }
    },
  )

  serverCase(faults, 'create is decided when every attempt was refused', async () => {
    const { faulty, direct } = open(2)
    const refused = { refused: 'SlowDown', status: 503 }
    proxy.plan('PUT', [refused, refused])
    expect(await codes(faulty.create(slot, mine))).equal('THROTTLED create retryable')
    expect(await direct.stat(slot)).equal(undefined)
  })

  serverCase(
    faults,
    'create stays undecided when it was repeated, and what is there cannot be seen',
    async () => {
      const { faulty } = open(2, { conditionalCreate: true, lookForDeleteMarkers: false })
      proxy.plan('PUT', ['answer-lost'])
      proxy.plan('HEAD', [{ refused: 'AccessDenied', status: 403 }])
      expect(await codes(faulty.create(slot, mine))).equal('OUTCOME_UNKNOWN create retryable')
    },
  )

  serverCase(faults, 'create loses to another writer even when an answer of its own was lost', async () => {
    const { faulty, direct } = open(3)
    await direct.create(slot, theirs)
    proxy.plan('PUT', ['answer-lost'])
    expect(await faulty.create(slot, mine)).include({ outcome: 'exists', digest: theirs.digest })
    expect(await holds(direct)).equal('theirs')
  })

  serverCase(faults, 'a conflict is settled by looking', async () => {
    const { faulty, direct } = open(1, { conditionalCreate: true, conditionalReplace: true })
    const conflict = { refused: 'ConditionalRequestConflict', status: 409 }
    proxy.plan('PUT', [conflict])
    expect(await codes(faulty.create(slot, mine))).equal('WRITE_CONFLICT create retryable')
    await direct.create(slot, theirs)
    const { versionToken } = (await direct.stat(slot))!
    proxy.plan('PUT', [conflict, conflict])
    expect(await faulty.create(slot, mine)).eql({ outcome: 'exists', digest: theirs.digest, versionToken })
    expect(await codes(faulty.replace(slot, mine, { expect: versionToken }))).equal(
      'WRITE_CONFLICT replace retryable',
    )
    proxy.plan('PUT', [conflict])
    expect(await faulty.replace(slot, mine, { expect: '"0"' })).eql({ outcome: 'changed' })
    proxy.plan('PUT', [conflict])
    expect(await codes(faulty.createSidecar(sidecar, Buffer.from('x')))).equal(
      'WRITE_CONFLICT createSidecar retryable',
    )
  })

  serverCase(faults, 'replace knows its own bytes', async () => {
    const { faulty, direct } = open(3)
    await direct.create(slot, theirs)
    const { versionToken } = (await direct.stat(slot))!
    proxy.plan('PUT', ['answer-lost'])
    const result = await faulty.replace(slot, mine, { expect: versionToken })
    expect(result).eql({ outcome: 'replaced', versionToken: (await direct.stat(slot))!.versionToken })
    expect(await holds(direct)).equal('mine, of some length')
  })

  serverCase(faults, 'replace, createSidecar and deleteSidecar without retries are undecided', async () => {
    const { faulty, direct } = open(1)
    await direct.create(slot, mine)
    const { versionToken } = (await direct.stat(slot))!
    proxy.plan('PUT', ['answer-lost', 'answer-lost'])
    proxy.plan('DELETE', ['answer-lost'])
    expect(await codes(faulty.replace(slot, theirs, { expect: versionToken }))).equal(
      'OUTCOME_UNKNOWN replace retryable',
    )
    expect(await codes(faulty.createSidecar(sidecar, Buffer.from('x')))).equal(
      'OUTCOME_UNKNOWN createSidecar retryable',
    )
    expect(await codes(faulty.deleteSidecar(sidecar))).equal('OUTCOME_UNKNOWN deleteSidecar retryable')
  })

  serverCase(faults, "createSidecar with the SDK's retries says created", async () => {
    const { faulty } = open(3)
    proxy.plan('PUT', ['answer-lost'])
    expect(await faulty.createSidecar(sidecar, Buffer.from('x'))).eql({ outcome: 'created' })
    expect(await faulty.createSidecar(sidecar, Buffer.from('x'))).eql({ outcome: 'exists' })
  })

  serverCase(faults, 'reads whose answer is lost are never undecided', async () => {
    const { faulty, direct } = open(1, {}, { requestHandler })
    await direct.create(slot, mine)
    proxy.plan('GET', ['answer-lost', 'no-answer'])
    proxy.plan('HEAD', ['answer-lost'])
    proxy.plan(
      'LIST',
      Array.from({ length: 4 }, () => 'answer-lost'),
    )
    expect(await codes(faulty.read(slot))).equal('UNREACHABLE read retryable')
    expect(await codes(faulty.readSidecar(sidecar))).equal('UNREACHABLE readSidecar retryable')
    expect(await codes(faulty.stat(slot))).equal('UNREACHABLE stat retryable')
    expect(await codes(faulty.latest(slot.name))).equal('UNREACHABLE latest retryable')
    expect(await codes(faulty.revisions(slot.name))).equal('UNREACHABLE revisions retryable')
    expect(await codes(faulty.names())).equal('UNREACHABLE names retryable')
    expect(await codes(faulty.listSidecars(slot))).equal('UNREACHABLE listSidecars retryable')
  })

  serverCase(faults, 'a body that breaks off is unreachable, never short', async () => {
    const { faulty, direct } = open(1)
    await direct.create(slot, mine)
    proxy.plan('GET', ['cut'])
    const stored = await faulty.read(slot)
    expect(await codes(collect(stored!.body))).equal('UNREACHABLE read retryable')
  })

  serverCase(
    faults,
    'a body that breaks off before anybody reads it ends nothing but the reading',
    async () => {
      const { faulty, direct } = open(1)
      await direct.create(slot, mine)
      proxy.plan('GET', ['cut'])
      const stored = await faulty.read(slot)
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(await codes(collect(stored!.body))).equal('UNREACHABLE read retryable')
    },
  )

  serverCase(faults, 'bytes that were changed on the way are noticed', async () => {
    const { faulty, direct } = open(1)
    await direct.create(slot, mine)
    proxy.plan('GET', ['flipped'])
    const stored = await faulty.read(slot)
    expect(await codes(collect(stored!.body))).equal('BLOB_DAMAGED read retryable')
  })
})
