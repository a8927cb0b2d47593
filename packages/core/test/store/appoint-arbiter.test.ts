import { EventEmitter, once } from 'node:events'
import { describe, it } from 'mocha'
import { expect } from 'chai'
import { reservedName } from '@sealring/core'
import { losingAnswer, refusing } from './faulty-backend.js'
import { BrokenKeyring, fixture, type Fixture, type TestLocation } from './fixture.js'
import { rejection } from './rejection.js'

const name = 'app/x'
const key = { name: reservedName, revision: 0, kind: 'manifest', id: 'manifest' }

const arbitersOf = ({ locations }: Fixture) => Promise.all(locations.map(arbiterIn))

async function arbiterIn({ backend }: TestLocation): Promise<unknown> {
  const bytes = await backend.readSidecar(key)
  return bytes && /"arbiter":"([^"]+)"/.exec(Buffer.from(bytes).toString('utf8'))?.[1]
}

async function filled(): Promise<Fixture> {
  const f = fixture({ suite: 'unsigned' })
  for (const value of ['one', 'two', 'three']) await f.store.put(name, value)
  return f
}

/** As if another writer had made revision 3. */
async function branch(f: Fixture) {
  const other = fixture({ suite: 'unsigned', keyring: f.keyring })
  const before = [...f.a.memory.blobs.get(name)!].slice(0, 2)
  for (const { memory } of other.locations) memory.blobs.set(name, new Map(before))
  await other.store.put(name, 'branch')
  return other.a.memory.blobs.get(name)!.get(3)!
}

describe('store: appointArbiter', () => {
  it('settles what two first clients with other orders have made at the same moment', async () => {
    const f = fixture()
    const [one, other] = [f.reopen(), f.reopen({ locations: f.backends.toReversed() })]
    let asked = 0
    const both = new EventEmitter()
    const met = once(both, 'asked')
    for (const { inject } of [f.a, f.c])
      inject({
        operations: ['createSidecar'],
        times: 1,
        async run(pass) {
          asked += 1
          if (asked === 2) both.emit('asked')
          await met
          return pass()
        },
      })
    await Promise.all([one, other].map((store) => rejection(store.put(name, 'x'), 'ARBITER_MISMATCH')))
    await rejection(f.reopen().repair(), 'ARBITER_MISMATCH')
    const settled = await f.reopen({ arbiter: 'c' }).appointArbiter({ arbiter: 'c' })
    expect(settled.arbiter).to.equal('c')
    expect(settled.rewritten).to.include('a')
    expect(await arbitersOf(f)).to.deep.equal(['c', 'c', 'c'])
    expect(await other.put(name, 'x')).to.include({ revision: 1, arbiter: 'c' })
    await rejection(one.put(name, 'x'), 'ARBITER_MISMATCH')
    const again = await f.reopen({ arbiter: 'c' }).appointArbiter({ arbiter: 'c' })
    expect(again.rewritten).to.deep.equal([])
  })

  it('brings a lost arbiter back, with the key and what the others have', async () => {
    const f = await filled()
    const before = new Map(f.a.memory.blobs.get(name))
    f.a.memory.blobs.clear()
    f.a.memory.sidecars.clear()
    const appoint = (options: Parameters<typeof f.reopen>[0] = {}) =>
      f.reopen(options).appointArbiter({ arbiter: 'a' })
    const keyless = await rejection(appoint({ keyring: new BrokenKeyring() }), 'UNDETERMINED')
    expect(keyless.details).to.have.nested.property('repair.left').with.lengthOf.above(0)
    const back = f.c.inject(refusing('UNREACHABLE'))
    await rejection(appoint(), 'UNREACHABLE')
    back()
    f.c.inject(refusing('UNREACHABLE', { operations: ['revisions'], times: 1 }))
    await rejection(appoint(), 'UNDETERMINED')
    expect(await arbitersOf(f)).to.deep.equal([undefined, 'a', 'a'])
    const { rewritten } = await appoint()
    expect(rewritten).to.deep.equal(['a'])
    expect([...f.a.memory.blobs.get(name)!.values()].map(({ digest }) => digest)).to.deep.equal(
      [...before.values()].map(({ digest }) => digest),
    )
    expect(await f.reopen().put(name, 'four')).to.include({ revision: 4 })
    expect(await f.reopen().verify({ open: true })).to.include({ clean: true })
  })

  it('renews what nobody can read, and no manifest of another store or location', async () => {
    const f = await filled()
    await f.a.backend.deleteSidecar(key)
    await f.a.backend.createSidecar(key, Buffer.from('nonsense'))
    await rejection(f.reopen().put(name, 'four'), 'MANIFEST_INVALID')
    await rejection(f.reopen({ id: 'other' }).appointArbiter({ arbiter: 'a' }), 'STORE_MISMATCH')
    expect((await f.reopen().appointArbiter({ arbiter: 'a' })).rewritten).to.deep.equal(['a'])
    expect(await f.reopen().put(name, 'four')).to.include({ revision: 4 })
  })

  it('moves the arbiter, and finishes what was interrupted', async () => {
    const f = await filled()
    f.b.memory.blobs.get(name)!.delete(3)
    f.c.inject(losingAnswer({ operations: ['createSidecar'], times: 1 }))
    const crash = f.b.inject(
      refusing('UNREACHABLE', { operations: ['createSidecar'], only: (argument) => isManifest(argument) }),
    )
    const moved = f.reopen({ arbiter: 'b' })
    await rejection(moved.put(name, 'four'), 'ARBITER_MISMATCH')
    await rejection(moved.appointArbiter({ arbiter: 'b' }), 'UNREACHABLE')
    // Nobody can write in between.
    await rejection(f.reopen().put(name, 'four'), 'ARBITER_MISMATCH')
    await rejection(moved.put(name, 'four'), 'ARBITER_BEHIND')
    crash()
    expect((await moved.appointArbiter({ arbiter: 'b' })).rewritten).to.deep.equal(['b'])
    expect(await arbitersOf(f)).to.deep.equal(['b', 'b', 'b'])
    expect(await moved.put(name, 'four')).to.include({ revision: 4, arbiter: 'b' })
    await rejection(f.reopen().put(name, 'five'), 'ARBITER_MISMATCH')
    expect(await f.reopen({ arbiter: 'b' }).verify({ open: true })).to.include({ clean: true })
  })

  it('moves it away from one that is gone', async () => {
    const f = await filled()
    const left = f.reopen({ locations: [f.b.backend, f.c.backend] })
    await rejection(left.put(name, 'four'), 'ARBITER_MISMATCH')
    await left.appointArbiter({ arbiter: 'b' })
    expect(await left.put(name, 'four')).to.include({ revision: 4, arbiter: 'b' })
  })

  it('takes nothing from one that was an arbiter before it is overruled', async () => {
    const f = await filled()
    const theirs = f.a.memory.blobs.get(name)!.get(3)!
    f.b.memory.blobs.get(name)!.set(3, await branch(f))
    const moved = f.reopen({ arbiter: 'b' })
    const error = await rejection(moved.appointArbiter({ arbiter: 'b' }), 'ARBITER_MISMATCH')
    expect(error.details).to.include({ rival: 'a', name, revision: 3 })
    expect(await arbitersOf(f)).to.deep.equal(['a', 'a', 'a'])
    expect(f.a.memory.blobs.get(name)!.get(3)).to.equal(theirs)
    await moved.appointArbiter({ arbiter: 'b', overrule: true })
    expect(await arbitersOf(f)).to.deep.equal(['b', 'b', 'b'])
    const fork = await f.a.backend.readSidecar({ name, revision: 3, kind: 'fork', id: theirs.digest })
    expect(fork && Buffer.compare(fork, theirs.bytes)).to.equal(0)
    expect(await moved.verify({ open: true })).to.include({ clean: true })
  })

  it('does not leave behind what only the old arbiter has and the chain does not lead to', async () => {
    const f = await filled()
    for (const { memory } of [f.b, f.c]) for (const each of [2, 3]) memory.blobs.get(name)!.delete(each)
    f.a.damage(name, 2)
    const moved = f.reopen({ arbiter: 'b' })
    await rejection(moved.appointArbiter({ arbiter: 'b' }), 'ARBITER_MISMATCH')
    expect(await arbitersOf(f)).to.deep.equal(['a', 'a', 'a'])
    await moved.appointArbiter({ arbiter: 'b', overrule: true })
    // Its number is not given again while it can be seen.
    await rejection(moved.put(name, 'four'), 'ARBITER_BEHIND')
  })

  it('wants the location to be named, and to order writers', async () => {
    const f = await filled()
    await rejection(f.store.appointArbiter({ arbiter: 'b' }), 'INVALID_ARGUMENT')
    const capabilities = { ...f.b.backend.capabilities, conditionalCreate: false }
    const unfit = f.reopen({ arbiter: 'b', locations: [f.a.backend, { ...f.b.backend, capabilities }] })
    await rejection(unfit.appointArbiter({ arbiter: 'b' }), 'ARBITER_UNFIT')
    const signal = AbortSignal.abort(new Error('enough'))
    expect(await f.store.appointArbiter({ arbiter: 'a', signal }).catch((error: unknown) => error)).to.equal(
      signal.reason,
    )
  })
})

function isManifest(argument: unknown): boolean {
  return (
    typeof argument === 'object' && argument !== null && 'kind' in argument && argument.kind === 'manifest'
  )
}
