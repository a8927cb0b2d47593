import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { before, describe, it } from 'mocha'
import { expect } from 'chai'
import { buildClient, CommitmentPolicy } from '@aws-crypto/client-node'
import { createStore, fileBackend, memoryBackend, type Plaintext } from '@sealring/core'
import { receiptIn } from './details.js'
import { faultyBackend, refusing } from './faulty-backend.js'
import { BrokenKeyring, fixture, rawAesKeyring, type Fixture } from './fixture.js'
import { rejection } from './rejection.js'
import { openFilesIn, pieces, sampleBytes, temporaryFolder, withBodies } from './streams.js'

const name = 'backups/monday'
const frame = 65_536
const spoolLimit = 200_000

let folder: string
const spooled = (): { spool: { memoryBytes: number; directory: string } } => ({
  spool: { memoryBytes: spoolLimit, directory: folder },
})

/** Another writer's revision comes first. */
function loseRace(f: Fixture): void {
  f.a.inject({
    operations: ['create'],
    times: 1,
    async run(pass) {
      await f.unfaulted().put(name, 'the other writer')
      return pass()
    },
  })
}

describe('store: put of a stream', () => {
  before(async () => {
    folder = await temporaryFolder()
  })

  it('seals sizes around the limits of frame and spool, the same bytes everywhere', async () => {
    const f = fixture(spooled())
    const client = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
    const overhead = (await f.store.put(name, pieces(sampleBytes(3 * frame)).open)).size - 3 * frame
    const sizes = [
      0,
      1,
      frame - 1,
      frame,
      frame + 1,
      spoolLimit - overhead,
      spoolLimit,
      spoolLimit + 5 * frame,
    ]
    for (const size of sizes) {
      const bytes = sampleBytes(size)
      const { revision, digest } = await f.store.put(name, pieces(bytes).open, {
        context: { size: `${size}` },
      })
      for (const { memory } of f.locations)
        expect(memory.blobs.get(name)!.get(revision)!.digest).to.equal(digest)
      const { plaintext, messageHeader } = await client.decrypt(
        f.keyring,
        f.c.memory.blobs.get(name)!.get(revision)!.bytes,
      )
      expect(bytes.equals(plaintext), `${size} bytes`).to.equal(true)
      expect(messageHeader.encryptionContext).to.include({ size: `${size}`, 'sealring-name': name })
    }
    expect(await readdir(folder)).to.deep.equal([])
  })

  it('takes a stream of Node, and one that can be read once', async () => {
    const { store } = fixture(spooled())
    const bytes = sampleBytes(300_000)
    for (const plaintext of [Readable.from([bytes]), pieces(bytes).open()]) {
      await store.put(name, plaintext)
      expect(bytes.equals((await store.get(name)).plaintext)).to.equal(true)
    }
  })

  it('seals a new stream after a lost race', async () => {
    const f = fixture(spooled())
    loseRace(f)
    const bytes = sampleBytes(300_000)
    const { open, seen } = pieces(bytes)
    expect((await f.store.put(name, open)).revision).to.equal(2)
    expect(seen).to.deep.equal({ opened: 2, ended: 2, left: 0 })
    expect(bytes.equals((await f.store.get(name)).plaintext)).to.equal(true)
  })

  it('says CONFLICT when a stream that can be read once lost a race, and writes nothing', async () => {
    const f = fixture(spooled())
    loseRace(f)
    const error = await rejection(f.store.put(name, pieces(sampleBytes(300_000)).open()), 'CONFLICT')
    expect(error.message).to.match(/can't be read again/)
    expect(Buffer.from((await f.store.get(name)).plaintext).toString()).to.equal('the other writer')
    expect(f.b.memory.blobs.get(name)?.size).to.equal(1)
    expect(await readdir(folder)).to.deep.equal([])
  })

  it('writes nothing when the source fails on the way', async () => {
    const f = fixture(spooled())
    const cause = new Error('the disk is away')
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield* pieces(sampleBytes(500_000)).open()
      throw cause
    }
    const throwing = (): AsyncIterable<Uint8Array> => {
      throw cause
    }
    for (const source of [failing, failing(), throwing]) {
      const error = await rejection(f.store.put(name, source), 'SOURCE_FAILED')
      expect(error.cause).to.equal(cause)
    }
    expect(f.locations.flatMap(({ calls }) => calls)).to.not.include('create')
    expect(await readdir(folder)).to.deep.equal([])
  })

  it('refuses a stream that was read before, which would be an empty entry', async () => {
    const f = fixture(spooled())
    const bytes = sampleBytes(1000)
    const web = () => new Blob([bytes]).stream()
    const half = Readable.from([bytes, bytes])
    await half[Symbol.asyncIterator]().next()
    for (const make of [() => Readable.from([bytes]), pieces(bytes).open, web]) {
      const stream = make()
      f.a.inject({ ...refusing('UNREACHABLE'), operations: ['create'], times: 1 })
      await rejection(f.store.put(name, stream), 'UNREACHABLE')
      await rejection(f.store.put(name, stream), 'SOURCE_FAILED')
    }
    await rejection(f.store.put(name, half), 'SOURCE_FAILED')
    expect(f.a.memory.blobs.get(name)).to.equal(undefined)

    loseRace(f)
    const one = Readable.from([bytes])
    await rejection(
      f.store.put(name, () => one),
      'SOURCE_FAILED',
    )
    expect(Buffer.from((await f.store.get(name)).plaintext).toString()).to.equal('the other writer')
  })

  it('leaves a stream unread that fails before, so that it can be put again', async () => {
    const f = fixture(spooled())
    const bytes = sampleBytes(1000)
    const stream = Readable.from([bytes])
    f.a.inject({ ...refusing('UNREACHABLE'), operations: ['latest'], times: 1 })
    await rejection(f.store.put(name, stream), 'UNREACHABLE')
    await f.store.put(name, stream)
    expect(bytes.equals((await f.store.get(name)).plaintext)).to.equal(true)
  })

  it('says SOURCE_FAILED of a stream that somebody else has locked', async () => {
    const locked = new Blob([sampleBytes(1000)]).stream()
    locked.getReader()
    const error = await rejection(fixture(spooled()).store.put(name, locked), 'SOURCE_FAILED')
    expect(error.cause).to.be.instanceOf(TypeError)
  })

  it('refuses what is no stream of bytes', async () => {
    const store: { put(name: string, source: unknown): Promise<unknown> } = fixture(spooled()).store
    const wrong: unknown[] = [Readable.from(['text']), () => 'text', () => Readable.from([1]), {}, 5]
    for (const source of wrong) await rejection(store.put(name, source), 'INVALID_ARGUMENT')
  })

  it('lets go of a source that it waits for when it is aborted, or the key fails', async () => {
    const stuck = () => {
      const source = new Readable({ read() {} })
      source.push(sampleBytes(500_000))
      return source
    }
    const f = fixture(spooled())
    const aborted = new AbortController()
    const source = stuck()
    const putting = f.store.put(name, source, { signal: aborted.signal })
    const reason = new Error('enough')
    setTimeout(() => aborted.abort(reason), 20)
    expect(await putting.catch((error: unknown) => error)).to.equal(reason)
    expect(source.destroyed).to.equal(true)

    const other = stuck()
    const broken = f.reopen({ keyring: new BrokenKeyring() })
    await rejection(broken.put(name, other), 'DATA_KEY_NOT_WRAPPED')
    expect(other.destroyed).to.equal(true)
    expect(f.locations.flatMap(({ calls }) => calls)).to.not.include('create')
    expect(await readdir(folder)).to.deep.equal([])
  })

  it('stops at the size that the arbiter takes, of an endless stream', async () => {
    const arbiter = faultyBackend(memoryBackend({ id: 'small', maxBlobBytes: 1_000_000 }))
    const store = createStore({
      id: 'test',
      keyring: rawAesKeyring(),
      locations: [arbiter.backend],
      ...spooled(),
    })
    let given = 0
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        given += 10_000
        yield new Uint8Array(10_000)
      }
    }
    await rejection(store.put(name, endless), 'BLOB_TOO_LARGE')
    expect(given).to.be.lessThan(2_000_000)
    expect(arbiter.calls).to.not.include('create')
  })

  it('tells in the receipt what a replica cannot hold', async () => {
    const small = memoryBackend({ id: 'small', maxBlobBytes: 100_000 })
    const store = createStore({
      id: 'test',
      keyring: rawAesKeyring(),
      locations: [memoryBackend({ id: 'a' }), small],
      ...spooled(),
    })
    const error = await rejection(store.put(name, pieces(sampleBytes(300_000)).open), 'PUT_INCOMPLETE')
    expect(receiptIn(error).copies).to.deep.include.members([{ location: 'a', outcome: 'stored' }])
    expect(receiptIn(error).copies[1]).to.include({ outcome: 'failed', code: 'BLOB_TOO_LARGE' })
    const { committed } = await store.put(name, pieces(sampleBytes(300_000)).open, { copies: 1 })
    expect(committed).to.equal(true)
  })

  it('says when the spool fails', async () => {
    const f = fixture({ spool: { memoryBytes: 0, directory: join(folder, 'absent') } })
    const error = await rejection(f.store.put(name, pieces(sampleBytes(10)).open), 'SPOOL_FAILED')
    expect(error.cause).to.include({ code: 'ENOENT' })
    for (const spool of [{ memoryBytes: -1 }, { memoryBytes: 1.5 }, { directory: '' }])
      expect(() => fixture({ spool }))
        .to.throw()
        .with.property('code', 'INVALID_ARGUMENT')
  })

  it('has only ciphertext in its file, which nobody else may read and which has no name', async function () {
    // Elsewhere an open file without a name can't be looked at.
    if (process.platform !== 'linux') this.skip()
    const f = fixture(spooled())
    const bytes = Buffer.alloc(500_000, 'the plaintext that must not be seen ')
    const found: { mode: number; bytes: Buffer; names: string[] }[] = []
    f.b.inject({
      operations: ['create'],
      async run(pass) {
        for (const path of await openFilesIn(folder)) {
          const { mode } = await stat(path)
          found.push({ mode: mode & 0o777, bytes: await readFile(path), names: await readdir(folder) })
        }
        return pass()
      },
    })
    const { revision } = await f.store.put(name, pieces(bytes).open)
    expect(found.map(({ mode, names }) => ({ mode, names }))).to.deep.equal([{ mode: 0o600, names: [] }])
    expect(found[0]!.bytes.includes('must not be seen')).to.equal(false)
    expect(found[0]!.bytes.equals(f.a.memory.blobs.get(name)!.get(revision)!.bytes)).to.equal(true)
    expect(await openFilesIn(folder)).to.deep.equal([])
  })
})

describe('store: put of a stream with a requestId', () => {
  const options = { requestId: 'backup-1' }

  it('recognises its own revision, whatever the plaintext comes as', async () => {
    const f = fixture(spooled())
    const bytes = sampleBytes(300_000)
    const { open } = pieces(bytes)
    f.b.inject(refusing('UNREACHABLE', { operations: ['create'], times: 1 }))
    await rejection(f.store.put(name, open, options), 'PUT_INCOMPLETE')
    const ways: Plaintext[] = [open, open(), bytes]
    for (const way of ways) expect((await f.reopen().put(name, way, options)).revision).to.equal(1)
    expect(f.b.memory.blobs.get(name)?.size).to.equal(1)
    const changed: Plaintext[] = [pieces(sampleBytes(300_001)).open, pieces(bytes.subarray(1)).open(), 'x']
    for (const other of changed) await rejection(f.reopen().put(name, other, options), 'CONFLICT')
  })

  it('reads only the headers of large blobs that another request wrote', async () => {
    let read = 0
    const inner = fileBackend({ id: 'files', directory: await temporaryFolder() })
    const { backend } = withBodies(inner, async function* ({ body }) {
      for await (const piece of body) {
        read += piece.byteLength
        yield piece
      }
    })
    const store = createStore({ id: 'test', keyring: rawAesKeyring(), locations: [backend], ...spooled() })
    const { open } = pieces(sampleBytes(9_000_000), 100_000)
    await store.put(name, open, options)
    for (const requestId of ['backup-2', 'backup-3', 'backup-4']) await store.put(name, open, { requestId })
    read = 0
    expect((await store.put(name, open, { requestId: 'backup-5' })).revision).to.equal(5)
    expect(read).to.be.lessThan(5 * 1024 * 1024)
    expect((await store.put(name, open, options)).revision).to.equal(1)
  })
})
