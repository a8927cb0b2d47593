import { describe, it } from 'mocha'
import { expect } from 'chai'
import { refusing } from './faulty-backend.js'
import { fixture, type Fixture } from './fixture.js'
import { rejection } from './rejection.js'

const name = 'app/x'

async function filled(): Promise<Fixture> {
  const f = fixture({ suite: 'unsigned' })
  for (const value of ['one', 'two']) await f.store.put(name, value)
  return f
}

/** What the arbiter answers to the next such question arrives after something else was done. */
function delayed(f: Fixture, operation: 'latest' | 'stat' | 'revisions', meanwhile: () => Promise<unknown>) {
  f.a.inject({
    operations: [operation],
    times: 1,
    async run(pass) {
      const answer = await pass()
      await meanwhile()
      return answer
    },
  })
}

describe('store: what a store object learns while the arbiter’s answer is on its way', () => {
  it('does not contradict that answer', async () => {
    const f = await filled()
    const put = () => f.store.put(name, 'meanwhile')
    delayed(f, 'latest', put)
    expect(await f.store.put(name, 'three')).to.include({ revision: 4 })
    delayed(f, 'latest', put)
    expect(await f.store.stat(name)).to.include({ revision: 4 })
    delayed(f, 'stat', put)
    await rejection(f.store.stat(name, { revision: 6 }), 'NOT_FOUND')
    delayed(f, 'stat', put)
    await rejection(f.store.destroy(name, { revision: 7 }), 'ROLLBACK')
    delayed(f, 'revisions', put)
    const { revisions } = await f.store.destroy(name, { all: true })
    expect(revisions.map(({ revision }) => revision)).to.deep.equal([1, 2, 3, 4, 5, 6, 7])
  })

  it('nor does a destroy contradict a completion', async () => {
    const f = await filled()
    const receipt = await f.store.put(name, 'three')
    delayed(f, 'stat', () => f.store.destroy(name, { revision: 3 }))
    await rejection(f.store.complete(receipt), 'UNREADABLE')
  })
})

describe('store: an arbiter whose copy was damaged, and its record with it', () => {
  for (const [what, bitOf] of [
    // With a raw keyring it looks as if the key were missing.
    ['in its context', (bytes: Uint8Array) => 8 * Buffer.from(bytes).indexOf(name)],
    ['in its content', () => -100],
  ] as const)
    it(`${what} is not taken for tampering by who has seen the blob`, async () => {
      const f = await filled()
      const receipt = await f.store.put(name, 'three')
      const seer = f.reopen({ hedgeAfter: false })
      await seer.get(name)
      f.a.damage(name, 3, bitOf(f.a.memory.blobs.get(name)!.get(3)!.bytes))
      f.a.attest(name, 3)
      for (const freshness of ['nearest', 'arbiter', 'all'] as const)
        for (const which of [{}, { revision: 3 }])
          expect(await seer.get(name, { freshness, ...which })).to.include({
            servedBy: 'b',
            digest: receipt.digest,
          })
      await rejection(seer.put(name, 'four'), 'BLOB_DAMAGED')
      await rejection(seer.stat(name), 'BLOB_DAMAGED')
      await rejection(seer.stat(name, { revision: 3 }), 'BLOB_DAMAGED')
      await rejection(seer.complete(receipt), 'BLOB_DAMAGED')
      expect((await seer.repair()).writes).to.deep.include({
        name,
        revision: 3,
        location: 'a',
        action: 'replaced',
      })
      expect(await seer.stat(name)).to.include({ digest: receipt.digest })
      expect(await seer.put(name, 'four')).to.include({ revision: 4 })
    })

  it('and restored while it is judged, is no contradiction either', async () => {
    for (const call of ['get', 'put', 'stat', 'complete'] as const) {
      const f = await filled()
      const receipt = await f.store.put(name, 'three')
      const seer = f.reopen()
      await seer.get(name)
      f.a.damage(name, 3, -100)
      f.a.attest(name, 3)
      delayed(f, call === 'complete' ? 'stat' : 'latest', () => f.unfaulted().repair())
      const calls = {
        get: () => seer.get(name, { freshness: 'arbiter' }),
        put: () => seer.put(name, 'four'),
        stat: () => seer.stat(name),
        complete: () => seer.complete(receipt),
      }
      const outcome = await calls[call]().then(
        ({ digest }) => digest,
        (error: { code: string }) => error.code,
      )
      expect(outcome).to.equal(call === 'get' ? receipt.digest : 'BLOB_DAMAGED')
      expect(await calls[call]()).to.include(call === 'put' ? { revision: 4 } : { digest: receipt.digest })
    }
  })

  it('serves nothing else in its place', async () => {
    const f = await filled()
    const seer = f.reopen()
    await seer.get(name)
    const fork = fixture({ suite: 'unsigned', keyring: f.keyring })
    for (const value of ['one', 'fork']) await fork.store.put(name, value)
    f.a.damage(name, 2, -100)
    f.a.attest(name, 2)
    for (const { memory } of [f.b, f.c])
      memory.blobs.get(name)!.set(2, fork.a.memory.blobs.get(name)!.get(2)!)
    for (const freshness of ['nearest', 'arbiter', 'all'] as const)
      await rejection(seer.get(name, { freshness }), 'UNREADABLE')
  })
})

describe('store: stat, of what was seen', () => {
  it('refuses another blob in its place, and knows its tombstone', async () => {
    const f = await filled()
    const fork = fixture({ suite: 'unsigned', keyring: f.keyring })
    for (const value of ['one', 'fork']) await fork.store.put(name, value)
    const own = f.a.memory.blobs.get(name)!.get(2)!
    f.a.memory.blobs.get(name)!.set(2, fork.a.memory.blobs.get(name)!.get(2)!)
    await rejection(f.store.stat(name), 'TAMPERED')
    await rejection(f.store.stat(name, { revision: 2 }), 'TAMPERED')
    f.a.memory.blobs.get(name)!.set(2, own)
    await f.reopen().destroy(name, { revision: 2 })
    expect(await f.store.stat(name)).to.include({ revision: 2, destroyed: true })
  })

  it('says that it was destroyed where the arbiter has the blob again', async () => {
    const f = await filled()
    const old = f.a.memory.blobs.get(name)!.get(2)!
    await f.store.destroy(name, { revision: 2 })
    f.a.memory.blobs.get(name)!.set(2, old)
    await rejection(f.store.stat(name), 'DESTROYED')
    await rejection(f.store.stat(name, { revision: 2 }), 'DESTROYED')
    for (const freshness of ['nearest', 'arbiter', 'all'] as const)
      await rejection(f.store.get(name, { freshness }), 'DESTROYED')
  })

  it('is UNDETERMINED while that cannot be read', async () => {
    const f = await filled()
    f.a.damage(name, 2, -100)
    f.a.attest(name, 2)
    f.a.inject(refusing('UNREACHABLE', { operations: ['read'] }))
    await rejection(f.store.stat(name), 'UNDETERMINED')
  })
})

describe('store: a revision that the arbiter has lost', () => {
  it('is no revision that never was', async () => {
    const f = await filled()
    await f.store.put(name, 'three')
    f.a.memory.blobs.get(name)!.delete(2)
    for (const store of [f.store, f.reopen()]) {
      await rejection(store.stat(name, { revision: 2 }), 'ROLLBACK')
      await rejection(store.get(name, { revision: 2, freshness: 'arbiter' }), 'ROLLBACK')
      await rejection(store.get(name, { revision: 4, freshness: 'arbiter' }), 'NOT_FOUND')
      for (const freshness of ['nearest', 'all'] as const)
        expect(await store.get(name, { revision: 2, freshness })).to.include({ servedBy: 'b' })
    }
    for (const { memory } of [f.b, f.c]) memory.blobs.get(name)!.delete(2)
    for (const freshness of ['nearest', 'arbiter', 'all'] as const)
      await rejection(f.reopen().get(name, { revision: 2, freshness }), 'ROLLBACK')
  })

  it('stays destroyed where a replica has its tombstone', async () => {
    const f = await filled()
    const old = f.b.memory.blobs.get(name)!.get(1)!
    await f.store.destroy(name, { revision: 1 })
    f.a.memory.blobs.get(name)!.delete(1)
    f.b.memory.blobs.get(name)!.set(1, old)
    await rejection(f.reopen().get(name, { revision: 1, freshness: 'all' }), 'DESTROYED')
  })
})
