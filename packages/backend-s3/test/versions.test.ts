import { randomUUID } from 'node:crypto'
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
} from '@aws-sdk/client-s3'
import { s3Backend } from '@sealring/backend-s3'
import type { S3BackendOptions } from '@sealring/backend-s3'
import { collect, sealedBlob } from '@sealring/core'
import type { Backend } from '@sealring/core'
import { expect } from 'chai'
import { after, before } from 'mocha'
import { s3Layout } from '#src/layout.js'
import { faultyProxy } from './faulty-proxy.js'
import type { FaultyProxy } from './faulty-proxy.js'
import { generatedBlob } from './generated-blob.js'
import { onEachServer, serverCase } from './on-each-server.js'

const slot = { name: 'with/versions', revision: 7 }
const blobOf = (text: string) => sealedBlob(Buffer.from(text))

onEachServer('versions', (current, faults) => {
  let proxy: FaultyProxy
  before(async () => {
    proxy = await faultyProxy(current().server.endpoint)
  })
  after(() => proxy.stop())

  /** A bucket of its own that keeps versions, or can lock them as well. */
  async function open(lockable = false, asked: Partial<S3BackendOptions> = {}) {
    const { client, connect, conditions } = current()
    const bucket = `versions-${randomUUID()}`
    await client.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: lockable }))
    if (!lockable)
      await client.send(
        new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
      )
    proxy.clear()
    const through = connect({ endpoint: proxy.endpoint, maxAttempts: 1 })
    const options = { ...conditions, ...asked, id: 's3', bucket, prefix: 'p' }
    const key = s3Layout('p').entryKey(slot)
    return {
      backend: s3Backend({ ...options, client: through }),
      key,
      at: { Bucket: bucket, Key: key },
      /** Keys of all versions and, with an exclamation mark, delete markers. */
      kept: async () => {
        const page = await client.send(new ListObjectVersionsCommand({ Bucket: bucket }))
        const markers = (page.DeleteMarkers ?? []).map(({ Key }) => `!${Key}`)
        return [...(page.Versions ?? []).map(({ Key }) => Key), ...markers]
      },
      versionIds: async () => {
        const page = await client.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key }))
        return (page.Versions ?? []).map(({ VersionId }) => VersionId)
      },
    }
  }

  async function rewrite(backend: Backend, texts: readonly string[], at = slot) {
    const [first = '', ...rest] = texts
    let { versionToken } = await backend.create(at, blobOf(first))
    for (const text of rest) {
      const result = await backend.replace(at, blobOf(text), { expect: versionToken })
      if (result.outcome !== 'replaced') return expect.fail('nobody else writes here')
      versionToken = result.versionToken
    }
    return versionToken
  }

  const text = async (backend: Backend) =>
    Buffer.from(await collect((await backend.read(slot))!.body)).toString()

  serverCase(
    faults,
    'a slot whose object was deleted is not created again, in one piece or in parts',
    async () => {
      const { backend, at, kept } = await open(false, { partBytes: 5 * 1024 ** 2 })
      const { client } = current()
      await backend.create(slot, blobOf('first'))
      const { VersionId } = await client.send(new DeleteObjectCommand(at))
      const large = await generatedBlob(6 * 1024 ** 2, 'large')
      for (const blob of [blobOf('second'), blobOf('first'), large]) {
        const error: unknown = await backend.create(slot, blob).catch((reason: unknown) => reason)
        expect(error).include({ code: 'SLOT_DELETED', retryable: false, operation: 'create' })
      }
      expect(await kept()).length(2)
      await client.send(new DeleteObjectCommand({ ...at, VersionId }))
      expect(await backend.create(slot, blobOf('second'))).include({
        outcome: 'exists',
        digest: blobOf('first').digest,
      })
    },
  )

  serverCase(
    faults,
    'looking for a delete marker costs one HEAD for each create, and can be left out',
    async () => {
      for (const [lookForDeleteMarkers, requests] of [
        [true, ['HEAD', 'PUT']],
        [false, ['PUT']],
      ] as const) {
        const { backend } = await open(false, { lookForDeleteMarkers })
        for (let revision = 1; revision <= 3; revision++) {
          proxy.seen()
          await backend.create({ ...slot, revision }, blobOf('x'))
          expect(proxy.seen()).eql(requests)
        }
      }
    },
  )

  serverCase(faults, 'purge removes the earlier versions of its slot, and of nothing else', async () => {
    const { backend, at, key, kept } = await open()
    const { client } = current()
    const versionToken = await rewrite(backend, ['first', 'second', 'third'])
    await rewrite(backend, ['a', 'b'], { ...slot, revision: 6 })
    // A key that begins with that of the slot.
    for (const Body of ['a', 'b'])
      await client.send(new PutObjectCommand({ ...at, Key: `${key}0`, Body: Buffer.from(Body) }))
    const others = (await kept()).filter((each) => each !== key)
    expect(others).length(4)
    for (let i = 0; i < 2; i++) {
      expect(await backend.purge(slot)).eql({ retained: [] })
      expect(await kept()).members([...others, key])
    }
    expect(await text(backend)).equal('third')
    expect((await backend.stat(slot))?.versionToken).equal(versionToken)
  })

  serverCase(
    faults,
    'purge removes deleted sidecars of its slot for good, and keeps the others',
    async () => {
      const { backend, kept } = await open()
      const fork = { ...slot, kind: 'fork', id: 'gone' }
      const neighbour = { ...fork, revision: 6 }
      await backend.create(slot, blobOf('entry'))
      for (const key of [fork, { ...fork, id: 'stays' }, neighbour])
        await backend.createSidecar(key, Buffer.from('saved'))
      const before = await kept()
      for (const key of [fork, neighbour]) await backend.deleteSidecar(key)
      expect(await kept()).length(before.length + 2)
      expect(await backend.purge(slot)).eql({ retained: [] })
      const layout = s3Layout('p')
      const neighbours = layout.sidecarKey(neighbour)
      expect(await kept()).members([
        ...before.filter((each) => each !== layout.sidecarKey(fork)),
        `!${neighbours}`,
      ])
      expect(Buffer.from((await backend.readSidecar({ ...fork, id: 'stays' }))!).toString()).equal('saved')
    },
  )

  serverCase(faults, 'of an empty slot purge removes everything, markers too', async () => {
    const { backend, at, kept } = await open()
    await rewrite(backend, ['first', 'second'])
    await current().client.send(new DeleteObjectCommand(at))
    await current().client.send(new DeleteObjectCommand(at))
    expect(await backend.purge(slot)).eql({ retained: [] })
    expect(await kept()).eql([])
    expect(await backend.purge(slot)).eql({ retained: [] })
  })

  serverCase(faults, 'purge goes on after a page of versions', async () => {
    const { at, kept } = await open()
    const client = current().connect()
    // A page of the service has 1000 versions, and servers take their time to make so many.
    client.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          if (commandName === 'ListObjectVersionsCommand') Object.assign(args.input, { MaxKeys: 3 })
          return next(args)
        },
      { step: 'initialize' },
    )
    for (let i = 0; i < 8; i++)
      await current().client.send(new PutObjectCommand({ ...at, Body: Buffer.from('x') }))
    const backend = s3Backend({ ...current().conditions, id: 's3', client, bucket: at.Bucket, prefix: 'p' })
    expect(await backend.purge(slot)).eql({ retained: [] })
    expect(await kept()).eql([at.Key])
  })

  serverCase(faults, 'what Object Lock and a legal hold keep is reported, and stays', async () => {
    const { backend, at, kept, versionIds } = await open(true)
    const { client } = current()
    await rewrite(backend, ['first', 'second', 'third', 'fourth'])
    const [, held, locked] = await versionIds()
    const until = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000)
    await client.send(new PutObjectLegalHoldCommand({ ...at, VersionId: held, LegalHold: { Status: 'ON' } }))
    const Retention = { Mode: 'COMPLIANCE' as const, RetainUntilDate: until }
    await client.send(new PutObjectRetentionCommand({ ...at, VersionId: locked, Retention }))
    const { retained } = await backend.purge(slot)
    expect(retained.map((each) => each.by)).members(['object-lock', 'legal-hold'])
    expect(retained.find((each) => each.by === 'object-lock')?.until?.getTime()).equal(until.getTime())
    expect(await kept()).length(3)
    expect(await text(backend)).equal('fourth')
    await client.send(new PutObjectLegalHoldCommand({ ...at, VersionId: held, LegalHold: { Status: 'OFF' } }))
    expect((await backend.purge(slot)).retained.map((each) => each.by)).eql(['object-lock'])
    expect(await kept()).length(2)
  })

  serverCase(
    faults,
    'a delete marker above a locked version stays, so that nothing comes to light',
    async () => {
      const { backend, at, versionIds } = await open(true)
      const { client } = current()
      await rewrite(backend, ['first', 'second'])
      const [, VersionId] = await versionIds()
      await client.send(new PutObjectLegalHoldCommand({ ...at, VersionId, LegalHold: { Status: 'ON' } }))
      await client.send(new DeleteObjectCommand(at))
      expect((await backend.purge(slot)).retained.map((each) => each.by)).eql(['legal-hold'])
      expect(await backend.stat(slot)).equal(undefined)
      expect(await versionIds()).eql([VersionId])
    },
  )

  serverCase(
    faults,
    'without the permission to see or to remove, purge says that it cannot know',
    async () => {
      const { backend, kept } = await open()
      await rewrite(backend, ['first', 'second'])
      const denied = { refused: 'AccessDenied', status: 403 }
      proxy.plan('GET', [denied])
      const [unlisted] = (await backend.purge(slot)).retained
      expect(unlisted?.by).equal('unknown')
      expect(unlisted?.message).contain('s3:ListBucketVersions')
      proxy.plan('POST', [denied])
      const [unremoved] = (await backend.purge(slot)).retained
      expect(unremoved?.by).equal('unknown')
      expect(unremoved?.message).contain('s3:DeleteObjectVersion')
      expect(await kept()).length(2)
      for (const [method, refused, status, code] of [
        ['GET', 'SlowDown', 503, 'THROTTLED'],
        ['POST', 'InternalError', 500, 'UNREACHABLE'],
      ] as const) {
        proxy.plan(method, [{ refused, status }])
        const error: unknown = await backend.purge(slot).catch((reason: unknown) => reason)
        expect(error).include({ code, operation: 'purge' })
      }
    },
  )
})
