import { describe, it } from 'mocha'
import { expect } from 'chai'
import { BackendError, sealedBlob, type RepairReport } from '@sealring/core'
import { blobAt, contextAt, digestAt, filled, forks, name, outcomes, receiptIn } from './destruction.js'
import { losingAnswer, refusing } from './faulty-backend.js'
import { BrokenKeyring, fixture, rawAesKeyring, type Fixture } from './fixture.js'
import { rejection } from './rejection.js'
import { pieces } from './streams.js'

const wrote = ({ writes }: RepairReport) =>
  writes.map(({ revision, location, action }) => `${revision} ${location} ${action}`).toSorted()

/** Another blob that opens in the slot: a fork of the history. */
async function forkOf(f: Fixture, revision: number) {
  const other = fixture({ suite: 'unsigned', keyring: f.keyring })
  for (let each = 1; each <= revision; each++) await other.store.put(name, `fork ${each}`)
  return blobAt(other.a, revision)
}

async function expectConverged(f: Fixture): Promise<void> {
  expect(await f.unfaulted().repair()).to.deep.equal({ writes: [], left: [], retained: [], failures: [] })
  expect(await f.unfaulted().verify({ open: true })).to.include({ clean: true })
}

describe('store: destroy', () => {
  it('replaces the blob everywhere by one sealed tombstone that says what it stands for', async () => {
    const f = await filled()
    const destroyed = digestAt(f.a, 2)
    const previous = digestAt(f.a, 1)
    const receipt = await f.store.destroy(name, { revision: 2, requestId: 'gdpr-17' })
    expect(outcomes(receipt)).to.deep.equal(['2 true a destroyed, b destroyed, c destroyed'])
    for (const location of f.locations) {
      expect(digestAt(location, 2)).to.equal(receipt.revisions[0]!.tombstone)
      expect(contextAt(location, 2)).to.deep.equal({
        'sealring-store': 'test',
        'sealring-name': name,
        'sealring-revision': '2',
        'sealring-previous': previous,
        'sealring-request': 'gdpr-17',
        'sealring-destroyed': destroyed,
        'sealring-destroyed-request': 'put-two',
      })
    }
    expect(receipt).to.include({ store: 'test', name, arbiter: 'a', requestId: 'gdpr-17' })
    expect(receipt.revisions[0]).to.include({ destroyed, committed: true })
    await expectConverged(f)
  })

  it('purges each location, and says what a service retains', async () => {
    const f = await filled()
    const until = new Date('2030-01-01T00:00:00Z')
    const retained = [{ by: 'object-lock' as const, until, message: 'locked' }]
    const locked = { ...f.b.backend, purge: () => Promise.resolve({ retained }) }
    const store = f.reopen({ locations: [f.a.backend, locked, f.c.backend] })
    const receipt = await store.destroy(name, { revision: 1 })
    expect(receipt.revisions[0]!.copies.map((copy) => copy.retained)).to.deep.equal([[], retained, []])
    for (const { calls } of [f.a, f.c])
      expect(calls.lastIndexOf('purge')).to.be.greaterThan(calls.lastIndexOf('replace'))
    const report = await f.reopen({ locations: [f.a.backend, locked, f.c.backend] }).repair()
    expect(report).to.deep.equal({
      writes: [],
      left: [],
      retained: [{ name, revision: 1, location: 'b', ...retained[0] }],
      failures: [],
    })
  })

  it('destroys all revisions that there are', async () => {
    const f = await filled()
    const receipt = await f.store.destroy(name, { all: true })
    expect(receipt.revisions.map(({ revision }) => revision)).to.deep.equal([1, 2, 3])
    for (const revision of [1, 2, 3]) await rejection(f.reopen().get(name, { revision }), 'DESTROYED')
    await expectConverged(f)
  })

  it('refuses what is not there, or not said', async () => {
    const f = await filled()
    await rejection(f.store.destroy(name, { revision: 4 }), 'NOT_FOUND')
    await rejection(f.store.destroy('nobody', { all: true }), 'NOT_FOUND')
    await rejection(f.store.destroy(name, {}), 'INVALID_ARGUMENT')
    await rejection(f.store.destroy(name, { all: true, revision: 1 }), 'INVALID_ARGUMENT')
    await rejection(f.store.destroy(name, { revision: 1, requestId: 'ä' }), 'INVALID_ARGUMENT')
    await rejection(f.store.destroy(name, { revision: 0 }), 'INVALID_REVISION')
    f.a.memory.blobs.get(name)!.delete(3)
    await rejection(f.store.destroy(name, { revision: 3 }), 'ROLLBACK')
    await rejection(f.store.destroy(name, { all: true }), 'ROLLBACK')
    // A replica may still have it: it would come back.
    f.a.memory.blobs.get(name)!.delete(1)
    await rejection(f.reopen().destroy(name, { revision: 1 }), 'ROLLBACK')
  })

  it('makes no second tombstone, and completes what was left', async () => {
    const f = await filled()
    const back = f.b.inject(refusing('UNREACHABLE'))
    const error = await rejection(f.store.destroy(name, { revision: 2 }), 'DESTROY_INCOMPLETE')
    const first = receiptIn(error)
    expect(outcomes(first)).to.deep.equal(['2 true a destroyed, b failed, c destroyed'])
    expect(first.revisions[0]!.copies[1]).to.include({ location: 'b', code: 'UNREACHABLE' })
    expect(error.cause).to.have.property('code', 'UNREACHABLE')
    back()
    f.c.inject(refusing('UNREACHABLE', { operations: ['purge'], times: 1 }))
    const second = receiptIn(await rejection(f.reopen().destroy(name, { revision: 2 }), 'DESTROY_INCOMPLETE'))
    expect(outcomes(second)).to.deep.equal(['2 true a destroyed, b destroyed, c unpurged'])
    const third = await f.reopen().destroy(name, { revision: 2 })
    expect(outcomes(third)).to.deep.equal(['2 true a destroyed, b destroyed, c destroyed'])
    expect(third.revisions[0]!.tombstone).to.equal(first.revisions[0]!.tombstone)
    await expectConverged(f)
  })

  it('creates the tombstone where a replica lacks the slot', async () => {
    const f = await filled()
    f.c.memory.blobs.get(name)!.delete(2)
    await f.store.destroy(name, { revision: 2 })
    expect(digestAt(f.c, 2)).to.equal(digestAt(f.a, 2))
  })

  it('looks again when an acknowledgement is lost', async () => {
    const f = await filled()
    for (const location of [f.a, f.b]) location.inject(losingAnswer({ operations: ['replace'], times: 1 }))
    // Lost, and not done.
    f.c.inject(refusing('OUTCOME_UNKNOWN', { operations: ['replace'], times: 1 }))
    const receipt = await f.store.destroy(name, { revision: 2 })
    expect(outcomes(receipt)).to.deep.equal(['2 true a destroyed, b destroyed, c destroyed'])
    for (const location of f.locations)
      expect(digestAt(location, 2)).to.equal(receipt.revisions[0]!.tombstone)
    f.a.inject(refusing('OUTCOME_UNKNOWN', { operations: ['replace'] }))
    f.a.inject(refusing('UNREACHABLE', { operations: ['stat'], times: 0 }))
    let stats = 0
    f.a.inject({
      operations: ['stat'],
      run: (pass) => (++stats === 2 ? Promise.reject(new Error('away')) : pass()),
    })
    const open = receiptIn(await rejection(f.store.destroy(name, { revision: 1 }), 'DESTROY_INCOMPLETE'))
    expect(outcomes(open)).to.deep.equal(['1 unknown a unknown, b failed, c failed'])
    expect(digestAt(f.b, 1)).to.not.equal(open.revisions[0]!.tombstone)
  })

  it('agrees with another destroyer on one tombstone', async () => {
    const f = await filled()
    const receipts = await Promise.all(
      [f.store, f.reopen(), f.reopen()].map((store) => store.destroy(name, { revision: 2 })),
    )
    expect(new Set(receipts.map(({ revisions }) => revisions[0]!.tombstone)).size).to.equal(1)
    await expectConverged(f)
  })

  it('writes nothing when nothing can be sealed, or the arbiter is away', async () => {
    const f = await filled()
    for (const { calls } of f.locations) calls.length = 0
    const keyless = f.reopen({ keyring: new BrokenKeyring() })
    expect(await keyless.destroy(name, { revision: 2 }).catch((error: unknown) => error)).to.be.instanceOf(
      Error,
    )
    f.a.inject(refusing('UNREACHABLE', { operations: ['stat'] }))
    await rejection(f.store.destroy(name, { revision: 2 }), 'UNREACHABLE')
    for (const { calls } of f.locations) expect(calls).to.not.include('replace')
  })

  it('destroys what nobody can open, and keeps the chain', async () => {
    for (const attested of [false, true])
      for (const [revision, bit] of [
        [1, 200],
        [2, 200],
        [2, -100],
        [3, 200],
        [3, -100],
      ] as const) {
        const f = await filled()
        const destroyed = digestAt(f.a, revision)
        for (const location of f.locations) {
          location.damage(name, revision, bit)
          if (attested) location.attest(name, revision)
        }
        const receipt = await f.reopen().destroy(name, { revision })
        // A later revision, where there is one, still says which digest stood here.
        if (!attested || revision < 3) expect(receipt.revisions[0]!.destroyed).to.equal(destroyed)
        await rejection(f.reopen().get(name, { revision }), 'DESTROYED')
        await expectConverged(f)
      }
  })

  it('takes from a replica what a damaged blob of the arbiter no longer says', async () => {
    const f = await filled()
    const destroyed = digestAt(f.b, 3)
    f.a.damage(name, 3, 60)
    f.a.attest(name, 3)
    const receipt = await f.reopen().destroy(name, { revision: 3 })
    expect(receipt.revisions[0]!.destroyed).to.equal(destroyed)
    expect(contextAt(f.a, 3)).to.include({ 'sealring-previous': digestAt(f.a, 2) })
    expect(f.locations.flatMap(forks)).to.deep.equal([])
    await expectConverged(f)
  })

  it('destroys what the chain names, though damage made a blob look locked', async () => {
    for (const revision of [2, 3]) {
      const f = await filled()
      const destroyed = digestAt(f.b, revision)
      // Of the context: a raw keyring can't tell that from a data key which isn't its own.
      f.a.damage(name, revision, 8 * Buffer.from(blobAt(f.a, revision).bytes).indexOf('put-'))
      f.a.attest(name, revision)
      const receipt = await f.reopen().destroy(name, { revision })
      expect(receipt.revisions[0]!.destroyed).to.equal(destroyed)
      expect(f.locations.flatMap(forks)).to.deep.equal([])
      await expectConverged(f)
    }
  })

  it('restores a damaged tombstone instead of making another', async () => {
    const f = await filled()
    const first = await f.store.destroy(name, { revision: 2 })
    f.a.damage(name, 2, -100)
    f.a.attest(name, 2)
    const again = await f.reopen().destroy(name, { revision: 2 })
    expect(again.revisions[0]).to.include({
      tombstone: first.revisions[0]!.tombstone,
      destroyed: first.revisions[0]!.destroyed,
    })
    await expectConverged(f)
  })

  it('does not replace a tombstone that it can not open', async () => {
    const f = await filled()
    await f.store.destroy(name, { revision: 2 })
    const tombstone = digestAt(f.a, 2)
    const otherKey = f.reopen({ keyring: rawAesKeyring() })
    await rejection(otherKey.destroy(name, { revision: 2 }), 'NO_DATA_KEY')
    expect(digestAt(f.a, 2)).to.equal(tombstone)
    // A blob that is only locked can be destroyed: its key may be gone for good.
    const receipt = await otherKey.destroy(name, { revision: 3 })
    expect(receipt.revisions[0]!.copies.map(({ outcome }) => outcome)).to.deep.equal(
      Array(3).fill('destroyed'),
    )
    expect(contextAt(f.a, 3)).to.include({ 'sealring-destroyed-request': 'put-three' })
  })

  it('meets a late copy of the blob, and another tombstone, at a replica', async () => {
    const f = await filled()
    const late = blobAt(f.c, 2)
    f.c.memory.blobs.get(name)!.delete(2)
    f.c.inject({
      operations: ['create'],
      times: 1,
      run: (pass) => {
        f.c.memory.blobs.get(name)!.set(2, late)
        return pass()
      },
    })
    const twin = fixture({ suite: 'unsigned', keyring: f.keyring })
    for (const { memory } of twin.locations) memory.blobs.set(name, new Map(f.a.memory.blobs.get(name)))
    await twin.store.destroy(name, { revision: 2 })
    f.b.memory.blobs.get(name)!.set(2, blobAt(twin.b, 2))
    const receipt = await f.store.destroy(name, { revision: 2 })
    expect(outcomes(receipt)).to.deep.equal(['2 true a destroyed, b destroyed, c destroyed'])
    expect(f.locations.flatMap(forks)).to.deep.equal([])
    await expectConverged(f)
  })

  it('leaves no copy of what was destroyed under the digest of damage that a put was built on', async () => {
    const f = fixture({ suite: 'unsigned' })
    await f.store.put(name, 'one')
    f.a.damage(name, 1, -100)
    f.a.attest(name, 1)
    await f.reopen({ locations: [f.a.backend] }).put(name, 'two')
    const receipt = await f.reopen().destroy(name, { revision: 1 })
    expect(outcomes(receipt)).to.deep.equal(['1 true a destroyed, b destroyed, c destroyed'])
    expect(receipt.revisions[0]!.copies.flatMap((copy) => copy.forks)).to.deep.equal([])
    expect(f.locations.flatMap(forks)).to.deep.equal([])
  })

  it('goes on beside a fork that is too large to be looked at, and reports it', async () => {
    const f = await filled()
    const planted = blobAt(f.a, 1)
    await f.b.backend.createSidecar({ name, revision: 2, kind: 'fork', id: planted.digest }, planted.bytes)
    f.b.inject({ ...refusing('BLOB_TOO_LARGE'), operations: ['readSidecar'] })
    const receipt = await f.store.destroy(name, { revision: 2 })
    expect(outcomes(receipt)).to.deep.equal(['2 true a destroyed, b destroyed, c destroyed'])
    expect(receipt.revisions[0]!.copies.map((copy) => copy.forks)).to.deep.equal([[], [planted.digest], []])
  })

  it('removes the destroyed blob where it was saved as a fork, and keeps and reports other blobs', async () => {
    const f = await filled()
    const destroyed = blobAt(f.a, 2)
    const slot = { name, revision: 2 }
    await f.b.backend.createSidecar({ ...slot, kind: 'fork', id: destroyed.digest }, destroyed.bytes)
    const fork = await forkOf(f, 2)
    f.c.memory.blobs.get(name)!.set(2, fork)
    const receipt = await f.reopen().destroy(name, { revision: 2 })
    expect(forks(f.b)).to.deep.equal([])
    expect(forks(f.c)).to.deep.equal([fork.digest])
    expect(receipt.revisions[0]!.copies.map((copy) => copy.forks)).to.deep.equal([[], [], [fork.digest]])
    await expectConverged(f)
  })
})

describe('store: a destroyed revision', () => {
  it('is not read, and no older one in its place', async () => {
    const f = await filled()
    await f.store.destroy(name, { revision: 3 })
    for (const freshness of ['nearest', 'arbiter', 'all'] as const) {
      await rejection(f.reopen().get(name, { freshness }), 'DESTROYED')
      await rejection(f.reopen().get(name, { freshness, revision: 3 }), 'DESTROYED')
    }
    const error = await rejection(f.reopen().get(name), 'DESTROYED')
    expect(error.details).to.include({ name, revision: 3, digest: digestAt(f.a, 3) })
    expect(Buffer.from((await f.reopen().get(name, { revision: 2 })).plaintext).toString()).to.equal('two')
  })

  it('is not read from a location that still has it, once its tombstone was seen', async () => {
    const f = await filled()
    const old = blobAt(f.c, 3)
    await f.store.destroy(name, { revision: 3 })
    f.c.memory.blobs.get(name)!.set(3, old)
    const onlyC = [f.c.backend, f.a.backend, f.b.backend]
    // Never seen: the stale replica serves.
    expect(await f.reopen({ locations: onlyC, arbiter: 'a' }).get(name)).to.include({ servedBy: 'c' })
    // Seen before, or done by this object.
    const seen = f.reopen({ locations: onlyC, arbiter: 'a' })
    await rejection(seen.get(name, { freshness: 'arbiter' }), 'DESTROYED')
    for (const store of [seen, f.store]) {
      const away = [f.a, f.b].map(({ inject }) => inject(refusing('UNREACHABLE')))
      await rejection(store.get(name), 'DESTROYED')
      for (const freshness of ['nearest', 'arbiter'] as const)
        await rejection(store.get(name, { revision: 3, freshness }), 'DESTROYED')
      for (const back of away) back()
      await rejection(store.get(name), 'DESTROYED')
    }
    for (const freshness of ['arbiter', 'all'] as const)
      await rejection(
        f.reopen({ locations: onlyC, arbiter: 'a' }).get(name, { freshness, revision: 3 }),
        'DESTROYED',
      )
  })

  it('is destroyed although this store object had seen the blob', async () => {
    for (const freshness of ['nearest', 'arbiter', 'all'] as const) {
      const f = await filled()
      await f.reopen().destroy(name, { revision: 3 })
      await rejection(f.store.get(name, { freshness }), 'DESTROYED')
      const g = await filled()
      await g.reopen().destroy(name, { revision: 3 })
      await rejection(g.store.get(name, { freshness, revision: 3 }), 'DESTROYED')
    }
  })

  it('stays so when the arbiter comes back from a backup', async () => {
    const f = await filled()
    const old = blobAt(f.a, 3)
    await f.store.destroy(name, { revision: 3 })
    f.a.memory.blobs.get(name)!.set(3, old)
    const near = { locations: [f.b.backend, f.c.backend, f.a.backend], arbiter: 'a' }
    await rejection(f.reopen(near).get(name), 'DESTROYED')
    for (const freshness of ['arbiter', 'all'] as const) {
      await rejection(f.reopen(near).get(name, { freshness }), 'DESTROYED')
      await rejection(f.reopen(near).get(name, { freshness, revision: 3 }), 'DESTROYED')
    }
    await rejection(f.reopen().get(name, { freshness: 'all' }), 'DESTROYED')
    await rejection(f.reopen().get(name, { freshness: 'all', revision: 3 }), 'DESTROYED')
  })

  it('is built on by the next put, by whoever had seen what', async () => {
    for (const reopened of [false, true]) {
      const f = await filled()
      const destroyed = digestAt(f.a, 3)
      await f.reopen().destroy(name, { revision: 3 })
      const tombstone = digestAt(f.a, 3)
      const store = reopened ? f.reopen() : f.store
      await rejection(store.put(name, 'four', { ifRevision: { revision: 3, digest: destroyed } }), 'CONFLICT')
      const put = await store.put(name, 'four', { ifRevision: { revision: 3, digest: tombstone } })
      expect(put.revision).to.equal(4)
      expect(contextAt(f.a, 4)).to.include({ 'sealring-previous': tombstone })
      expect((await f.reopen().get(name)).revision).to.equal(4)
      await expectConverged(f)
    }
  })

  it('does not come back by its request, nor by its receipt', async () => {
    const f = await filled()
    const receipt = await f.store.put(name, 'four', { requestId: 'put-four' })
    await f.reopen().destroy(name, { revision: 4 })
    await rejection(f.reopen().put(name, 'four', { requestId: 'put-four' }), 'DESTROYED')
    await rejection(f.reopen().complete(receipt), 'DESTROYED')
    expect(f.a.memory.blobs.get(name)!.size).to.equal(4)
    await f.reopen().destroy(name, { revision: 3, requestId: 'empty' })
    expect(await f.reopen().put(name, '', { requestId: 'empty' })).to.include({ revision: 5 })
  })

  it('keeps its place when its blob arrives late', async () => {
    const f = await filled()
    let destroying: Promise<unknown> | undefined
    f.b.inject({
      operations: ['create'],
      run: async (pass) => {
        destroying = f.unfaulted().destroy(name, { revision: 4 })
        await destroying
        return pass()
      },
    })
    const error = await rejection(f.reopen().put(name, 'four'), 'PUT_INCOMPLETE')
    expect(error.message).to.include('incomplete')
    expect(digestAt(f.b, 4)).to.equal(digestAt(f.a, 4))
    await expectConverged(f)
  })

  it('stops a writer when the arbiter has forgotten the tombstone', async () => {
    const f = await filled()
    const old = blobAt(f.a, 3)
    await f.store.destroy(name, { revision: 3 })
    f.a.memory.blobs.get(name)!.set(3, old)
    await rejection(f.store.put(name, 'four'), 'ARBITER_BEHIND')
    await rejection(f.reopen().put(name, 'four'), 'ARBITER_BEHIND')
  })

  it('is no contradiction when it is destroyed while a writer asks', async () => {
    const f = await filled()
    f.a.inject({
      operations: ['latest'],
      times: 1,
      run: async (pass) => {
        const tip = await pass()
        await f.unfaulted().destroy(name, { revision: 3 })
        return tip
      },
    })
    expect(await f.reopen().put(name, 'four')).to.include({ revision: 4 })
    await expectConverged(f)
  })

  it('does not hide that the arbiter lost what came after it', async () => {
    const f = await filled()
    await f.store.put(name, 'four')
    await f.store.destroy(name, { revision: 3 })
    f.a.memory.blobs.get(name)!.delete(4)
    await rejection(f.reopen().put(name, 'five'), 'ARBITER_BEHIND')
    expect(wrote(await f.reopen().repair())).to.deep.equal(['4 a adopted'])
    await expectConverged(f)
  })
})

describe('store: repair of destroyed revisions', () => {
  it('brings a tombstone outward with the key, without saving what it destroyed', async () => {
    const f = await filled()
    const old = blobAt(f.a, 2)
    await f.store.destroy(name, { revision: 2 })
    f.b.memory.blobs.get(name)!.set(2, old)
    f.c.memory.blobs.get(name)!.set(2, old)
    f.c.damage(name, 2)
    await f.c.backend.createSidecar({ name, revision: 2, kind: 'fork', id: old.digest }, old.bytes)
    const keyless = await f.reopen({ keyring: new BrokenKeyring() }).repair()
    expect(wrote(keyless)).to.deep.equal([])
    expect(keyless.left.map(({ revision, location }) => `${revision} ${location}`)).to.include('2 b')
    for (const { calls } of f.locations) calls.length = 0
    expect(wrote(await f.reopen().repair())).to.deep.equal(['2 b destroyed', '2 c destroyed'])
    expect(f.locations.flatMap(forks)).to.deep.equal([])
    expect(f.locations.map(({ calls }) => calls.filter((call) => call === 'purge').length)).to.deep.equal([
      1, 1, 1,
    ])
    await expectConverged(f)
  })

  it('keeps a fork that was not destroyed', async () => {
    const f = await filled()
    const fork = await forkOf(f, 2)
    await f.store.destroy(name, { revision: 2 })
    f.b.memory.blobs.get(name)!.set(2, fork)
    f.c.damage(name, 2)
    expect(wrote(await f.reopen().repair())).to.deep.equal(['2 b fork-saved', '2 b replaced', '2 c replaced'])
    expect(forks(f.b)).to.deep.equal([fork.digest])
    await expectConverged(f)
  })

  it('finishes what a destroy left, purge included', async () => {
    const f = await filled()
    const back = f.b.inject(refusing('UNREACHABLE', { operations: ['replace'] }))
    const stay = f.c.inject(refusing('UNREACHABLE', { operations: ['purge'] }))
    await rejection(f.store.destroy(name, { revision: 1 }), 'DESTROY_INCOMPLETE')
    back()
    stay()
    for (const { calls } of f.locations) calls.length = 0
    expect(wrote(await f.reopen().repair())).to.deep.equal(['1 b destroyed'])
    for (const { calls } of f.locations) expect(calls).to.include('purge')
    await expectConverged(f)
  })

  it('brings a tombstone back to an arbiter that was restored from a backup', async () => {
    for (const revision of [1, 2, 3]) {
      const f = await filled()
      const old = blobAt(f.a, revision)
      await f.store.destroy(name, { revision })
      f.a.memory.blobs.get(name)!.set(revision, old)
      const tombstone = digestAt(f.b, revision)
      const keyless = await f.reopen({ keyring: new BrokenKeyring() }).repair()
      expect(wrote(keyless)).to.deep.equal([])
      expect(keyless.left).to.have.length(2)
      expect(wrote(await f.reopen().repair())).to.deep.equal([`${revision} a destroyed`])
      expect(digestAt(f.a, revision)).to.equal(tombstone)
      await expectConverged(f)
      // The arbiter lost the revision, and one replica still has the blob.
      f.a.memory.blobs.get(name)!.delete(revision)
      f.c.memory.blobs.get(name)!.set(revision, old)
      expect(wrote(await f.reopen().repair())).to.deep.equal([
        `${revision} a adopted`,
        `${revision} c destroyed`,
      ])
      await expectConverged(f)
    }
  })

  it('restores what follows a destroyed revision', async () => {
    const f = await filled()
    await f.store.destroy(name, { revision: 2 })
    f.a.damage(name, 3, -100)
    expect(wrote(await f.reopen().repair())).to.deep.equal(['3 a replaced'])
    await expectConverged(f)
  })

  it('adopts one of two tombstones for the same blob', async () => {
    const f = await filled()
    const twin = fixture({ suite: 'unsigned', keyring: f.keyring })
    for (const { memory } of twin.locations) memory.blobs.set(name, new Map(f.a.memory.blobs.get(name)))
    await twin.store.destroy(name, { revision: 3 })
    await f.store.destroy(name, { revision: 3 })
    f.a.memory.blobs.get(name)!.delete(3)
    f.c.memory.blobs.get(name)!.set(3, blobAt(twin.c, 3))
    const actions = wrote(await f.reopen().repair())
    expect(actions[0]).to.equal('3 a adopted')
    expect(actions[1]).to.match(/^3 [bc] replaced$/)
    await expectConverged(f)
  })

  it('acts on no tombstone whose own predecessor is not the arbiter’s', async () => {
    for (const atArbiter of [false, true]) {
      const f = await filled()
      const old = blobAt(f.a, 3)
      await f.store.destroy(name, { revision: 3 })
      const fork = await forkOf(f, 2)
      for (const { memory } of f.locations) memory.blobs.get(name)!.set(2, fork)
      const stale = atArbiter ? f.b : f.a
      stale.memory.blobs.get(name)!.set(3, old)
      const report = wrote(await f.reopen().repair())
      expect(report).to.deep.equal(atArbiter ? ['3 b fork-saved', '3 b replaced'] : [])
      if (!atArbiter) expect(digestAt(f.a, 3)).to.equal(old.digest)
    }
  })

  it('restores a damaged tombstone of the arbiter, never the blob it had destroyed', async () => {
    for (const attested of [false, true]) {
      const f = await filled()
      const old = blobAt(f.a, 2)
      await f.store.destroy(name, { revision: 2 })
      f.c.memory.blobs.get(name)!.set(2, old)
      const tombstone = digestAt(f.a, 2)
      f.a.damage(name, 2, -100)
      if (attested) f.a.attest(name, 2)
      await f.reopen().repair()
      expect(f.locations.map((location) => digestAt(location, 2))).to.deep.equal(Array(3).fill(tombstone))
      await expectConverged(f)
    }
  })

  it('never spreads a tombstone that is forged or belongs elsewhere', async () => {
    const f = await filled()
    const rightful = digestAt(f.a, 3)
    // Of another store with the same key.
    const other = fixture({ suite: 'unsigned', keyring: f.keyring, id: 'other' })
    for (const value of ['one', 'two', 'three']) await other.store.put(name, value)
    await other.store.destroy(name, { revision: 3 })
    // Sealed for this slot and this blob, then changed.
    const own = fixture({ suite: 'unsigned', keyring: f.keyring })
    for (const revision of [1, 2, 3])
      for (const { memory } of own.locations)
        memory.blobs.set(
          name,
          new Map([...(memory.blobs.get(name) ?? []), [revision, blobAt(f.a, revision)]]),
        )
    await own.store.destroy(name, { revision: 3 })
    own.b.damage(name, 3, -100)
    own.b.attest(name, 3)
    for (const forged of [blobAt(other.a, 3), blobAt(own.b, 3)]) {
      f.b.memory.blobs.get(name)!.set(3, forged)
      expect((await f.reopen().get(name, { freshness: 'all' })).digest).to.equal(rightful)
      expect(wrote(await f.reopen().repair())).to.deep.equal(['3 b fork-saved', '3 b replaced'])
      expect(f.locations.map((location) => digestAt(location, 3))).to.deep.equal(Array(3).fill(rightful))
    }
    await expectConverged(f)
  })

  it('neither follows nor removes a true tombstone that the arbiter’s chain does not confirm', async () => {
    const f = await filled()
    const held = fixture({ suite: 'unsigned', keyring: f.keyring })
    for (const { memory } of held.locations) memory.blobs.set(name, new Map(f.a.memory.blobs.get(name)))
    await held.store.destroy(name, { revision: 2 })
    f.b.memory.blobs.get(name)!.set(2, blobAt(held.b, 2))
    // What came after at the arbiter names neither.
    const fork = await forkOf(f, 3)
    for (const { memory } of f.locations) memory.blobs.get(name)!.set(3, fork)
    const before = digestAt(f.a, 2)
    const report = await f.reopen().repair()
    expect(wrote(report)).to.deep.equal([])
    expect(report.left.map(({ revision, location }) => `${revision} ${location}`)).to.deep.equal(['2 b'])
    expect(digestAt(f.a, 2)).to.equal(before)
  })

  it('lets the arbiter’s tombstone take the place of another for the same blob', async () => {
    const f = await filled()
    const twin = fixture({ suite: 'unsigned', keyring: f.keyring })
    for (const { memory } of twin.locations) memory.blobs.set(name, new Map(f.a.memory.blobs.get(name)))
    await twin.store.destroy(name, { revision: 2 })
    await f.store.destroy(name, { revision: 2 })
    f.c.memory.blobs.get(name)!.set(2, blobAt(twin.c, 2))
    expect(wrote(await f.reopen().repair())).to.deep.equal(['2 c replaced'])
    expect(f.locations.flatMap(forks)).to.deep.equal([])
    await expectConverged(f)
  })

  it('sees a chain that names a tombstone, or what it destroyed, and no other', async () => {
    const f = await filled()
    await f.store.destroy(name, { revision: 3 })
    await f.store.put(name, 'four')
    await f.store.destroy(name, { revision: 2 })
    expect(await f.reopen().verify({ open: true })).to.include({ clean: true })
    const other = sealedBlob((await forkOf(f, 2)).bytes)
    for (const { memory } of f.locations)
      memory.blobs.get(name)!.set(2, {
        bytes: await other.bytes(),
        digest: other.digest,
        versionToken: 'other',
      })
    const report = await f.reopen().verify({ open: true })
    expect(report.unopened.map(({ revision, code }) => `${revision} ${code}`)).to.deep.equal([
      '2 BINDING_MISMATCH',
      '3 BINDING_MISMATCH',
    ])
  })
})

describe('store: put, when what it wrote is destroyed before it knows', () => {
  it('makes no second revision of it, and does not say that nothing was written', async () => {
    for (const plaintext of ['four', pieces(Buffer.from('four')).open()]) {
      const f = await filled()
      f.a.inject({
        operations: ['create'],
        times: 1,
        async run(pass, operation) {
          await pass()
          await f.unfaulted().destroy(name, { revision: 4 })
          throw new BackendError('OUTCOME_UNKNOWN', 'Injected.', { backend: 'a', operation, retryable: true })
        },
      })
      await rejection(f.store.put(name, plaintext), 'DESTROYED')
      expect([...f.a.memory.blobs.get(name)!.keys()]).to.deep.equal([1, 2, 3, 4])
    }
  })
})
