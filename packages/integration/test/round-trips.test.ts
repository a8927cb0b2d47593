import { createStore, type Receipt, type Store } from '@sealring/core'
import { rawAesKeyring } from '@sealring/core/keyring'
import { expect } from 'chai'
import { before, describe, it } from 'mocha'
import { countedLocations, type Cost } from './counted-locations.js'

const keyring = rawAesKeyring({ namespace: 'round-trips', name: 'key', key: Buffer.alloc(32, 7) })
const creations = ['create a', 'create b, create c']

describe('round trips of a store over three locations, a being the arbiter', () => {
  const { locations, costOf } = countedLocations(['a', 'b', 'c'])
  /** Another process, which has read the manifests. */
  async function another(): Promise<Store> {
    const store = createStore({ id: 'round-trips', keyring, locations })
    await store.put('another', 'x')
    return store
  }
  let store: Store
  let receipt: Receipt
  let first: Cost
  before(async () => {
    store = createStore({ id: 'round-trips', keyring, locations })
    first = await costOf(() => store.put('name', 'first'))
    receipt = await store.put('name', 'second')
  })

  it('of the first put ever: manifests, and whether the arbiter creates conditionally', () => {
    expect(first).to.deep.equal({
      rounds: [
        'readSidecar a, readSidecar b, readSidecar c',
        'createSidecar a',
        'createSidecar a',
        'readSidecar a',
        'deleteSidecar a',
        'createSidecar a',
        'createSidecar b, createSidecar c',
        'latest a',
        'latest b, latest c',
        ...creations,
      ],
    })
  })

  it('of the first put of a process', async () => {
    const fresh = createStore({ id: 'round-trips', keyring, locations })
    expect(await costOf(() => fresh.put('name', 'third'))).to.deep.equal({
      rounds: ['readSidecar a, readSidecar b, readSidecar c', 'latest a', 'latest b, latest c', ...creations],
    })
  })

  it('of a put to a name of which the process has seen nothing', async () => {
    const fresh = await another()
    for (const name of ['name', 'new'])
      expect(await costOf(() => fresh.put(name, 'fourth')), name).to.deep.equal({
        rounds: ['latest a', 'latest b, latest c', ...creations],
      })
  })

  it('of a put to a name that it knows', async () => {
    expect(await costOf(() => store.put('name', 'fifth'))).to.deep.equal({
      rounds: ['latest a', ...creations],
    })
  })

  it('of a get of a known revision, also by a process that has seen nothing', async () => {
    const fresh = createStore({ id: 'round-trips', keyring, locations })
    for (const each of [store, fresh])
      expect(await costOf(() => each.get('name', { revision: 1 }))).to.deep.equal({ rounds: ['read a'] })
  })

  it('of a get of the latest, by each freshness', async () => {
    const rows = [
      ['nearest', ['latest a', 'read a']],
      ['arbiter', ['latest a', 'read a']],
      ['all', ['latest a, latest b, latest c', 'read a']],
    ] as const
    for (const [freshness, rounds] of rows)
      expect(await costOf(() => store.get('name', { freshness })), freshness).to.deep.equal({ rounds })
  })

  it('of a get of what is not there', async () => {
    // The nearest location that has it serves; so each is asked before it is absent, one after the other.
    expect(await costOf(() => store.get('absent'))).to.deep.equal({
      rounds: ['latest a', 'latest b', 'latest c'],
      code: 'NOT_FOUND',
    })
    expect(await costOf(() => store.get('absent', { freshness: 'arbiter' }))).to.deep.equal({
      rounds: ['latest a'],
      code: 'NOT_FOUND',
    })
  })

  it('of stat, history and complete', async () => {
    const rows: readonly [string, () => Promise<unknown>, readonly string[]][] = [
      ['stat', () => store.stat('name'), ['latest a', 'stat b, stat c']],
      ['stat of a revision', () => store.stat('name', { revision: 1 }), ['stat a, stat b, stat c']],
      ['history', () => store.history('name'), ['revisions a']],
      ['complete', () => store.complete(receipt), ['stat a', 'read a', 'create b, create c']],
    ]
    for (const [what, work, rounds] of rows) expect(await costOf(work), what).to.deep.equal({ rounds })
  })

  it('of destroy, once and again', async () => {
    const destroy = () => store.destroy('name', { revision: 1 })
    expect(await costOf(destroy)).to.deep.equal({
      rounds: [
        'stat a',
        'read a',
        'replace a',
        'listSidecars a, stat b, stat c',
        'purge a, replace b, replace c',
        'listSidecars b, listSidecars c',
        'purge b, purge c',
      ],
    })
    expect(await costOf(destroy)).to.deep.equal({
      rounds: [
        'stat a',
        'read a',
        'listSidecars a, stat b, stat c',
        'listSidecars b, listSidecars c, purge a',
        'purge b, purge c',
      ],
    })
  })
})
