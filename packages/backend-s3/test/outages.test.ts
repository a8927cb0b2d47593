import { once } from 'node:events'
import { createServer } from 'node:net'
import { randomUUID } from 'node:crypto'
import { s3Backend } from '@sealring/backend-s3'
import { sealedBlob } from '@sealring/core'
import type { Backend, BackendError } from '@sealring/core'
import { expect } from 'chai'
import { listen } from './listen.js'
import { onEachServer, serverCase } from './on-each-server.js'

const slot = { name: 'name', revision: 1 }
const key = { ...slot, kind: 'fork', id: 'x' }
const blob = sealedBlob(Buffer.from('sealed bytes'))

/** Every method, once. */
const calls = (backend: Backend, signal?: AbortSignal): Record<string, () => Promise<unknown>> => ({
  create: () => backend.create(slot, blob, { signal }),
  read: () => backend.read(slot, { signal }),
  stat: () => backend.stat(slot, { signal }),
  latest: () => backend.latest(slot.name, { signal }),
  revisions: () => backend.revisions(slot.name, { signal }),
  names: () => backend.names({ signal }),
  replace: () => backend.replace(slot, blob, { expect: '"0"', signal }),
  createSidecar: () => backend.createSidecar(key, Buffer.from('x'), { signal }),
  readSidecar: () => backend.readSidecar(key, { signal }),
  listSidecars: () => backend.listSidecars(slot, { signal }),
  deleteSidecar: () => backend.deleteSidecar(key, { signal }),
})

const failureOf = (work: () => Promise<unknown>) =>
  work().then(
    (result) => ({ result }),
    (error: BackendError) => error,
  )

onEachServer('outages', (current, faults) => {
  serverCase(faults, 'every method tells a missing bucket from what is absent', async () => {
    const { client, conditions } = current()
    const backend = s3Backend({ ...conditions, id: 's3', client, bucket: `missing-${randomUUID()}` })
    for (const [operation, call] of Object.entries(calls(backend)))
      expect(await failureOf(call), operation).include({
        name: 'BackendError',
        code: 'LOCATION_NOT_FOUND',
        backend: 's3',
        operation,
        retryable: false,
      })
  })

  serverCase(faults, 'every method says UNREACHABLE when nobody listens, writes too', async () => {
    const { connect, bucket, conditions } = current()
    const client = connect({ endpoint: `http://127.0.0.1:${await closedPort()}`, maxAttempts: 2 })
    const backend = s3Backend({ ...conditions, id: 's3', client, bucket })
    for (const [operation, call] of Object.entries(calls(backend)))
      expect(await failureOf(call), operation).include({ code: 'UNREACHABLE', operation, retryable: true })
  })

  serverCase(faults, 'every method ends with the signal’s reason while it waits', async () => {
    const { connect, bucket, conditions } = current()
    let arrived = (): void => undefined
    const silent = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => arrived())
    })
    const port = await listen(silent)
    try {
      for (const maxAttempts of [1, 3]) {
        const client = connect({ endpoint: `http://127.0.0.1:${port}`, maxAttempts })
        const backend = s3Backend({ ...conditions, id: 's3', client, bucket })
        for (const operation of Object.keys(calls(backend))) {
          const controller = new AbortController()
          const reason = new Error('enough')
          arrived = () => controller.abort(reason)
          expect(await failureOf(calls(backend, controller.signal)[operation]!), operation).equal(reason)
        }
      }
    } finally {
      silent.close()
    }
  })

  serverCase(faults, 'a body ends with the signal’s reason', async () => {
    const { client, bucket, conditions } = current()
    const backend = s3Backend({ ...conditions, id: 's3', client, bucket, prefix: randomUUID() })
    await backend.create(slot, sealedBlob(Buffer.alloc(20_000_000)))
    const controller = new AbortController()
    const reason = new Error('enough')
    const stored = await backend.read(slot, { signal: controller.signal })
    const reading = async () => {
      for await (const piece of stored!.body) {
        expect(piece.length).above(0)
        controller.abort(reason)
      }
    }
    expect(await failureOf(reading)).equal(reason)
  })

  serverCase(faults, 'bodies that are returned unread leave no connection behind', async () => {
    const { connect, bucket, conditions } = current()
    const client = connect({ requestHandler: { httpAgent: { maxSockets: 2 } } })
    const backend = s3Backend({ ...conditions, id: 's3', client, bucket, prefix: randomUUID() })
    await backend.create(slot, sealedBlob(Buffer.alloc(5_000_000)))
    // A third read would wait for ever for one of the two sockets.
    for (let i = 0; i < 6; i++) {
      const stored = await backend.read(slot)
      await stored!.body[Symbol.asyncIterator]().return!()
    }
  })
})

async function closedPort(): Promise<number> {
  const server = createServer()
  const port = await listen(server)
  server.close()
  await once(server, 'close')
  return port
}
