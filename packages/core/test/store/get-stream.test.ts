import { setTimeout as sleep } from 'node:timers/promises'
import { before, describe, it } from 'mocha'
import { expect } from 'chai'
import {
  BackendError,
  createStore,
  fileBackend,
  memoryBackend,
  withTimeout,
  type Backend,
  type Store,
  type StoredBlob,
} from '@sealring/core'
import { failuresIn } from './details.js'
import { refusing } from './faulty-backend.js'
import { fixedKeyring } from '../envelope/fixed-keyring.js'
import { forgeFirstFrame } from './forge-first-frame.js'
import { BrokenKeyring, fixture } from './fixture.js'
import { rejection } from './rejection.js'
import { dying, openFilesIn, pieces, read, sampleBytes, temporaryFolder, withBodies } from './streams.js'

const name = 'backups/monday'
const size = 500_000
const bytes = sampleBytes(size)
const unreachable = new BackendError('UNREACHABLE', 'Injected.', { backend: 'a', operation: 'read' })

/** Three locations, in front of which bodies are changed. */
async function changed(
  changes: Partial<Record<'a' | 'b' | 'c', (stored: StoredBlob) => AsyncIterable<Uint8Array>>>,
  more: Parameters<typeof fixture>[0] = {},
) {
  const f = fixture({ hedgeAfter: false, ...more })
  await f.store.put(name, pieces(bytes).open)
  const wrapped = f.locations.map(({ backend }) => {
    const change =
      backend.id === 'a' || backend.id === 'b' || backend.id === 'c' ? changes[backend.id] : undefined
    return withBodies(backend, change ?? (({ body }) => body))
  })
  const store = f.reopen({ locations: wrapped.map(({ backend }) => backend) })
  return { f, store, ranges: wrapped.map(({ ranges }) => ranges) }
}

const failed = ({ failures }: { failures: readonly { location: string; code: string }[] }) =>
  failures.map(({ location, code }) => `${location} ${code}`)

describe('store: getStream', () => {
  it('gives the plaintext of any put, with the facts of the entry', async () => {
    for (const suite of ['signed', 'unsigned'] as const) {
      const { store } = fixture({ suite })
      for (const length of [0, 1, 65_536, 65_537, size]) {
        const expected = sampleBytes(length)
        const receipt = await store.put(name, pieces(expected).open, { context: { env: 'prod' } })
        const entry = await store.getStream(name, { context: { env: 'prod' } })
        const { digest, revision, size: sealedSize } = receipt
        expect(entry).to.include({ name, digest, revision, size: sealedSize, servedBy: 'a' })
        expect(entry.context).to.deep.equal({ env: 'prod' })
        expect((await read(entry)).equals(expected), `${length} bytes`).to.equal(true)
        expect(entry.failures).to.deep.equal([])
      }
      const small = sampleBytes(10_000)
      await store.put(name, small)
      expect((await read(await store.getStream(name))).equals(small)).to.equal(true)
    }
  })

  it('goes on at the next location when a frame in the middle is damaged', async () => {
    for (const suite of ['signed', 'unsigned'] as const) {
      const { f, store } = await changed({}, { suite })
      f.a.damage(name, 1, 8 * (size / 2))
      const entry = await store.getStream(name)
      expect(entry.servedBy).to.equal('a')
      expect((await read(entry)).equals(bytes)).to.equal(true)
      expect(entry.servedBy).to.equal('b')
      expect(failed(entry)).to.deep.equal(['a FRAME_UNAUTHENTIC'])
    }
  })

  it('goes on when the record of the nearest location speaks of its damaged bytes', async () => {
    for (const freshness of ['nearest', 'arbiter'] as const) {
      const { f, store } = await changed({})
      const { digest } = f.b.memory.blobs.get(name)!.get(1)!
      f.a.damage(name, 1, 8 * (size / 2))
      f.a.attest(name, 1)
      const entry = await store.getStream(name, { freshness })
      expect((await read(entry)).equals(bytes)).to.equal(true)
      expect(entry).to.include({ digest, servedBy: 'b' })
    }
  })

  it('does not end well after a forged start, whoever made it', async () => {
    for (const suite of ['signed', 'unsigned'] as const) {
      const dataKey = Buffer.alloc(32, 5)
      const { f, store } = await changed({}, { suite, keyring: fixedKeyring(dataKey) })
      const { a, b, c } = f
      const own = a.memory.blobs.get(name)!.get(1)!
      a.memory.blobs.get(name)!.set(1, { ...own, bytes: forgeFirstFrame(own.bytes, dataKey) })
      const entry = await store.getStream(name)
      const error = await rejection(read(entry), 'UNREADABLE')
      const first = suite === 'signed' ? 'a SIGNATURE_INVALID' : 'a BLOB_DAMAGED'
      expect(failuresIn(error)).to.deep.equal([first, 'b COPY_DIFFERS', 'c COPY_DIFFERS'])
      expect([b, c].map(({ memory }) => memory.blobs.get(name)!.get(1)!.digest)).to.deep.equal([
        own.digest,
        own.digest,
      ])
    }
  })

  it('goes on at the next location when the signature is damaged', async () => {
    const { f, store } = await changed({})
    f.a.damage(name, 1, -9)
    const entry = await store.getStream(name)
    expect((await read(entry)).equals(bytes)).to.equal(true)
    expect(failed(entry)).to.deep.equal(['a SIGNATURE_INVALID'])
  })

  it('goes on from the next location where one died, and reads only the rest there', async () => {
    for (const at of [100_000, size / 2, size]) {
      const { store, ranges } = await changed({ a: ({ body }) => dying(body, at, unreachable) })
      const entry = await store.getStream(name)
      expect((await read(entry)).equals(bytes)).to.equal(true)
      expect(failed(entry)).to.deep.equal(['a UNREACHABLE'])
      expect(entry.servedBy).to.equal('b')
      expect(ranges[1]).to.deep.equal([at])
    }
  })

  it('goes on at the next location when a body stands still, if its location has a timeout', async () => {
    async function* still({ body }: StoredBlob): AsyncGenerator<Uint8Array> {
      for await (const piece of body) yield piece.subarray(0, 200_000)
      await new Promise(() => undefined)
    }
    const { f } = await changed({})
    const first = withTimeout(withBodies(f.a.backend, still).backend, { milliseconds: 50 })
    const entry = await f.reopen({ locations: [first, f.b.backend, f.c.backend] }).getStream(name)
    expect((await read(entry)).equals(bytes)).to.equal(true)
    expect(failed(entry)).to.deep.equal(['a UNREACHABLE'])
  })

  it('goes on at a location that knows no ranges', async () => {
    const { f } = await changed({})
    const unranged: Backend = {
      ...f.b.backend,
      capabilities: { ...f.b.backend.capabilities, range: false },
      read: (slot, options) => f.b.backend.read(slot, { signal: options?.signal }),
    }
    const first = withBodies(f.a.backend, ({ body }) => dying(body, 300_000, unreachable))
    const store = f.reopen({ locations: [first.backend, unranged] })
    expect((await read(await store.getStream(name))).equals(bytes)).to.equal(true)
  })

  it('takes a body that ends early, or does not end, for damage', async () => {
    async function* endless({ body }: StoredBlob): AsyncGenerator<Uint8Array> {
      yield* body
      for (;;) yield new Uint8Array(1000)
    }
    async function* cut({ body }: StoredBlob): AsyncGenerator<Uint8Array> {
      for await (const piece of body) yield piece.subarray(0, size / 2)
    }
    const { store } = await changed({ a: cut, b: endless })
    const entry = await store.getStream(name)
    expect((await read(entry)).equals(bytes)).to.equal(true)
    expect(failed(entry)).to.deep.equal(['a BLOB_DAMAGED', 'b BLOB_DAMAGED'])
  })

  it('never goes on with another message under the same record', async () => {
    const { f, store } = await changed(
      { a: ({ body }) => dying(body, size / 2, unreachable) },
      { suite: 'unsigned' },
    )
    const other = fixture({ keyring: f.keyring, suite: 'unsigned' })
    await other.store.put(name, pieces(sampleBytes(size + 1).subarray(1)).open)
    const own = f.b.memory.blobs.get(name)!
    own.set(1, { ...other.b.memory.blobs.get(name)!.get(1)!, digest: own.get(1)!.digest })
    const entry = await store.getStream(name)
    expect((await read(entry)).equals(bytes)).to.equal(true)
    expect(failed(entry)).to.deep.equal(['a UNREACHABLE', 'b COPY_DIFFERS'])
  })

  it('fails when no location can go on, after authentic bytes only', async () => {
    const dead = ({ body }: StoredBlob) => dying(body, 200_000, unreachable)
    const { store } = await changed({ a: dead, b: dead, c: dead })
    const entry = await store.getStream(name)
    const given: Uint8Array[] = []
    const reading = (async () => {
      for await (const piece of entry.body) given.push(piece)
    })()
    const error = await rejection(reading, 'UNREADABLE')
    expect(failuresIn(error)).to.deep.equal(['a UNREACHABLE', 'b UNREACHABLE', 'c UNREACHABLE'])
    const start = Buffer.concat(given)
    expect(start.equals(bytes.subarray(0, start.byteLength))).to.equal(true)
  })

  it('reports a key that is away while it starts anew elsewhere', async () => {
    let away = false
    const { f } = await changed({})
    const broken = new BrokenKeyring()
    const { keyring } = f
    const onDecrypt = keyring._onDecrypt.bind(keyring)
    keyring._onDecrypt = (...input) => (away ? broken._onDecrypt() : onDecrypt(...input))
    f.a.damage(name, 1, 8 * (size / 2))
    const entry = await f.reopen().getStream(name)
    away = true
    await rejection(read(entry), 'DATA_KEY_NOT_UNWRAPPED')
  })

  it('opens another copy when the header of the nearest one is damaged', async () => {
    const { f, store } = await changed({})
    f.a.damage(name, 1, 8 * 100)
    const entry = await store.getStream(name)
    expect(entry.servedBy).to.equal('b')
    expect((await read(entry)).equals(bytes)).to.equal(true)
  })

  it('fails as get does before anything is read', async () => {
    const { f, store } = await changed({})
    await rejection(store.getStream('absent'), 'NOT_FOUND')
    await rejection(store.getStream('', {}), 'INVALID_NAME')
    await rejection(store.getStream(name, { revision: 0 }), 'INVALID_REVISION')
    const moved = await rejection(f.reopen({ id: 'another' }).getStream(name), 'UNREADABLE')
    expect(failuresIn(moved)).to.deep.equal(['a', 'b', 'c'].map((id) => `${id} BINDING_MISMATCH`))
    await rejection(f.reopen({ keyring: new BrokenKeyring() }).getStream(name), 'DATA_KEY_NOT_UNWRAPPED')
    f.a.inject(refusing('UNREACHABLE'))
    for (const freshness of ['nearest', 'all'] as const) {
      const entry = await store.getStream(name, { freshness })
      expect((await read(entry)).equals(bytes)).to.equal(true)
    }
    await rejection(store.getStream(name, { freshness: 'arbiter' }), 'UNDETERMINED')
  })

  it('remembers no tombstone that is cut off, or is not the one of its record', async () => {
    for (const attested of [false, true]) {
      const f = fixture({ hedgeAfter: false })
      await f.store.put(name, 'one')
      await f.unfaulted().destroy(name, { revision: 1 })
      const blobs = f.a.memory.blobs.get(name)!
      const whole = blobs.get(1)!
      blobs.set(1, { ...whole, bytes: whole.bytes.slice(0, -100) })
      if (attested) f.a.attest(name, 1)
      const alone = f.reopen({ locations: [f.a.backend] })
      const error = await rejection(alone.getStream(name), 'UNREADABLE')
      expect(failuresIn(error)).to.deep.equal([attested ? 'a MESSAGE_TRUNCATED' : 'a BLOB_DAMAGED'])
      const { details } = await rejection(f.reopen().getStream(name), 'DESTROYED')
      expect(details).to.include({ digest: whole.digest })
    }
  })

  it('refuses an unsigned entry in a store of signed ones', async () => {
    const { f } = await changed({}, { suite: 'unsigned' })
    const error = await rejection(f.reopen({ suite: 'signed' }).getStream(name), 'UNREADABLE')
    expect(failuresIn(error)).to.deep.equal(['a', 'b', 'c'].map((id) => `${id} SUITE_NOT_ALLOWED`))
  })

  it('remembers a revision only when its body has ended', async () => {
    const { f } = await changed({})
    const other = f.reopen()
    const started = await other.getStream(name)
    started.close()
    const ended = f.reopen()
    await read(await ended.getStream(name))
    for (const { memory } of f.locations) memory.blobs.delete(name)
    await rejection(other.get(name), 'NOT_FOUND')
    await rejection(ended.get(name), 'ROLLBACK')
  })

  it('serves from the next location when the nearest one is slow, and reads on there', async () => {
    const { f } = await changed({})
    f.a.inject({ operations: ['read'], run: () => new Promise(() => undefined) })
    const entry = await f.reopen({ hedgeAfter: 5 }).getStream(name)
    expect((await read(entry)).equals(bytes)).to.equal(true)
    expect(failed(entry)).to.deep.equal(['a COPY_SLOW'])
  })
})

describe('store: what getStream lets go of', () => {
  let store: Store
  let folder: string

  before(async () => {
    folder = await temporaryFolder()
    const { keyring } = fixture()
    const locations = [fileBackend({ id: 'files', directory: folder }), memoryBackend({ id: 'memory' })]
    store = createStore({ id: 'test', keyring, locations })
    // Beyond what the file backend reads in one go.
    await store.put(name, pieces(sampleBytes(3_000_000)).open)
  })

  /** Milliseconds; so long that what comes before is before it, however busy the machine. */
  const lateBy = 600

  /** Over the files, which answer late and heed no signal, and a memory that answers at once. */
  const lateFiles = async (hedgeAfter: number | false): Promise<Store> => {
    const files = fileBackend({ id: 'files', directory: folder })
    const late: Backend = {
      ...files,
      async read(slot) {
        const stored = await files.read(slot)
        await sleep(lateBy)
        return stored
      },
    }
    const { keyring } = fixture()
    const memory = memoryBackend({ id: 'memory' })
    const over = { id: 'test', keyring, hedgeAfter, arbiter: 'memory' }
    await createStore({ ...over, locations: [memory] }).put(name, 'another')
    return createStore({ ...over, locations: [late, memory] })
  }

  const ways: Record<string, (from: Store) => Promise<unknown>> = {
    async 'a location that answers after another one did'() {
      const entry = await (await lateFiles(40)).getStream(name)
      expect(entry.servedBy).to.equal('memory')
      await read(entry)
      // It answers, and only then there is something to let go of.
      await sleep(lateBy + 50)
    },
    async 'a location that answers after an abort'() {
      const calls = new AbortController()
      const reading = (await lateFiles(false)).getStream(name, { signal: calls.signal })
      await sleep(50)
      calls.abort(new Error('enough'))
      expect(await reading.catch((error: unknown) => error)).to.equal(calls.signal.reason)
      await sleep(lateBy + 50)
    },
    async 'a body that is left early'(from) {
      const entry = await from.getStream(name)
      for await (const piece of entry.body) if (piece.byteLength > 0) break
    },
    async 'an entry that is closed before it is read'(from) {
      const entry = await from.getStream(name)
      entry.close()
      entry.close()
    },
    async 'a body that is returned before it is read'(from) {
      const entry = await from.getStream(name)
      await entry.body[Symbol.asyncIterator]().return?.()
    },
    'another context than the required one': (from) =>
      rejection(from.getStream(name, { context: { env: 'prod' } }), 'CONTEXT_MISMATCH'),
    async 'an abort on the way'(from) {
      const calls = new AbortController()
      const entry = await from.getStream(name, { signal: calls.signal })
      const pieces = entry.body[Symbol.asyncIterator]()
      await pieces.next()
      const reason = new Error('enough')
      calls.abort(reason)
      const rest = (async () => {
        while ((await pieces.next()).done !== true);
      })()
      expect(await rest.catch((error: unknown) => error)).to.equal(reason)
    },
    async 'a body that is read to its end'(from) {
      await read(await from.getStream(name))
    },
  }

  for (const [way, use] of Object.entries(ways))
    it(way, async function () {
      // Elsewhere nobody says which files a process has open.
      if (process.platform !== 'linux') this.skip()
      await use(store)
      for (let turn = 0; turn < 400 && (await openFilesIn(folder)).length > 0; turn += 1)
        await new Promise((resolve) => setTimeout(resolve, 5))
      expect(await openFilesIn(folder)).to.deep.equal([])
    })
})
