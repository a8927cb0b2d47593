import { BackendError, collect, fileBackend, sealedBlob, type Backend } from '@sealring/core'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { inFolder, pathOf } from './file-fixture.js'

const slot = { name: 'Billing/db password', revision: 1 }
const blob = sealedBlob(Buffer.from('sealed'))
const key = { ...slot, kind: 'fork', id: 'x' }

const inBackend = (run: (backend: Backend, directory: string) => Promise<void>) => () =>
  inFolder((directory) => run(fileBackend({ id: 'file', directory }), directory))

async function failure(call: Promise<unknown>): Promise<BackendError> {
  const error = await call.then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(error).to.be.instanceOf(BackendError)
  if (!(error instanceof BackendError)) throw error
  return error
}

const modeOf = async (path: string) => (await stat(path)).mode & 0o777

describe('fileBackend on the file system', () => {
  it(
    'keeps exactly the sealed bytes in the file of the revision',
    inBackend(async (backend, directory) => {
      await backend.create(slot, blob)
      const path = join(directory, '%42illing', 'db%20password', '@', '000000000001')
      expect(path).to.equal(pathOf(directory, slot))
      expect(await readFile(path, 'utf8')).to.equal('sealed')
      expect(await readdir(join(directory, '@tmp'))).to.deep.equal([])
    }),
  )

  it(
    'lets nobody else in',
    inBackend(async (backend, directory) => {
      const { versionToken } = await backend.create(slot, blob)
      await backend.createSidecar(key, Buffer.from('{}'))
      await backend.replace(slot, sealedBlob(Buffer.from('other')), { expect: versionToken })
      for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name)
        expect(await modeOf(path), path).to.equal(entry.isDirectory() ? 0o700 : 0o600)
      }
    }),
  )

  it(
    'holds no sidecar in memory that is larger than any it takes',
    inBackend(async (backend, directory) => {
      await backend.createSidecar(key, Buffer.from('{}'))
      const [file] = await readdir(directory, { recursive: true, withFileTypes: true }).then((entries) =>
        entries.filter((entry) => entry.isFile()),
      )
      const path = join(file!.parentPath, file!.name)
      await writeFile(path, Buffer.alloc(backend.capabilities.maxSidecarBytes))
      expect((await backend.readSidecar(key))?.byteLength).to.equal(backend.capabilities.maxSidecarBytes)
      await writeFile(path, Buffer.alloc(backend.capabilities.maxSidecarBytes + 1))
      expect(await failure(backend.readSidecar(key))).to.include({ code: 'BLOB_TOO_LARGE' })
    }),
  )

  it(
    'leaves nothing of the bytes that were replaced',
    inBackend(async (backend, directory) => {
      const first = await backend.create(slot, blob)
      const reading = await backend.read(slot)
      const second = await backend.replace(slot, sealedBlob(Buffer.from('second')), {
        expect: first.versionToken,
      })
      if (second.outcome !== 'replaced') throw new Error(second.outcome)
      await backend.replace(slot, sealedBlob(Buffer.from('third')), { expect: second.versionToken })
      expect(await readFile(pathOf(directory, slot), 'utf8')).to.equal('')
      expect(await readFile(pathOf(directory, slot, 1), 'utf8')).to.equal('')
      expect(await readFile(pathOf(directory, slot, 2), 'utf8')).to.equal('third')
      expect(Buffer.from(await collect(reading!.body)).toString()).to.equal('sealed')
    }),
  )

  it(
    'empties what a killed replacer left, when the slot is next replaced',
    inBackend(async (backend, directory) => {
      const { versionToken } = await backend.create(slot, blob)
      await writeFile(pathOf(directory, slot, 1), 'by the killed one')
      expect(Buffer.from(await collect((await backend.read(slot))!.body)).toString()).to.equal(
        'by the killed one',
      )
      const result = await backend.replace(slot, blob, { expect: versionToken })
      expect(result.outcome).to.equal('changed')
      expect(await readFile(pathOf(directory, slot), 'utf8')).to.equal('')
    }),
  )

  it(
    'streams a large blob, and serves its ranges without hashing it each time',
    inBackend(async (backend, directory) => {
      const bytes = randomBytes(3 * 1024 * 1024 + 17)
      const large = sealedBlob(bytes)
      await backend.create(slot, large)
      const whole = await backend.read(slot)
      expect(whole).to.include({ attested: true, digest: large.digest })
      expect(Buffer.compare(await collect(whole!.body), bytes)).to.equal(0)
      const range = { start: 1_000_000, end: 2_500_000 }
      const part = await backend.read(slot, { range })
      expect(part).to.include({ attested: false, digest: large.digest, size: bytes.length })
      expect(Buffer.compare(await collect(part!.body), bytes.subarray(range.start, range.end))).to.equal(0)
      // Other bytes in the file: another digest, also for ranges.
      await writeFile(pathOf(directory, slot), Buffer.alloc(bytes.length))
      const changed = await backend.read(slot, { range })
      expect(changed?.attested).to.equal(true)
      expect(changed?.digest).to.not.equal(large.digest)
      for await (const piece of changed!.body) expect(piece.every((byte) => byte === 0)).to.equal(true)
    }),
  )

  it(
    'closes the file of a body that is left, started or not',
    inBackend(async (backend, directory) => {
      const openFiles = async () => (await readdir('/proc/self/fd')).length
      await backend.create(slot, sealedBlob(randomBytes(2 * 1024 * 1024)))
      const before = existsSync('/proc/self/fd') ? await openFiles() : 0
      for (let i = 0; i < 20; i++) {
        const unstarted = (await backend.read(slot))!.body[Symbol.asyncIterator]()
        await unstarted.return?.()
        const started = (await backend.read(slot))!.body
        for await (const piece of started) if (piece.byteLength > 0) break
        const signal = new AbortController()
        const aborted = (await backend.read(slot, { signal: signal.signal }))!.body[Symbol.asyncIterator]()
        await aborted.next()
        signal.abort(new Error('enough'))
        expect(await aborted.next().catch((error: unknown) => error)).to.equal(signal.signal.reason)
      }
      if (before > 0) {
        // They are closed on another thread.
        for (let n = 0; n < 1000 && (await openFiles()) > before + 2; n++) await delay(10)
        expect(await openFiles()).to.be.at.most(before + 2)
      }
      expect(await readdir(join(directory, '@tmp'))).to.deep.equal([])
    }),
  )

  it(
    'refuses a blob that contradicts itself, and keeps nothing of it',
    inBackend(async (backend, directory) => {
      const lies = [
        { ...blob, digest: '0'.repeat(64) },
        { ...blob, size: 5 },
      ]
      for (const lie of lies) {
        const error = await backend.create(slot, lie).catch((error: unknown) => error)
        expect(error).to.include({ code: 'INVALID_ARGUMENT' })
      }
      const broken = { ...blob, stream: () => failing() }
      expect(await backend.create(slot, broken).catch((error: unknown) => error)).to.include({
        message: 'source',
      })
      expect(await backend.stat(slot)).to.equal(undefined)
      expect(await readdir(join(directory, '@tmp'))).to.deep.equal([])
    }),
  )

  it('does not take a missing folder for an empty location, unless told so', () =>
    inFolder(async (parent) => {
      const directory = join(parent, 'not', 'there')
      const strict = fileBackend({ id: 'file', directory })
      const calls: Record<string, () => Promise<unknown>> = {
        create: () => strict.create(slot, blob),
        read: () => strict.read(slot),
        stat: () => strict.stat(slot),
        latest: () => strict.latest(slot.name),
        revisions: () => strict.revisions(slot.name),
        names: () => strict.names(),
        replace: () => strict.replace(slot, blob, { expect: 'x' }),
        createSidecar: () => strict.createSidecar(key, Buffer.from('{}')),
        readSidecar: () => strict.readSidecar(key),
        listSidecars: () => strict.listSidecars(slot),
        deleteSidecar: () => strict.deleteSidecar(key),
      }
      for (const [operation, call] of Object.entries(calls)) {
        const { code, backend, operation: failed, cause } = await failure(call())
        expect({ code, backend, failed }).to.deep.equal({
          code: 'LOCATION_NOT_FOUND',
          backend: 'file',
          failed: operation,
        })
        expect(cause).to.be.instanceOf(Error)
      }
      expect(existsSync(join(parent, 'not'))).to.equal(false)

      const lenient = fileBackend({ id: 'file', directory, createDirectory: true })
      expect(await lenient.stat(slot)).to.equal(undefined)
      expect(await lenient.names()).to.deep.equal({ items: [] })
      expect(existsSync(directory)).to.equal(false)
      expect((await lenient.create(slot, blob)).outcome).to.equal('created')
      expect(await modeOf(directory)).to.equal(0o700)
      expect((await strict.stat(slot))?.digest).to.equal(blob.digest)
    }))

  it('gives a code to what the system refuses', () =>
    inFolder(async (directory) => {
      const backend = fileBackend({ id: 'file', directory })
      await writeFile(join(directory, 'a'), 'a file where a folder belongs')
      for (const call of [backend.create({ name: 'a/b', revision: 1 }, blob), backend.latest('a')]) {
        const error = await failure(call)
        expect(error.code).to.equal('BACKEND_FAILED')
        expect(error.cause).to.include({ code: 'ENOTDIR' })
      }
      await backend.create(slot, blob)
      await rm(pathOf(directory, slot))
      await mkdir(pathOf(directory, slot))
      expect((await failure(backend.read(slot))).code).to.equal('BACKEND_FAILED')

      const inFile = fileBackend({ id: 'file', directory: join(directory, 'a') })
      expect((await failure(inFile.names())).code).to.equal('LOCATION_NOT_FOUND')
      expect((await failure(inFile.create(slot, blob))).code).to.equal('LOCATION_NOT_FOUND')

      const deep = fileBackend({ id: 'file', directory: join(directory, 'x'.repeat(300)) })
      const tooLong = await failure(deep.create(slot, blob))
      expect(tooLong.cause).to.include({ code: 'ENAMETOOLONG' })
      expect(tooLong).to.include({ code: 'BACKEND_FAILED', operation: 'create', retryable: false })
    }))

  it('reports refused access', function () {
    if (process.platform === 'win32') this.skip()
    return inFolder(async (directory) => {
      const backend = fileBackend({ id: 'file', directory })
      await backend.create(slot, blob)
      await chmod(directory, 0o000)
      // Root is refused nothing: be somebody else for a while.
      const isRoot = process.getuid?.() === 0
      if (isRoot) process.seteuid?.(65_534)
      try {
        for (const call of [() => backend.create({ ...slot, revision: 2 }, blob), () => backend.read(slot)])
          expect((await failure(call())).code).to.equal('ACCESS_DENIED')
      } finally {
        if (isRoot) process.seteuid?.(0)
        await chmod(directory, 0o700)
      }
    })
  })

  it(
    'sweeps what crashed writers left a day ago, and nothing younger',
    inBackend(async (backend, directory) => {
      await mkdir(join(directory, '@tmp'), { mode: 0o700 })
      await writeFile(join(directory, '@tmp', 'old'), 'half')
      await writeFile(join(directory, '@tmp', 'young'), 'half')
      const yesterday = new Date(Date.now() - 25 * 3600_000)
      await utimes(join(directory, '@tmp', 'old'), yesterday, yesterday)
      await backend.create(slot, blob)
      expect(await readdir(join(directory, '@tmp'))).to.deep.equal(['young'])
    }),
  )

  it(
    'lists only what it has written itself',
    inBackend(async (backend, directory) => {
      await backend.create({ name: 'own', revision: 1 }, blob)
      await mkdir(join(directory, 'lost+found'))
      await mkdir(join(directory, 'Foreign', '@'), { recursive: true })
      await mkdir(join(directory, 'interrupted', '@'), { recursive: true })
      await writeFile(join(directory, 'Foreign', '@', '000000000001'), '')
      await writeFile(join(directory, '.DS_Store'), '')
      await writeFile(join(directory, 'own', '@', 'notes.txt'), '')
      await symlink(directory, join(directory, 'loop'))
      expect((await backend.names()).items).to.deep.equal(['own'])
      expect((await backend.revisions('own')).items).to.have.length(1)
    }),
  )

  it(
    'refuses cursors that are not its own',
    inBackend(async (backend) => {
      for (const cursor of ['x', '1.5', '-1']) {
        const error = await backend.revisions('a', { cursor }).catch((error: unknown) => error)
        expect(error).to.have.property('code', 'INVALID_REVISION')
      }
      const error = await backend.names({ cursor: '../x y' }).catch((error: unknown) => error)
      expect(error).to.have.property('code', 'INVALID_ARGUMENT')
    }),
  )
})

async function* failing(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('se')
  throw new Error('source')
}
