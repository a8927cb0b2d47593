import { createHash, randomUUID } from 'node:crypto'
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import type { PutObjectCommandInput } from '@aws-sdk/client-s3'
import { s3Backend } from '@sealring/backend-s3'
import { collect, maxRevision, sealedBlob } from '@sealring/core'
import type { Backend, SealedBlob, SlotStat } from '@sealring/core'
import { expect } from 'chai'
import { after, before } from 'mocha'
import { s3Layout } from '#src/layout.js'
import { faultyProxy } from './faulty-proxy.js'
import type { FaultyProxy } from './faulty-proxy.js'
import { onEachServer, serverCase } from './on-each-server.js'
import type { ServerUnderTest } from './on-each-server.js'

const slot = { name: 'a/name', revision: 1 }
const blob = sealedBlob(Buffer.from('sealed bytes'))
const other = sealedBlob(Buffer.from('other sealed bytes'))
const sidecar = { ...slot, kind: 'fork', id: 'x' }

onEachServer('requests', (current, faults) => {
  let proxy: FaultyProxy
  before(async () => {
    proxy = await faultyProxy(current().server.endpoint)
  })
  after(() => proxy.stop())

  function open(asked = {}) {
    const { bucket, conditions, connect, client } = current()
    const prefix = `${randomUUID()}/`
    const layout = s3Layout(prefix)
    const counted = connect({ endpoint: proxy.endpoint, maxAttempts: 1 })
    const backend = s3Backend({ ...conditions, ...asked, id: 's3', client: counted, bucket, prefix })
    const put = (Key: string, Body: Uint8Array, extra: Partial<PutObjectCommandInput> = {}) =>
      client.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ...extra }))
    return { backend, layout, put }
  }

  async function cost(work: () => Promise<unknown>): Promise<string> {
    proxy.seen()
    await work()
    return proxy.seen().toSorted().toReversed().join(' ')
  }

  serverCase(faults, 'each method costs the requests that docs/decisions/0002 says', async () => {
    const { backend } = open()
    const { conditionalCreate } = backend.capabilities
    const looks = conditionalCreate ? '' : 'HEAD HEAD'
    const sees = conditionalCreate ? 'PUT HEAD' : 'HEAD'
    const write = (look: string) => ['PUT', look].filter(Boolean).join(' ')
    expect(await cost(() => backend.latest(slot.name))).equal('LIST')
    expect(await cost(() => backend.stat(slot))).equal('HEAD HEAD')
    expect(await cost(() => backend.read(slot))).equal('GET')
    // Until an object tells that the bucket keeps no versions, there may be a delete marker.
    expect(await cost(() => backend.create(slot, blob))).equal('PUT HEAD')
    expect(await cost(() => backend.create(slot, blob))).equal('HEAD')
    expect(await cost(() => backend.create(slot, blob))).equal(sees)
    expect(await cost(() => backend.stat(slot))).equal('HEAD')
    expect(await cost(() => backend.latest(slot.name))).equal('LIST HEAD')
    const read = async () => collect((await backend.read(slot))!.body)
    expect(await cost(read)).equal('GET')
    const part = async () => collect((await backend.read(slot, { range: { start: 1, end: 3 } }))!.body)
    expect(await cost(part)).equal('GET')
    const second = () => backend.create({ ...slot, revision: 2 }, blob)
    expect(await cost(second)).equal(conditionalCreate ? 'PUT' : 'PUT HEAD')
    for (let revision = 3; revision <= 5; revision++) await backend.create({ ...slot, revision }, blob)
    expect(await cost(() => backend.latest(slot.name))).equal('LIST HEAD')
    expect(await cost(() => backend.revisions(slot.name))).equal('LIST HEAD HEAD HEAD HEAD HEAD')
    expect(await cost(() => backend.names())).equal('LIST')
    const { versionToken } = (await backend.stat(slot))!
    expect(await cost(() => backend.replace(slot, other, { expect: versionToken }))).equal(
      write(looks && 'HEAD'),
    )
    expect(await cost(() => backend.createSidecar(sidecar, Buffer.from('x')))).equal(write(looks))
    expect(await cost(() => backend.readSidecar(sidecar))).equal('GET')
    expect(await cost(() => backend.listSidecars(slot))).equal('LIST')
    expect(await cost(() => backend.deleteSidecar(sidecar))).equal('DELETE')
    expect(await cost(() => backend.purge(slot))).equal('GET GET')
  })

  serverCase(faults, 'names cost one request, however many revisions they have', async () => {
    const { backend, layout, put } = open()
    for (const name of ['a', 'a/b', 'a.b', 'b'])
      for (let revision = 1; revision <= 6; revision++)
        await put(layout.entryKey({ name, revision }), Buffer.from('x'))
    expect(
      await cost(async () => expect((await backend.names()).items).members(['a', 'a/b', 'a.b', 'b'])),
    ).equal('LIST')
    expect(await cost(() => backend.names({ prefix: 'a/' }))).equal('LIST')
  })

  serverCase(faults, 'revisions are found across 1000 of them, and across gaps of any size', async () => {
    const { backend, layout, put } = open()
    const high = [maxRevision - 3, maxRevision]
    const middle = Array.from({ length: 1005 }, (_, i) => 500_000_000 + i)
    const revisions = [1, 2, 7, 1000, ...middle, ...high]
    const queue = [...revisions]
    const worker = async () => {
      for (let revision = queue.pop(); revision; revision = queue.pop())
        await put(layout.entryKey({ name: 'n', revision }), Buffer.from('x'))
    }
    await Promise.all(Array.from({ length: 16 }, worker))
    const found: number[] = []
    const pages: string[] = []
    let cursor: string | undefined
    do {
      proxy.seen()
      const page = await backend.revisions('n', { limit: 300, cursor })
      pages.push(String(proxy.seen().filter((method) => method === 'LIST').length))
      found.push(...page.items.map(({ revision }) => revision))
      cursor = page.cursor
    } while (cursor)
    expect(found).eql(revisions)
    // Bisection of the gap, not a walk through it.
    for (const lists of pages) expect(Number(lists)).below(60)
    expect((await backend.latest('n'))?.revision).equal(maxRevision)
  }).timeout(180_000)

  serverCase(faults, 'objects that nobody sealed do not disturb', async () => {
    const { backend, layout, put } = open()
    const prefix = layout.entriesPrefix(slot.name)
    for (const junk of [prefix, `${prefix}!`, `${prefix}000`, `${prefix}000000000000x`, `${prefix}5/x`])
      await put(junk, Buffer.alloc(0))
    await put(`${layout.namesPrefix('')}not encoded/999999999998`, Buffer.from('x'))
    await put(`${layout.sidecarsPrefix(slot)}Junk`, Buffer.from('x'))
    expect(await backend.latest(slot.name)).equal(undefined)
    await backend.create(slot, blob)
    expect((await backend.latest(slot.name))?.digest).equal(blob.digest)
    expect((await backend.revisions(slot.name)).items.map(({ revision }) => revision)).eql([1])
    expect((await backend.names()).items).eql([slot.name])
    expect((await backend.listSidecars(slot)).items).eql([])
  })

  serverCase(faults, 'an object that goes between listing and looking is passed over', async () => {
    const { backend } = open()
    for (const revision of [1, 2]) await backend.create({ ...slot, revision }, blob)
    const gone = { refused: 'NotFound', status: 404 }
    proxy.plan('HEAD', [gone])
    expect((await backend.latest(slot.name))?.revision).equal(1)
    proxy.plan('HEAD', [gone])
    expect((await backend.revisions(slot.name)).items).length(1)
  })

  serverCase(faults, 'an object that was put there by other means has the digest of its bytes', async () => {
    const { backend, layout, put } = open()
    await put(layout.entryKey(slot), await blob.bytes())
    const looks: readonly (() => Promise<SlotStat | undefined>)[] = [
      () => backend.stat(slot),
      () => backend.latest(slot.name),
      () => backend.read(slot),
      () => backend.read(slot, { range: { start: 2, end: 4 } }),
      () => backend.read(slot, { range: { start: 50, end: 60 } }),
    ]
    for (const look of looks) expect(await look()).include({ digest: blob.digest, size: blob.size })
  })

  serverCase(faults, 'a digest is attested only where the service vouches for the whole object', async () => {
    const { backend, layout, put } = open()
    const expected = await vouches(current())
    await backend.create(slot, blob)
    expect(await backend.stat(slot)).include({ digest: blob.digest, attested: expected })
    // What stands in the metadata is never evidence.
    const lie = { Metadata: { 'sealring-digest': other.digest }, ChecksumAlgorithm: 'SHA256' as const }
    await put(layout.entryKey(slot), await blob.bytes(), lie)
    const stat = await backend.stat(slot)
    expect(stat).include({ attested: expected, digest: expected ? blob.digest : other.digest })
  })

  serverCase(faults, 'of twenty racers one creates, and the others learn its digest', async () => {
    const { backend } = open({ conditionalCreate: true })
    for (let revision = 1; revision <= 5; revision++) {
      const blobs = Array.from({ length: 20 }, (_, i) => sealedBlob(Buffer.from(`racer ${i}`)))
      const results = await Promise.all(blobs.map((each) => race(backend, revision, each)))
      const winner = results.findIndex((outcome) => outcome === 'created')
      expect(results.filter((outcome) => outcome === 'created')).length(1)
      expect(new Set(results)).eql(new Set(['created', blobs[winner]!.digest]))
    }
  })

  serverCase(faults, 'a client that checks and sends checksums only when it must works as well', async () => {
    const { connect, bucket, conditions } = current()
    const client = connect({
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    })
    const backend = s3Backend({ ...conditions, id: 's3', client, bucket, prefix: randomUUID() })
    const bytes = Buffer.alloc(300_000, 'x')
    await backend.create(slot, sealedBlob(bytes))
    const read = await collect((await backend.read(slot))!.body)
    expect(createHash('sha256').update(read).digest('hex')).equal(sealedBlob(bytes).digest)
    await backend.createSidecar(sidecar, bytes)
    expect(Buffer.compare((await backend.readSidecar(sidecar))!, bytes)).equal(0)
  })
})

/** A loser's answer is the digest that won. A conflict (409) asks for another try, as the Backend contract allows. */
async function race(backend: Backend, revision: number, blob: SealedBlob): Promise<string> {
  const result = await backend.create({ ...slot, revision }, blob)
  return result.outcome === 'created' ? 'created' : result.digest
}

/** Whether the server sends a SHA-256 of the full object, and says that it is one. */
async function vouches({ client, bucket }: ServerUnderTest): Promise<boolean> {
  const at = { Bucket: bucket, Key: randomUUID() }
  await client.send(new PutObjectCommand({ ...at, Body: Buffer.from('x'), ChecksumAlgorithm: 'SHA256' }))
  const head = await client.send(new HeadObjectCommand({ ...at, ChecksumMode: 'ENABLED' }))
  return head.ChecksumSHA256 !== undefined && head.ChecksumType === 'FULL_OBJECT'
}
