import { describe, it } from 'mocha'
import { expect } from 'chai'
import { BackendError, readOnly } from '@sealring/core'
import type { ReadRepairReport, StoreOptions } from '@sealring/core'
import { refusing, type FaultyBackend } from './faulty-backend.js'
import { fixture, type Fixture } from './fixture.js'
import { rejection } from './rejection.js'

const name = 'x'

async function filled(): Promise<Fixture> {
  const f = fixture({ suite: 'unsigned' })
  for (const value of ['one', 'two', 'three']) await f.store.put(name, value)
  return f
}

const blobsOf = (f: Fixture, id: 'a' | 'b' | 'c') => f[id].memory.blobs.get(name)!
const digests = (f: Fixture, revision: number) =>
  f.locations.map(({ memory }) => memory.blobs.get(name)!.get(revision)?.digest)
const wrote = (reports: readonly ReadRepairReport[]) =>
  reports.flatMap(({ writes }) =>
    writes.map(({ revision, location, action }) => `${revision} ${location} ${action}`),
  )
const writing = ({ calls }: FaultyBackend) =>
  calls.filter((call) => ['create', 'replace', 'purge', 'createSidecar', 'deleteSidecar'].includes(call))

/** Reads ask c, b, a; the repair is waited for. */
function mending(f: Fixture, options: Partial<StoreOptions> = {}) {
  const reports: ReadRepairReport[] = []
  const onReport = (report: ReadRepairReport) => reports.push(report)
  const locations = f.backends.toReversed()
  const readRepair = { wait: true, onReport }
  return { reports, store: f.reopen({ locations, arbiter: 'a', readRepair, ...options }) }
}

describe('store: read repair', () => {
  it('is off unless asked for', async () => {
    const f = await filled()
    blobsOf(f, 'c').delete(3)
    for (const { calls } of f.locations) calls.length = 0
    const store = f.reopen({ locations: f.backends.toReversed(), arbiter: 'a' })
    await store.get(name, { revision: 3 })
    expect(f.locations.flatMap(writing)).to.deep.equal([])
  })

  it('mends what was found missing or damaged on the way, and only that revision', async () => {
    const f = await filled()
    for (const revision of [1, 3]) blobsOf(f, 'c').delete(revision)
    f.b.damage(name, 3)
    const { store, reports } = mending(f)
    expect(await store.get(name, { revision: 3 })).to.include({ servedBy: 'a' })
    expect(wrote(reports).toSorted()).to.deep.equal(['3 b replaced', '3 c created'])
    expect(reports[0]).to.include({ name, revision: 3 })
    expect(blobsOf(f, 'c').has(1)).to.equal(false)
    expect(await store.get(name, { revision: 3 })).to.include({ servedBy: 'c' })
    expect(reports).to.have.length(1)
  })

  it('mends a location that lags behind what is known', async () => {
    const f = await filled()
    const { store, reports } = mending(f)
    await store.get(name)
    blobsOf(f, 'c').delete(3)
    expect(await store.get(name)).to.include({ revision: 3, servedBy: 'b' })
    expect(wrote(reports)).to.deep.equal(['3 c created'])
  })

  it('does nothing for locations that are away or slow', async () => {
    const f = await filled()
    f.c.inject(refusing('UNREACHABLE'))
    f.b.inject({ operations: ['latest'], run: () => new Promise(() => undefined) })
    const { store, reports } = mending(f, { hedgeAfter: 5 })
    expect(await store.get(name)).to.include({ servedBy: 'a' })
    expect(reports).to.deep.equal([])
  })

  it('goes on behind a read that does not wait, once for each revision', async () => {
    const f = await filled()
    blobsOf(f, 'c').delete(3)
    let release = () => undefined as void
    const held = new Promise<void>((resolve) => (release = resolve))
    f.c.inject({ operations: ['create'], run: (pass) => held.then(pass) })
    const reports: ReadRepairReport[] = []
    const reported = new Promise<void>((resolve) => {
      const { store } = mending(f, {
        readRepair: {
          onReport: (report) => {
            reports.push(report)
            resolve()
          },
        },
      })
      void Promise.all([1, 2, 3].map(() => store.get(name, { revision: 3 }))).then(release)
    })
    await reported
    expect(wrote(reports)).to.deep.equal(['3 c created'])
    expect(f.c.calls.filter((call) => call === 'create')).to.have.length(4)
  })

  it('spreads nothing that the arbiter contradicts, and never writes to it without the key', async () => {
    const f = await filled()
    // A fork at b, damage at c: the read is served by the fork, the arbiter has the last word.
    const other = fixture({ suite: 'unsigned', keyring: f.keyring })
    for (const value of ['one', 'two', 'fork']) await other.store.put(name, value)
    blobsOf(f, 'b').set(3, blobsOf(other, 'b').get(3)!)
    blobsOf(f, 'c').delete(3)
    const { store, reports } = mending(f)
    expect(await store.get(name, { revision: 3 })).to.include({ servedBy: 'b' })
    expect(wrote(reports).toSorted()).to.deep.equal(['3 b fork-saved', '3 b replaced', '3 c created'])
    expect(new Set(digests(f, 3))).to.deep.equal(new Set([blobsOf(f, 'a').get(3)!.digest]))
    // A revision that the arbiter lacks: adopted only in its chain.
    const planted = blobsOf(other, 'b').get(2)!
    blobsOf(f, 'a').delete(2)
    blobsOf(f, 'b').set(2, planted)
    blobsOf(f, 'c').delete(2)
    const again = mending(f)
    expect(await again.store.get(name, { revision: 2 })).to.include({ servedBy: 'b' })
    expect(wrote(again.reports)).to.deep.equal([])
    expect(blobsOf(f, 'a').has(2)).to.equal(false)
  })

  it('restores the arbiter by the rules of repair', async () => {
    const f = await filled()
    f.a.damage(name, 2)
    const { store, reports } = mending(f, { locations: f.backends })
    expect(await store.get(name, { revision: 2 })).to.include({ servedBy: 'b' })
    expect(wrote(reports)).to.deep.equal(['2 a replaced'])
    for (const revision of [2, 3]) blobsOf(f, 'a').delete(revision)
    expect(await store.get(name, { revision: 2 })).to.include({ servedBy: 'b' })
    expect(wrote(reports)).to.deep.equal(['2 a replaced', '2 a adopted'])
    expect(await store.get(name, { revision: 3 })).to.include({ servedBy: 'b' })
    expect(wrote(reports)).to.deep.equal(['2 a replaced', '2 a adopted', '3 a adopted'])
  })

  it('does not fill a gap of the arbiter with what only follows from below', async () => {
    const f = await filled()
    await f.store.put(name, 'four')
    const other = fixture({ suite: 'unsigned', keyring: f.keyring })
    for (const { memory } of other.locations) memory.blobs.set(name, new Map([[1, blobsOf(f, 'a').get(1)!]]))
    await other.store.put(name, 'fork of two')
    for (const revision of [2, 3]) for (const id of ['a', 'b', 'c'] as const) blobsOf(f, id).delete(revision)
    blobsOf(f, 'b').set(2, blobsOf(other, 'b').get(2)!)
    const { store, reports } = mending(f)
    await store.get(name, { revision: 2 })
    expect(wrote(reports)).to.deep.equal([])
    expect(blobsOf(f, 'a').has(2)).to.equal(false)
  })

  it('brings a tombstone to who lacks it, and forged ones nowhere', async () => {
    const f = await filled()
    const old = blobsOf(f, 'a').get(3)!
    await f.store.destroy(name, { revision: 3 })
    blobsOf(f, 'b').set(3, old)
    blobsOf(f, 'c').delete(3)
    const { store, reports } = mending(f)
    await store.get(name, { revision: 3 })
    expect(wrote(reports).toSorted()).to.deep.equal(['3 b destroyed', '3 c created'])
    await rejection(store.get(name, { revision: 3 }), 'DESTROYED')
    blobsOf(f, 'c').delete(3)
    const again = mending(f)
    await rejection(again.store.get(name, { revision: 3 }), 'DESTROYED')
    expect(wrote(again.reports)).to.deep.equal(['3 c created'])
  })

  it('leaves a location alone that refused to be written to', async () => {
    const f = await filled()
    blobsOf(f, 'c').delete(3)
    f.c.inject(refusing('ACCESS_DENIED', { operations: ['create'] }, 'c'))
    const { store, reports } = mending(f)
    expect(await store.get(name, { revision: 3 })).to.include({ servedBy: 'b' })
    expect(reports[0]!.failures[0]).to.include({ location: 'c', code: 'ACCESS_DENIED' })
    for (const { calls } of f.locations) calls.length = 0
    await store.get(name, { revision: 3 })
    expect(reports).to.have.length(1)
    expect(f.a.calls).to.deep.equal([])
    // Others are still mended.
    blobsOf(f, 'b').delete(3)
    await store.get(name, { revision: 3 })
    expect(wrote(reports)).to.deep.equal(['3 b created'])
    expect(f.c.calls).to.not.include('create')
  })

  it('is off behind locations that are opened read-only', async () => {
    const f = await filled()
    blobsOf(f, 'c').delete(3)
    const { store, reports } = mending(f, { locations: f.backends.toReversed().map(readOnly) })
    expect(await store.get(name, { revision: 3 })).to.include({ servedBy: 'b' })
    expect(reports[0]!.failures[0]).to.include({ location: 'c', code: 'ACCESS_DENIED' })
    expect(blobsOf(f, 'c').has(3)).to.equal(false)
  })

  it('never fails a read, whatever happens to it', async () => {
    const f = await filled()
    blobsOf(f, 'c').delete(3)
    f.a.inject(refusing('UNREACHABLE', {}, 'a'))
    const { store, reports } = mending(f)
    expect(await store.get(name, { revision: 3 })).to.include({ servedBy: 'b' })
    expect(reports[0]!.failures.at(-1)).to.include({ location: 'a', code: 'UNREACHABLE' })
    const mine = () => new BackendError('BACKEND_FAILED', 'mine', { backend: 'a', operation: 'x' })
    const fail = () => {
      throw mine()
    }
    for (const onReport of [fail, () => Promise.reject(mine())]) {
      const warned = new Promise((resolve) => process.once('warning', resolve))
      const throwing = mending(f, { readRepair: { wait: true, onReport } })
      expect(await throwing.store.get(name, { revision: 3 })).to.include({ servedBy: 'b' })
      expect(await warned)
        .to.have.property('message')
        .that.includes('mine')
    }
  })

  it('is no longer waited for when the caller gives up', async () => {
    const f = await filled()
    blobsOf(f, 'c').delete(3)
    f.c.inject({ operations: ['create'], run: () => new Promise(() => undefined) })
    const { store } = mending(f)
    // So long that it has read before, however busy the machine.
    expect(await store.get(name, { revision: 3, timeout: 1000 })).to.include({ servedBy: 'b' })
  })
})
