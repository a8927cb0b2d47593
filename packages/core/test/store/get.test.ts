import { describe, it } from 'mocha'
import { expect } from 'chai'
import { failuresIn } from './details.js'
import { refusing } from './faulty-backend.js'
import { BrokenKeyring, fixture, rawAesKeyring, type Fixture, type TestLocation } from './fixture.js'
import { rejection } from './rejection.js'

const name = 'billing/db-password'
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8')
const codes = (failures: readonly { location: string; code: string }[]) =>
  failures.map(({ location, code }) => `${location} ${code}`)

/** Three locations with two revisions each. */
async function filled(): Promise<Fixture> {
  const f = fixture({ suite: 'unsigned' })
  await f.store.put(name, 'one', { context: { env: 'prod' } })
  await f.store.put(name, 'two', { context: { env: 'prod' } })
  return f
}

const forget = ({ memory }: TestLocation, revision: number) => memory.blobs.get(name)!.delete(revision)

describe('store: get', () => {
  it('reads the latest from the nearest, and asks nobody else', async () => {
    const f = await filled()
    for (const { calls } of f.locations) calls.length = 0
    const entry = await f.reopen().get(name)
    expect(text(entry.plaintext)).to.equal('two')
    expect(entry).to.include({ name, revision: 2, servedBy: 'a' })
    expect(entry.context).to.deep.equal({ env: 'prod' })
    expect(entry.failures).to.deep.equal([])
    expect(f.locations.map(({ calls }) => calls)).to.deep.equal([['latest', 'read'], [], []])
  })

  it('reads a revision by its number with one call', async () => {
    const f = await filled()
    for (const { calls } of f.locations) calls.length = 0
    expect(text((await f.reopen().get(name, { revision: 1 })).plaintext)).to.equal('one')
    expect(f.locations.map(({ calls }) => calls)).to.deep.equal([['read'], [], []])
  })

  it('falls back on copies that are out of reach, absent or damaged', async () => {
    const f = await filled()
    f.a.inject(refusing('UNREACHABLE'))
    f.b.damage(name, 2)
    const entry = await f.reopen().get(name)
    expect(entry).to.include({ revision: 2, servedBy: 'c' })
    expect(codes(entry.failures)).to.deep.equal(['a UNREACHABLE', 'b BLOB_DAMAGED'])
    const byNumber = await f.reopen().get(name, { revision: 2 })
    expect(codes(byNumber.failures)).to.deep.equal(['a UNREACHABLE', 'b BLOB_DAMAGED'])
    f.b.memory.blobs.clear()
    expect(codes((await f.reopen().get(name)).failures)).to.deep.equal(['a UNREACHABLE', 'b COPY_MISSING'])
  })

  it('looks for a damaged latest elsewhere instead of serving an older revision', async () => {
    const f = await filled()
    f.a.damage(name, 2)
    forget(f.b, 2)
    const entry = await f.reopen().get(name)
    expect(entry).to.include({ revision: 2, servedBy: 'c' })
    expect(codes(entry.failures)).to.deep.equal(['a BLOB_DAMAGED', 'b COPY_STALE'])
    f.c.damage(name, 2)
    const error = await rejection(f.reopen().get(name), 'UNREADABLE')
    expect(failuresIn(error)).to.include.members(['a BLOB_DAMAGED', 'c BLOB_DAMAGED'])
    expect(error.cause).to.be.instanceOf(AggregateError)
    expect(text((await f.reopen().get(name, { revision: 1 })).plaintext)).to.equal('one')
  })

  it('refuses damage that the location does not notice: bytes and record changed together', async () => {
    const f = await filled()
    f.a.damage(name, 2)
    f.a.attest(name, 2)
    const entry = await f.reopen().get(name)
    expect(entry).to.include({ revision: 2, servedBy: 'b' })
    expect(entry.failures[0]).to.include({ location: 'a', operation: 'open' })
    expect(await f.reopen().get(name, { freshness: 'arbiter' })).to.include({ revision: 2, servedBy: 'b' })
  })

  it('ignores what a replica plants above the arbiter, whether it comes first or not', async () => {
    for (const order of [
      ['b', 'a', 'c'],
      ['a', 'b', 'c'],
    ]) {
      const f = await filled()
      const planted = { ...f.b.memory.blobs.get(name)!.get(1)! }
      f.b.memory.blobs.get(name)!.set(900, planted)
      const locations = order.map((id) => f.backends.find((backend) => backend.id === id)!)
      for (const freshness of ['nearest', 'arbiter', 'all'] as const) {
        const entry = await f.reopen({ locations, arbiter: 'a' }).get(name, { freshness })
        expect(entry.revision).to.equal(2)
      }
    }
  })

  it('finds the latest as freshness says', async () => {
    const f = await filled()
    forget(f.b, 2)
    const locations = [f.b.backend, f.c.backend, f.a.backend]
    const store = () => f.reopen({ locations, arbiter: 'a' })
    expect(await store().get(name)).to.include({ revision: 1, servedBy: 'b' })
    expect(await store().get(name, { freshness: 'arbiter' })).to.include({ revision: 2, servedBy: 'c' })
    expect(await store().get(name, { freshness: 'all' })).to.include({ revision: 2, servedBy: 'c' })
    f.a.inject(refusing('UNREACHABLE'))
    await rejection(store().get(name, { freshness: 'arbiter' }), 'UNDETERMINED')
    expect(await store().get(name, { freshness: 'all' })).to.include({ revision: 2, servedBy: 'c' })
  })

  it('never goes back behind what it acknowledged or returned', async () => {
    const f = await filled()
    const locations = [f.b.backend, f.a.backend]
    const store = f.reopen({ locations, arbiter: 'a' })
    expect((await store.get(name)).revision).to.equal(2)
    forget(f.b, 2)
    expect(await store.get(name)).to.include({ revision: 2, servedBy: 'a' })
    const restore = f.a.inject(refusing('UNREACHABLE'))
    await rejection(store.get(name), 'STALE')
    await rejection(store.get(name, { freshness: 'all' }), 'STALE')
    restore()
    forget(f.a, 2)
    for (const freshness of ['nearest', 'arbiter', 'all'] as const)
      await rejection(store.get(name, { freshness }), 'ROLLBACK')
    await rejection(store.get(name, { revision: 2 }), 'ROLLBACK')
    f.a.memory.blobs.clear()
    await rejection(store.get(name), 'ROLLBACK')
    expect((await f.reopen().get(name, { freshness: 'all' })).revision).to.equal(2)
  })

  it('does not serve another blob at a revision that it has seen', async () => {
    const f = await filled()
    const fork = fixture({ suite: 'unsigned', keyring: f.keyring })
    await fork.store.put(name, 'one')
    await fork.store.put(name, 'fork')
    for (const location of f.locations)
      location.memory.blobs.get(name)!.set(2, fork.a.memory.blobs.get(name)!.get(2)!)
    expect(text((await f.reopen().get(name)).plaintext)).to.equal('fork')
    await rejection(f.store.get(name), 'TAMPERED')
    await rejection(f.store.get(name, { revision: 2 }), 'TAMPERED')
  })

  it('takes the word of the arbiter, and only that, for NOT_FOUND', async () => {
    const f = await filled()
    await rejection(f.store.get('nobody'), 'NOT_FOUND')
    await rejection(f.reopen().get('nobody', { freshness: 'all' }), 'NOT_FOUND')
    await rejection(f.reopen().get(name, { revision: 3 }), 'NOT_FOUND')
    f.a.inject(refusing('UNREACHABLE'))
    await rejection(f.store.get('nobody'), 'UNDETERMINED')
    await rejection(f.reopen().get(name, { revision: 3 }), 'UNDETERMINED')
    for (const location of f.locations) location.inject(refusing('UNREACHABLE'))
    const error = await rejection(f.reopen().get(name), 'UNDETERMINED')
    expect(failuresIn(error)).to.deep.equal(['a UNREACHABLE', 'b UNREACHABLE', 'c UNREACHABLE'])
  })

  it('does not believe an arbiter that lost its manifest', async () => {
    const f = await filled()
    f.a.memory.blobs.clear()
    f.a.memory.sidecars.clear()
    await rejection(f.reopen().get('nobody'), 'UNDETERMINED')
    await rejection(fixture().store.get('nobody'), 'NOT_FOUND')
  })

  it('requires the pairs that the caller asks for', async () => {
    const f = await filled()
    expect((await f.store.get(name, { context: { env: 'prod' } })).revision).to.equal(2)
    await rejection(f.store.get(name, { context: { env: 'test' } }), 'CONTEXT_MISMATCH')
    await rejection(f.store.get(name, { context: { region: 'x' } }), 'CONTEXT_MISMATCH')
  })

  it('does not blame the copies when the key can not be had', async () => {
    const f = await filled()
    const down = f.reopen({ keyring: new BrokenKeyring() })
    const error = await rejection(down.get(name), 'DATA_KEY_NOT_UNWRAPPED')
    expect(error.cause).to.be.instanceOf(Error)
    await rejection(down.get(name, { revision: 1 }), 'DATA_KEY_NOT_UNWRAPPED')
    await rejection(f.reopen({ keyring: rawAesKeyring() }).get(name), 'NO_DATA_KEY')
    f.a.inject(refusing('UNREACHABLE'))
    await rejection(down.get(name), 'DATA_KEY_NOT_UNWRAPPED')
  })

  it('refuses unsigned entries when the store was opened for signed ones', async () => {
    const f = await filled()
    const error = await rejection(f.reopen({ suite: 'signed' }).get(name), 'UNREADABLE')
    expect(failuresIn(error)).to.include('a SUITE_NOT_ALLOWED')
    const signed = fixture({ suite: 'signed' })
    await signed.store.put(name, 'x')
    expect((await signed.reopen({ suite: 'unsigned' }).get(name)).revision).to.equal(1)
  })

  it('stops reading a body that goes on beyond its size', async () => {
    const f = await filled()
    f.a.inject({
      operations: ['read'],
      async run(pass) {
        const blob = await pass()
        return {
          ...(typeof blob === 'object' ? blob : undefined),
          body: (async function* () {
            for (;;) yield new Uint8Array(65_536)
          })(),
        }
      },
    })
    const entry = await f.reopen().get(name)
    expect(codes(entry.failures)).to.deep.equal(['a BLOB_DAMAGED'])
  })

  it('rejects with the reason of the signal', async () => {
    const f = await filled()
    const reason = new Error('enough')
    const controller = new AbortController()
    f.a.inject({
      run() {
        controller.abort(reason)
        return Promise.reject(reason)
      },
    })
    const error = await f.store.get(name, { signal: controller.signal }).catch((e: unknown) => e)
    expect(error).to.equal(reason)
  })

  it('refuses bad arguments', async () => {
    const { store } = fixture()
    await rejection(store.get('a//b'), 'INVALID_NAME')
    await rejection(store.get(name, { revision: 0 }), 'INVALID_REVISION')
    // @ts-expect-error no such freshness
    await rejection(store.get(name, { freshness: 'soon' }), 'INVALID_ARGUMENT')
  })

  it('serves a hundred reads with a dead nearest location', async () => {
    const f = await filled()
    f.a.inject(refusing('UNREACHABLE'))
    const store = f.reopen()
    for (let index = 0; index < 100; index++) expect((await store.get(name)).servedBy).to.equal('b')
  })
})

describe('store: swapped blobs', () => {
  it('refuses every exchange between names, revisions and stores', async () => {
    const keyring = rawAesKeyring()
    const here = fixture({ keyring })
    const there = fixture({ keyring, id: 'elsewhere' })
    const slots: { f: Fixture; name: string; revision: number }[] = []
    for (const f of [here, there])
      for (const each of ['x', 'y']) {
        await f.store.put(each, 'one')
        await f.store.put(each, 'two')
        slots.push({ f, name: each, revision: 1 }, { f, name: each, revision: 2 })
      }
    const blobs = slots.map((slot) => slot.f.a.memory.blobs.get(slot.name)!.get(slot.revision)!)
    let refused = 0
    for (const [to, slot] of slots.entries())
      for (const [from, blob] of blobs.entries()) {
        if (from === to) continue
        for (const location of slot.f.locations)
          location.memory.blobs.get(slot.name)!.set(slot.revision, blob)
        const error = await rejection(
          slot.f.reopen().get(slot.name, { revision: slot.revision }),
          'UNREADABLE',
        )
        expect(failuresIn(error)).to.deep.equal(['a', 'b', 'c'].map((id) => `${id} BINDING_MISMATCH`))
        for (const location of slot.f.locations)
          location.memory.blobs.get(slot.name)!.set(slot.revision, blobs[to]!)
        refused += 1
      }
    expect(refused).to.equal(56)
    expect((await here.reopen().get('x')).revision).to.equal(2)
  })
})
