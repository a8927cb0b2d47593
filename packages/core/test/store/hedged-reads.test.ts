import { getEventListeners } from 'node:events'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { createStore, memoryBackend } from '@sealring/core'
import type { Backend, CallOptions, Store } from '@sealring/core'
import { refusing } from './faulty-backend.js'
import { fixture, type Fixture, type TestLocation } from './fixture.js'
import { rejection } from './rejection.js'

const name = 'billing/db-password'
const codes = (failures: readonly { location: string; code: string }[]) =>
  failures.map(({ location, code }) => `${location} ${code}`)

/** The same location, each of whose reads begins so many milliseconds late, or never; how many were cut short. */
function slow({ backend, memory }: TestLocation, milliseconds: number) {
  const inner = memoryBackend({ id: backend.id, location: memory })
  const counts = { asked: 0, cut: 0 }
  const late = async (options: CallOptions | undefined): Promise<void> => {
    counts.asked += 1
    try {
      await sleep(milliseconds, undefined, options?.signal && { signal: options.signal })
    } catch {
      counts.cut += 1
      throw options?.signal?.reason
    }
  }
  const slowed: Backend = {
    ...inner,
    latest: (given, options) => late(options).then(() => inner.latest(given, options)),
    stat: (slot, options) => late(options).then(() => inner.stat(slot, options)),
    read: (slot, options) => late(options).then(() => inner.read(slot, options)),
  }
  return { slowed, counts }
}

async function filled(): Promise<Fixture> {
  const f = fixture({ suite: 'unsigned' })
  await f.store.put(name, 'one')
  await f.store.put(name, 'two')
  return f
}

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1]!

describe('store: hedged reads', () => {
  it('a location that is dead fails no get of a thousand', async () => {
    const f = fixture({ suite: 'unsigned' })
    const locations = [f.a.backend, f.b.backend]
    const store = f.reopen({ locations })
    await store.put(name, 'one')
    f.a.inject(refusing('UNREACHABLE'))
    for (let n = 0; n < 1000; n += 1) {
      const entry = await store.get(name)
      expect([entry.servedBy, ...codes(entry.failures)]).to.deep.equal(['b', 'a UNREACHABLE'])
    }
  })

  it('a location that answers five seconds late makes no get of a hundred late', async () => {
    const f = await filled()
    const { slowed, counts } = slow(f.a, 5000)
    const store = f.reopen({ locations: [slowed, f.b.backend], arbiter: 'a' })
    const took: number[] = []
    const one = async (): Promise<void> => {
      const began = performance.now()
      const entry = await store.get(name)
      took.push(performance.now() - began)
      expect(entry).to.include({ revision: 2, servedBy: 'b' })
      expect(codes(entry.failures)).to.deep.equal(['a COPY_SLOW'])
    }
    for (let round = 0; round < 5; round += 1) await Promise.all(Array.from({ length: 20 }, one))
    // The wait of 200 ms, and a wide margin for a busy machine: far from 5000.
    expect(percentile(took, 0.99)).to.be.within(190, 2000)
    await turn()
    expect(counts).to.deep.equal({ asked: 100, cut: 100 })
  })

  it('waits as long as it is told before it asks the next, and not at all when the first one fails', async () => {
    const f = await filled()
    const { slowed } = slow(f.a, 60_000)
    const ask = (hedgeAfter: number): Promise<unknown> =>
      f.reopen({ locations: [slowed, f.b.backend, f.c.backend], arbiter: 'a', hedgeAfter }).get(name)
    const signal = AbortSignal.timeout(50)
    const store = f.reopen({ locations: [slowed, f.b.backend], arbiter: 'a', hedgeAfter: 60_000 })
    f.b.calls.length = 0
    await store.get(name, { signal }).then(
      () => expect.fail('it was served'),
      (error: unknown) => expect(error).to.equal(signal.reason),
    )
    expect(f.b.calls).to.deep.equal([])
    await ask(0)
    f.a.inject(refusing('UNREACHABLE'))
    const patient = f.reopen({ hedgeAfter: 60_000 })
    expect(await patient.get(name)).to.include({ servedBy: 'b' })
  })

  it('asks all at once with 0, and serves a given revision likewise', async () => {
    const f = await filled()
    const { slowed, counts } = slow(f.a, 60_000)
    const locations = [slowed, f.b.backend, f.c.backend]
    const store = f.reopen({ locations, arbiter: 'a', hedgeAfter: 0 })
    for (const { calls } of f.locations) calls.length = 0
    const entry = await store.get(name, { revision: 1 })
    expect(entry).to.include({ revision: 1, servedBy: 'b' })
    expect(entry.failures.map(({ code }) => code)).to.include('COPY_SLOW')
    expect([f.b.calls, f.c.calls]).to.deep.equal([['read'], ['read']])
    await turn()
    expect(counts).to.deep.equal({ asked: 1, cut: 1 })
  })

  it('never asks a second one with false, while the first one takes its time', async () => {
    const f = await filled()
    const { slowed, counts } = slow(f.a, 300)
    const store = f.reopen({ locations: [slowed, f.b.backend], arbiter: 'a', hedgeAfter: false })
    f.b.calls.length = 0
    expect(await store.get(name)).to.include({ revision: 2, servedBy: 'a' })
    expect(f.b.calls).to.deep.equal([])
    expect(counts).to.deep.equal({ asked: 2, cut: 0 })
  })

  it('does not serve an older revision than one that a slow location has already named', async () => {
    const f = await filled()
    f.b.memory.blobs.get(name)!.delete(2)
    const reads = slow(f.a, 400)
    const inner = memoryBackend({ id: 'a', location: f.a.memory })
    const named: Backend = { ...reads.slowed, latest: (...given) => inner.latest(...given) }
    const store = f.reopen({ locations: [named, f.b.backend], arbiter: 'a', hedgeAfter: 20 })
    const entry = await store.get(name)
    expect(entry).to.include({ revision: 2, servedBy: 'a' })
    expect(codes(entry.failures)).to.deep.equal(['b COPY_STALE'])
  })

  it('keeps to what it has seen, however slow the one that has it is', async () => {
    const f = await filled()
    const { slowed } = slow(f.a, 100)
    const store = f.reopen({ locations: [slowed, f.b.backend], arbiter: 'a', hedgeAfter: 1 })
    await store.get(name)
    f.b.memory.blobs.get(name)!.delete(2)
    expect(await store.get(name)).to.include({ revision: 2, servedBy: 'a' })
  })

  it('fails when all fail, the slow one too, with each one’s reason', async () => {
    const f = await filled()
    const { slowed } = slow(f.a, 100)
    f.a.damage(name, 2)
    f.b.damage(name, 2)
    const store = f.reopen({ locations: [slowed, f.b.backend], arbiter: 'a', hedgeAfter: 1 })
    const error = await rejection(store.get(name), 'UNREADABLE')
    expect(error.details).to.have.property('failures').that.has.length.of.at.least(2)
  })

  it('leaves no timer and no listener behind', async () => {
    const f = await filled()
    const { signal } = new AbortController()
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
    // Of other tests, and of mocha.
    const before = timers()
    await f.reopen().get(name, { signal })
    expect(getEventListeners(signal, 'abort')).to.have.lengthOf(0)
    expect(timers()).to.be.at.most(before)
  })

  it('refuses a wait that is none', async () => {
    const f = await filled()
    for (const hedgeAfter of [-1, Number.NaN, Infinity, 2 ** 31])
      expect(() => f.reopen({ hedgeAfter })).to.throw(/hedgeAfter/)
    const store: Store = createStore({ id: 'test', keyring: f.keyring, locations: f.backends, hedgeAfter: 0 })
    expect(store.id).to.equal('test')
  })
})
