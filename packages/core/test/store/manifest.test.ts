import { describe, it } from 'mocha'
import { expect } from 'chai'
import { memoryBackend, memoryLocation, reservedName, type Backend } from '@sealring/core'
import { receiptIn } from './details.js'
import { losingAnswer, refusing } from './faulty-backend.js'
import { fixture, testLocation, type TestLocation } from './fixture.js'
import { rejection } from './rejection.js'

const key = { name: reservedName, revision: 0, kind: 'manifest', id: 'manifest' }

const manifestOf = async ({ backend }: TestLocation) => {
  const bytes = await backend.readSidecar(key)
  return bytes && Buffer.from(bytes).toString('utf8')
}

async function overwrite({ backend }: TestLocation, text: string): Promise<void> {
  await backend.deleteSidecar(key)
  await backend.createSidecar(key, Buffer.from(text, 'utf8'))
}

const sidecarsOf = ({ memory }: TestLocation) =>
  [...memory.sidecars.values()].flatMap((each) => [...each.keys()])

describe('store: manifests', () => {
  it('are created by the first put, in canonical form, and the probe leaves nothing', async () => {
    const f = fixture()
    await f.store.put('x', 'y')
    expect(await manifestOf(f.a)).to.equal('{"arbiter":"a","format":1,"location":"a","store":"test"}')
    expect(await manifestOf(f.c)).to.equal('{"arbiter":"a","format":1,"location":"c","store":"test"}')
    for (const location of f.locations) expect(sidecarsOf(location)).to.deep.equal(['manifest manifest'])
  })

  it('are read once by each store object', async () => {
    const f = fixture()
    await f.store.put('x', 'y')
    for (const { calls } of f.locations) calls.length = 0
    await f.store.put('x', 'z')
    expect(f.locations.map(({ calls }) => calls)).to.deep.equal([
      ['latest', 'create'],
      ['create'],
      ['create'],
    ])
    const other = f.reopen()
    for (const { calls } of f.locations) calls.length = 0
    await other.put('x', 'z')
    // A process that has seen nothing of the name asks whether the replicas contradict the arbiter.
    expect(f.b.calls).to.deep.equal(['readSidecar', 'latest', 'create'])
  })

  it('are not created by reads', async () => {
    const f = fixture()
    await rejection(f.store.get('x'), 'NOT_FOUND')
    for (const location of f.locations) expect(sidecarsOf(location)).to.deep.equal([])
  })

  it('keep clients with differently ordered lists from making two arbiters', async () => {
    const f = fixture()
    await f.store.put('x', 'y')
    const reversed = f.reopen({ locations: f.backends.toReversed() })
    await rejection(reversed.put('x', 'z'), 'ARBITER_MISMATCH')
    await rejection(reversed.repair(), 'ARBITER_MISMATCH')
    await rejection(reversed.get('nobody'), 'ARBITER_MISMATCH')
    expect(f.c.memory.blobs.get('x')!.size).to.equal(1)
    const named = f.reopen({ locations: f.backends.toReversed(), arbiter: 'a' })
    expect(await named.put('x', 'z')).to.include({ revision: 2 })
    expect(await named.get('x')).to.include({ servedBy: 'c' })
  })

  it('are looked for at the replicas as well, before anything is written', async () => {
    const f = fixture()
    await f.store.put('x', 'y')
    const fresh = testLocation('d')
    const moved = f.reopen({ locations: [fresh.backend, f.b.backend] })
    await rejection(moved.put('x', 'z'), 'ARBITER_MISMATCH')
    expect(fresh.memory.blobs.size + fresh.memory.sidecars.size).to.equal(0)
  })

  it('refuse other stores, other locations and what nobody can read', async () => {
    const f = fixture()
    await f.store.put('x', 'y')
    await rejection(f.reopen({ id: 'other' }).put('x', 'z'), 'STORE_MISMATCH')
    const twin = memoryBackend({ id: 'twin', location: f.a.memory })
    await rejection(f.reopen({ locations: [f.a.backend, twin] }).put('x', 'z'), 'LOCATION_MISMATCH')
    for (const text of [
      'nonsense',
      'null',
      '[]',
      '{"format":1}',
      '{"arbiter":"a","format":2,"location":"b","store":"test"}',
      '{"arbiter":"a","format":1,"location":"b","more":1,"store":"test"}',
      '{"arbiter":"a","format":1,"location":7,"store":"test"}',
    ]) {
      await overwrite(f.a, text)
      await rejection(f.reopen().put('x', 'z'), 'MANIFEST_INVALID')
    }
    expect(f.a.memory.blobs.get('x')!.size).to.equal(1)
  })

  it('leave out a replica whose manifest nobody can read, and only that', async () => {
    const f = fixture()
    await f.store.put('x', 'y')
    await overwrite(f.b, 'nonsense')
    const error = await rejection(f.reopen().put('x', 'z'), 'PUT_INCOMPLETE')
    expect(receiptIn(error).copies).to.deep.include.members([
      { location: 'a', outcome: 'stored' },
      { location: 'c', outcome: 'stored' },
    ])
    expect(f.b.memory.blobs.get('x')!.size).to.equal(1)
  })

  it('refuse an arbiter that came back empty', async () => {
    const f = fixture()
    await f.store.put('x', 'y')
    f.a.memory.blobs.clear()
    f.a.memory.sidecars.clear()
    await rejection(f.reopen().put('x', 'z'), 'ARBITER_BEHIND')
    await rejection(f.reopen().repair(), 'ARBITER_BEHIND')
    expect(f.a.memory.blobs.size + f.a.memory.sidecars.size).to.equal(0)
  })

  it('come into being whichever of two first clients is faster', async () => {
    const f = fixture()
    const receipts = await Promise.all(
      Array.from({ length: 6 }, (_, index) => f.reopen().put(`n${index}`, 'y')),
    )
    expect(receipts.every(({ committed }) => committed)).to.equal(true)
    expect((await f.store.verify({ open: true })).clean).to.equal(true)
  })

  it('never name two arbiters, though first clients with other orders see only their own', async () => {
    const f = fixture()
    const [one, other] = [f.reopen(), f.reopen({ locations: f.backends.toReversed() })]
    const blind = (location: typeof f.a) => location.inject(refusing('UNREACHABLE'))
    for (const [store, unseen] of [
      [one, f.c],
      [other, f.a],
    ] as const) {
      const back = blind(unseen)
      const error = await rejection(store.put('x', 'y'), 'UNDETERMINED')
      expect(error.cause).to.have.property('code', 'UNREACHABLE')
      back()
    }
    for (const { memory } of f.locations) expect(memory.sidecars.size).to.equal(0)
    // Who is told which location it is, and who finds a manifest, need not ask them all.
    blind(f.b)
    await rejection(f.reopen({ arbiter: 'a' }).put('x', 'y'), 'PUT_INCOMPLETE')
    await rejection(other.put('x', 'y'), 'ARBITER_MISMATCH')
    await rejection(one.put('x', 'y'), 'PUT_INCOMPLETE')
  })

  it('are settled when their acknowledgement is lost', async () => {
    const f = fixture()
    for (const location of f.locations)
      location.inject(losingAnswer({ operations: ['createSidecar'], only: isManifest }))
    expect(await f.store.put('x', 'y')).to.include({ committed: true })
  })

  it('keep a replica out of which nobody could read the manifest', async () => {
    const f = fixture({ arbiter: 'a' })
    f.b.inject(refusing('ACCESS_DENIED', { operations: ['readSidecar'] }))
    const error = await rejection(f.store.put('x', 'y'), 'PUT_INCOMPLETE')
    expect(error.details).to.have.nested.property('copies[1].code', 'ACCESS_DENIED')
    expect(f.b.memory.blobs.size).to.equal(0)
  })
})

describe('store: an arbiter must create conditionally', () => {
  const careless = (change: Partial<Backend>): Backend => ({
    ...memoryBackend({ id: 'careless', location: memoryLocation() }),
    ...change,
  })
  const inner = memoryBackend({ id: 'careless' })
  const rows: readonly [string, Backend][] = [
    ['does not declare it', careless({ capabilities: { ...inner.capabilities, conditionalCreate: false } })],
    [
      'overwrites',
      careless({
        async createSidecar(sidecar, bytes) {
          await inner.deleteSidecar(sidecar)
          return inner.createSidecar(sidecar, bytes)
        },
        readSidecar: (sidecar) => inner.readSidecar(sidecar),
      }),
    ],
    [
      'keeps the first and says that it created the second',
      careless({
        async createSidecar(sidecar, bytes) {
          await inner.createSidecar(sidecar, bytes)
          return { outcome: 'created' }
        },
        readSidecar: (sidecar) => inner.readSidecar(sidecar),
      }),
    ],
    ['keeps nothing', careless({ createSidecar: () => Promise.resolve({ outcome: 'created' }) })],
  ]
  for (const [what, backend] of rows)
    it(`refuses one that ${what}`, async () => {
      const f = fixture()
      await rejection(f.reopen({ locations: [backend] }).put('x', 'y'), 'ARBITER_UNFIT')
      expect(await backend.latest('x')).to.equal(undefined)
    })
})

function isManifest(argument: unknown): boolean {
  return (
    typeof argument === 'object' && argument !== null && 'kind' in argument && argument.kind === 'manifest'
  )
}
