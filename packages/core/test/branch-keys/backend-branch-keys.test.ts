import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  backendBranchKeys,
  createStore,
  fileBackend,
  memoryBackend,
  memoryLocation,
  withRetry,
  type Backend,
  type BranchKeyRecord,
} from '@sealring/core'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { codeOf } from '../envelope/code-of.js'
import { bytesOf, keyring } from '../envelope/fixture.js'

const version = (n: number) => `branch:version:01234567-89ab-4cde-8f01-${n.toString().padStart(12, '0')}`

function record(branchKeyId: string, type: string, seed: string): BranchKeyRecord {
  const attributes = { 'branch-key-id': branchKeyId, type, note: 'ключ "1"' }
  return { attributes, ciphertext: Uint8Array.from(bytesOf(seed, 80)) }
}

const created = (branchKeyId: string, n = 1) => ({
  version: record(branchKeyId, version(n), `version ${n}`),
  active: record(branchKeyId, 'branch:ACTIVE', `active ${n}`),
  beacon: record(branchKeyId, 'beacon:ACTIVE', `beacon ${n}`),
})

const rotated = (branchKeyId: string, n: number, former: BranchKeyRecord) => {
  const { version, active } = created(branchKeyId, n)
  return { version, active, former }
}

const plain = (found: BranchKeyRecord | undefined) =>
  found && { attributes: { ...found.attributes }, ciphertext: Buffer.from(found.ciphertext).toString('hex') }

async function inFolder(run: (open: () => Backend) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'sealring-branch-keys-'))
  try {
    await run(() => fileBackend({ id: 'files', directory }))
  } finally {
    await rm(directory, { recursive: true })
  }
}

async function inMemory(run: (open: () => Backend) => Promise<void>): Promise<void> {
  const location = memoryLocation()
  await run(() => memoryBackend({ id: 'memory', location }))
}

for (const [where, withBackend] of Object.entries({ memory: inMemory, files: inFolder })) {
  describe(`backendBranchKeys in ${where}`, () => {
    const ids = [
      '01234567-89ab-4cde-8f01-23456789abcd',
      'a',
      'A',
      'a/b',
      '.',
      '..',
      'a.b',
      'a%2Fb',
      'ü ~*',
      ' x ',
    ]

    it('keeps each branch key by itself, whatever its id, for another process to read', () =>
      withBackend(async (open) => {
        const storage = backendBranchKeys(open())
        for (const id of ids) expect(await storage.create(created(id))).to.equal('created')
        for (const id of ids) {
          const again = backendBranchKeys(open())
          for (const expected of Object.values(created(id))) {
            const found = await again.read({ branchKeyId: id, type: expected.attributes['type']! })
            expect(plain(found)).to.deep.equal(plain(expected))
          }
        }
        expect(await storage.read({ branchKeyId: 'nobody', type: 'branch:ACTIVE' })).to.equal(undefined)
        expect(await storage.read({ branchKeyId: 'nobody', type: 'beacon:ACTIVE' })).to.equal(undefined)
        expect(await storage.read({ branchKeyId: 'a', type: version(2) })).to.equal(undefined)
      }))

    it('creates once, rotates from the active record alone, and forgets no version', () =>
      withBackend(async (open) => {
        const storage = backendBranchKeys(open())
        const type = 'branch:ACTIVE'
        await storage.create(created('id'))
        expect(await storage.create(created('id', 2))).to.equal('exists')
        expect(plain(await storage.read({ branchKeyId: 'id', type }))).to.deep.equal(
          plain(created('id').active),
        )
        expect(await storage.read({ branchKeyId: 'id', type: version(2) })).to.equal(undefined)
        for (let n = 2; n < 6; n += 1) {
          const { active } = created('id', n - 1)
          const racers = await Promise.all([
            storage.rotate(rotated('id', n, active)),
            storage.rotate(rotated('id', 100 + n, created('id', 99).active)),
          ])
          expect(racers).to.deep.equal(['rotated', 'changed'])
          expect(await storage.rotate(rotated('id', 100 + n, active))).to.equal('changed')
        }
        expect(plain(await storage.read({ branchKeyId: 'id', type }))).to.deep.equal(
          plain(created('id', 5).active),
        )
        for (let n = 1; n < 6; n += 1) {
          const found = await storage.read({ branchKeyId: 'id', type: version(n) })
          expect(plain(found)).to.deep.equal(plain(created('id', n).version))
        }
        expect(await storage.read({ branchKeyId: 'id', type: version(103) })).to.equal(undefined)
        const beacon = await storage.read({ branchKeyId: 'id', type: 'beacon:ACTIVE' })
        expect(plain(beacon)).to.deep.equal(plain(created('id').beacon))
        expect(await storage.rotate(rotated('nobody', 2, created('id').active))).to.equal('changed')
      }))

    it('lets one of many racers win, and leaves nothing of the others', () =>
      withBackend(async (open) => {
        const storage = backendBranchKeys(open())
        const numbers = [1, 2, 3, 4, 5, 6]
        const makers = await Promise.all(numbers.map((n) => storage.create(created('id', n))))
        expect(makers.toSorted()).to.deep.equal(['created', 'exists', 'exists', 'exists', 'exists', 'exists'])
        const former = created('id', numbers[makers.indexOf('created')]).active
        const turns = await Promise.all(numbers.map((n) => storage.rotate(rotated('id', 10 + n, former))))
        expect(turns.filter((turn) => turn === 'rotated')).to.have.length(1)
        const kept = await Promise.all(
          [...numbers, ...numbers.map((n) => 10 + n)].map((n) =>
            storage.read({ branchKeyId: 'id', type: version(n) }),
          ),
        )
        expect(kept.filter((found) => found !== undefined)).to.have.length(2)
      }))

    it('lives beside the entries of a store, which see nothing of it', () =>
      withBackend(async (open) => {
        await backendBranchKeys(open()).create(created('id'))
        const store = createStore({ id: 'store', keyring, locations: [open()] })
        await store.put('entry', 'text')
        const names: string[] = []
        for await (const name of store.list()) names.push(name)
        expect(names).to.deep.equal(['entry'])
        expect((await store.get('entry')).plaintext.toString()).to.equal('text')
      }))
  })
}

describe('backendBranchKeys', () => {
  it('knows its own write again when the answer was lost', async () => {
    const inner = memoryBackend({ id: 'memory' })
    let lost = 1
    const losing: Backend = {
      ...inner,
      async create(slot, blob, options) {
        const result = await inner.create(slot, blob, options)
        lost -= 1
        if (lost >= 0) throw Object.assign(new Error('lost'), { code: 'ECONNRESET' })
        return result
      },
    }
    const again: Backend = {
      ...losing,
      create: async (slot, blob, options) =>
        losing.create(slot, blob, options).catch(() => losing.create(slot, blob, options)),
    }
    const storage = backendBranchKeys(again)
    expect(await storage.create(created('id'))).to.equal('created')
    lost = 1
    expect(await storage.rotate(rotated('id', 2, created('id').active))).to.equal('rotated')
    expect(plain(await storage.read({ branchKeyId: 'id', type: version(2) }))).to.deep.equal(
      plain(created('id', 2).version),
    )
  })

  it('works behind a layer', async () => {
    const storage = backendBranchKeys(withRetry(memoryBackend({ id: 'memory' })))
    expect(await storage.create(created('id'))).to.equal('created')
  })

  it('refuses what it can’t keep', async () => {
    const inner = memoryBackend({ id: 'memory' })
    const capabilities = { ...inner.capabilities, conditionalCreate: false }
    expect(await codeOf(() => backendBranchKeys({ ...inner, capabilities }))).to.equal('INVALID_ARGUMENT')
    const long = 'x'.repeat(300)
    expect(await codeOf(() => backendBranchKeys(inner).create(created(long)))).to.equal('INVALID_ARGUMENT')
  })

  it('says what is damaged', async () => {
    const location = memoryLocation()
    const storage = backendBranchKeys(memoryBackend({ id: 'memory', location }))
    await storage.create(created('id'))
    const [blobs] = location.blobs.values()
    const blob = blobs!.get(1)!
    const damages = [
      '',
      'x',
      '[]',
      '{}',
      '{"format":2,"records":[]}',
      '{"format":1}',
      '{"format":1,"records":[1]}',
    ]
    damages.push('{"format":1,"records":[{"attributes":{"a":1},"enc":""}]}', ' '.repeat(70_000))
    for (const text of damages) {
      blobs!.set(1, { ...blob, bytes: Buffer.from(text) })
      const read = () => storage.read({ branchKeyId: 'id', type: 'branch:ACTIVE' })
      expect(await codeOf(read)).to.equal('BLOB_DAMAGED')
    }
  })
})
