import { createHash, randomUUID } from 'node:crypto'
import { HeadObjectCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3'
import type { S3ClientConfig } from '@aws-sdk/client-s3'
import { s3Backend } from '@sealring/backend-s3'
import { BackendError, InputError, collect, sealedBlob } from '@sealring/core'
import type { SealedBlob } from '@sealring/core'
import { expect } from 'chai'
import { after, before } from 'mocha'
import { s3Layout } from '#src/layout.js'
import { digestOf, generatedBlob } from './generated-blob.js'
import { faultyProxy } from './faulty-proxy.js'
import type { FaultyProxy } from './faulty-proxy.js'
import { onEachServer, serverCase } from './on-each-server.js'

const slot = { name: 'in/parts', revision: 1 }
const partBytes = 5 * 1024 ** 2
/** Servers without ListMultipartUploads. */
const listsNoUploads: ReadonlySet<string> = new Set(['s3rver'])

const size = 2 * partBytes + 1234

onEachServer('multipart', (current, faults) => {
  let proxy: FaultyProxy
  let mine: SealedBlob
  let theirs: SealedBlob
  before(async () => {
    proxy = await faultyProxy(current().server.endpoint)
    mine = await generatedBlob(size, 'mine')
    theirs = await generatedBlob(size, 'theirs')
  })
  after(() => proxy.stop())

  function open(maxAttempts = 1, config: S3ClientConfig = {}) {
    const { bucket, connect, client, conditions } = current()
    proxy.clear()
    const prefix = `${randomUUID()}/`
    const options = { ...conditions, bucket, prefix, partBytes }
    const through = connect({ endpoint: proxy.endpoint, maxAttempts, ...config })
    return {
      faulty: s3Backend({ ...options, id: 'faulty', client: through }),
      direct: s3Backend({ ...options, id: 'direct', client }),
      key: s3Layout(prefix).entryKey(slot),
      /** How many uploads were begun and neither completed nor removed. */
      expectUploads: async (count: number) => {
        if (listsNoUploads.has(current().server.id)) return
        const answer = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix }))
        expect(answer.Uploads ?? []).length(count)
      },
    }
  }

  const code = async (work: Promise<unknown>) =>
    work.then(
      () => 'no failure',
      (error: unknown) =>
        error instanceof BackendError || error instanceof InputError ? error.code : String(error),
    )

  serverCase(faults, 'a large blob is stored and read byte for byte, whole and in ranges', async () => {
    const { direct, expectUploads } = open()
    expect(await direct.create(slot, mine)).include({ outcome: 'created' })
    const stored = (await direct.read(slot))!
    expect(stored).include({ digest: mine.digest, size })
    expect(await digestOf(stored.body)).equal(mine.digest)
    const whole = await collect((await direct.read(slot))!.body)
    for (const [start, end] of [
      [0, 1],
      [partBytes - 3, partBytes + 3],
      [size - 2, size + 9],
    ] as const) {
      const part = (await direct.read(slot, { range: { start, end } }))!
      expect(part).include({ digest: mine.digest, size })
      expect(Buffer.compare(await collect(part.body), whole.subarray(start, end))).equal(0)
    }
    await expectUploads(0)
  })

  serverCase(
    faults,
    'what S3 vouches for is the checksum of the parts, of the size that is noted',
    async () => {
      const { direct, key } = open()
      await direct.create(slot, mine)
      const { client, bucket } = current()
      const command = new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' })
      const head = await client.send(command)
      expect(head.Metadata).include({
        'sealring-digest': mine.digest,
        'sealring-part-size': String(partBytes),
      })
      const bytes = await collect((await direct.read(slot))!.body)
      const parts = [0, 1, 2].map((index) => bytes.subarray(index * partBytes, (index + 1) * partBytes))
      const sums = parts.map((part) => createHash('sha256').update(part).digest())
      const sum = createHash('sha256').update(Buffer.concat(sums)).digest('base64')
      expect(head.ChecksumSHA256).equal(`${sum}-3`)
      // A digest that the writer noted is no evidence, whatever S3 vouches for beside it.
      expect(await direct.stat(slot)).include({ digest: mine.digest, attested: false })
    },
  )

  serverCase(faults, 'a taken slot is not written, and costs no upload', async () => {
    const { faulty, direct, expectUploads } = open()
    await direct.create(slot, theirs)
    proxy.seen()
    expect(await faulty.create(slot, mine)).include({ outcome: 'exists', digest: theirs.digest })
    expect(proxy.seen()).eql(['HEAD'])
    expect(await faulty.replace(slot, mine, { expect: '"0"' })).eql({ outcome: 'changed' })
    expect((await direct.stat(slot))?.digest).equal(theirs.digest)
    await expectUploads(0)
  })

  serverCase(faults, 'of racing uploads one wins, and the others leave nothing behind', async () => {
    const { direct, expectUploads } = open()
    const blobs = [mine, theirs, await generatedBlob(size, 'a third')]
    const results = await Promise.all(
      blobs.map((blob) =>
        direct.create(slot, blob).catch((error: unknown) => {
          // S3 may also answer a race by 409: the contract lets that be tried again.
          expect(error).include({ code: 'WRITE_CONFLICT', retryable: true })
          return direct.create(slot, blob)
        }),
      ),
    )
    const created = results.flatMap(({ outcome }, index) => (outcome === 'created' ? [index] : []))
    expect(created).length(1)
    const winner = blobs[created[0]!]!
    expect((await direct.stat(slot))?.digest).equal(winner.digest)
    for (const result of results) if (result.outcome === 'exists') expect(result.digest).equal(winner.digest)
    await expectUploads(0)
  })

  serverCase(faults, 'replace is conditional when it ends, not only when it begins', async () => {
    const { direct, expectUploads } = open()
    await direct.create(slot, theirs)
    const { versionToken } = (await direct.stat(slot))!
    const small = sealedBlob(Buffer.from('small'))
    const overtaken: SealedBlob = {
      ...mine,
      stream: async function* () {
        yield* mine.stream()
        await direct.replace(slot, small, { expect: versionToken })
      },
    }
    expect(await direct.replace(slot, overtaken, { expect: versionToken })).eql({ outcome: 'changed' })
    const stat = (await direct.stat(slot))!
    expect(stat.digest).equal(small.digest)
    expect(await direct.replace(slot, mine, { expect: stat.versionToken })).include({ outcome: 'replaced' })
    expect(await digestOf((await direct.read(slot))!.body)).equal(mine.digest)
    await expectUploads(0)
  })

  serverCase(faults, 'bytes that contradict the digest or the size are never an object', async () => {
    const { direct, expectUploads } = open()
    for (const lie of [{ digest: theirs.digest }, { size: size - 1 }, { size: size + 1 }])
      expect(await code(direct.create(slot, { ...mine, ...lie }))).equal('INVALID_ARGUMENT')
    expect(await direct.stat(slot)).equal(undefined)
    await expectUploads(0)
  })

  serverCase(faults, 'a source that fails, and an abort, leave nothing behind', async () => {
    const { direct, expectUploads } = open()
    const fails: SealedBlob = {
      ...mine,
      stream: async function* () {
        yield Buffer.alloc(partBytes + 1)
        throw new Error('the disk is gone')
      },
    }
    expect(await code(direct.create(slot, fails))).equal('Error: the disk is gone')
    const stop = new AbortController()
    const reason = new Error('enough')
    const aborts: SealedBlob = {
      ...mine,
      stream: async function* () {
        yield Buffer.alloc(partBytes + 1)
        stop.abort(reason)
        yield Buffer.alloc(partBytes)
      },
    }
    expect(await code(direct.create(slot, aborts, { signal: stop.signal }))).equal('Error: enough')
    expect(await direct.stat(slot)).equal(undefined)
    await expectUploads(0)
  })

  serverCase(faults, 'a part that is refused fails by its code and removes the upload', async () => {
    for (const [refused, status, expected] of [
      ['BadDigest', 400, 'BLOB_DAMAGED'],
      ['AccessDenied', 403, 'ACCESS_DENIED'],
      ['InternalError', 500, 'UNREACHABLE'],
    ] as const) {
      const { faulty, direct, expectUploads } = open()
      proxy.plan('PUT', ['none', { refused, status }])
      expect(await code(faulty.create(slot, mine))).equal(expected)
      expect(await direct.stat(slot)).equal(undefined)
      await expectUploads(0)
    }
  })

  serverCase(faults, 'a lost answer to the completion is undecided, and settled by looking', async () => {
    for (const fault of ['answer-lost', { thenRefused: 'InternalError', status: 500 }] as const) {
      const { faulty, direct } = open()
      proxy.plan('POST', ['none', fault])
      expect(await code(faulty.create(slot, mine))).equal('OUTCOME_UNKNOWN')
      expect(await digestOf((await direct.read(slot))!.body)).equal(mine.digest)
      expect(await faulty.create(slot, mine)).include({ outcome: 'exists', digest: mine.digest })
    }
  })

  serverCase(faults, "with the SDK's retries a lost answer to the completion is found out", async () => {
    const { faulty, direct } = open(3)
    proxy.plan('POST', ['none', 'answer-lost'])
    const result = await faulty.create(slot, mine)
    expect(result.versionToken).equal((await direct.stat(slot))?.versionToken)
    if (result.outcome === 'exists') expect(result.digest).equal(mine.digest)
    const { versionToken } = (await direct.stat(slot))!
    proxy.plan('POST', ['none', 'answer-lost'])
    expect(await faulty.replace(slot, theirs, { expect: versionToken })).include({ outcome: 'replaced' })
    expect((await direct.stat(slot))?.digest).equal(theirs.digest)
  })

  serverCase(faults, 'a completion that never arrived is undecided, and nothing is stored', async () => {
    const { faulty, direct } = open()
    proxy.plan('POST', ['none', 'request-lost'])
    expect(await code(faulty.create(slot, mine))).equal('OUTCOME_UNKNOWN')
    expect(await direct.stat(slot)).equal(undefined)
  })

  serverCase(faults, 'an error inside a 200 is an error', async () => {
    const { faulty, direct, expectUploads } = open()
    proxy.plan('POST', ['none', { refused: 'InternalError', status: 200 }])
    expect(await code(faulty.create(slot, mine))).equal('OUTCOME_UNKNOWN')
    proxy.plan('POST', ['none', { refused: 'AccessDenied', status: 200 }])
    expect(await code(faulty.create(slot, mine))).equal('ACCESS_DENIED')
    expect(await direct.stat(slot)).equal(undefined)
    await expectUploads(1)
  })

  serverCase(faults, 'an upload that somebody removed fails, to be tried again', async () => {
    const { faulty } = open()
    proxy.plan('POST', ['none', { refused: 'NoSuchUpload', status: 404 }])
    const error: unknown = await faulty.create(slot, mine).catch((reason: unknown) => reason)
    expect(error).include({ code: 'BACKEND_FAILED', retryable: true })
  })
})
