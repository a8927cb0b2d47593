import { describe, it } from 'mocha'
import { expect } from 'chai'
import { BackendError, type Listing } from '@sealring/core'
import { refusing } from './faulty-backend.js'
import { fixture } from './fixture.js'
import { rejection } from './rejection.js'

async function namesOf(listing: Listing): Promise<string[]> {
  const names: string[] = []
  for await (const name of listing) names.push(name)
  return names.toSorted()
}

describe('store: list', () => {
  it('lists what the arbiter has, by prefix', async () => {
    const f = fixture({ suite: 'unsigned' })
    for (const name of ['a/1', 'a/2', 'b/1']) await f.store.put(name, 'x')
    const listing = f.store.list()
    expect(listing.report.complete).to.equal(false)
    expect(await namesOf(listing)).to.deep.equal(['a/1', 'a/2', 'b/1'])
    expect(listing.report).to.deep.equal({ complete: true, failures: [] })
    expect(await namesOf(f.store.list({ prefix: 'a/' }))).to.deep.equal(['a/1', 'a/2'])
    const fresh = fixture().store.list()
    expect(await namesOf(fresh)).to.deep.equal([])
    expect(fresh.report.complete).to.equal(true)
  })

  it('joins what the others have while the arbiter is away', async () => {
    const f = fixture({ suite: 'unsigned' })
    for (const name of ['a', 'b', 'c']) await f.store.put(name, 'x')
    f.b.memory.blobs.delete('a')
    f.c.memory.blobs.delete('b')
    const restore = f.a.inject(refusing('UNREACHABLE'))
    const listing = f.reopen().list()
    expect(await namesOf(listing)).to.deep.equal(['a', 'b', 'c'])
    expect(listing.report.complete).to.equal(false)
    expect(listing.report.failures[0]).to.include({ location: 'a', operation: 'names', code: 'UNREACHABLE' })
    restore()
    for (const location of f.locations) location.inject(refusing('UNREACHABLE'))
    await rejection(namesOf(f.store.list()), 'UNDETERMINED')
  })

  it('goes on with the others when the arbiter breaks off, each name once', async () => {
    const f = fixture({ suite: 'unsigned' })
    for (const name of ['a', 'b', 'c']) await f.store.put(name, 'x')
    let page = 0
    f.a.inject({
      operations: ['names'],
      run() {
        page += 1
        if (page === 1) return Promise.resolve({ items: ['a'], cursor: 'more' })
        return Promise.reject(new BackendError('THROTTLED', 'x', { backend: 'a', operation: 'names' }))
      },
    })
    const listing = f.store.list()
    expect(await namesOf(listing)).to.deep.equal(['a', 'b', 'c'])
    expect(listing.report.complete).to.equal(false)
  })

  it('does not follow a cursor that leads back to itself', async () => {
    const f = fixture({ suite: 'unsigned' })
    await f.store.put('a', 'x')
    f.a.inject({
      operations: ['names'],
      run: () => Promise.resolve({ items: ['a'], cursor: 'same' }),
    })
    const listing = f.store.list()
    expect(await namesOf(listing)).to.deep.equal(['a'])
    expect(listing.report.failures[0]).to.include({ code: 'BACKEND_FAILED' })
  })
})

describe('store: history', () => {
  it('is what the arbiter holds', async () => {
    const f = fixture({ suite: 'unsigned' })
    const receipts = [await f.store.put('a', 'one'), await f.store.put('a', 'two')]
    const history = await f.store.history('a')
    expect(history).to.deep.equal({
      name: 'a',
      revisions: receipts.map(({ revision, digest, size }) => ({ revision, digest, size })),
      servedBy: 'a',
      failures: [],
    })
    await rejection(f.store.history('nobody'), 'NOT_FOUND')
  })

  it('comes from another location while the arbiter is away, and says so', async () => {
    const f = fixture({ suite: 'unsigned' })
    await f.store.put('a', 'one')
    f.a.inject(refusing('UNREACHABLE'))
    const history = await f.reopen().history('a')
    expect(history.servedBy).to.equal('b')
    expect(history.failures[0]).to.include({ location: 'a', code: 'UNREACHABLE' })
    await rejection(f.reopen().history('nobody'), 'UNDETERMINED')
  })
})
