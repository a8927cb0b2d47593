import { describe, it } from 'mocha'
import { expect } from 'chai'
import { reservedName, sealedBlob, StoreError } from '@sealring/core'
import type { AppointOptions, StoreOptions } from '@sealring/core'
import { refusing } from './faulty-backend.js'
import {
  BrokenKeyring,
  fixture,
  rawAesKeyring,
  testLocation,
  type Fixture,
  type TestLocation,
} from './fixture.js'
import { rejection } from './rejection.js'

const name = 'app/x'
const manifestOf = { name: reservedName, revision: 0, kind: 'manifest', id: 'manifest' }

async function filled(options: Partial<StoreOptions> = {}): Promise<Fixture> {
  const f = fixture({ suite: 'unsigned', ...options })
  for (const value of ['one', 'two']) await f.store.put(name, value)
  return f
}

/** What somebody writes who has no key. */
async function plant({ backend }: TestLocation, slot: { name: string; revision: number }): Promise<string> {
  const blob = sealedBlob(Buffer.from(`nobody sealed this for ${slot.name} ${slot.revision}`))
  await backend.create(slot, blob)
  return blob.digest
}

const digestsOf = ({ locations }: Fixture, of = name) =>
  locations.map(({ memory }) => [...(memory.blobs.get(of)?.values() ?? [])].map(({ digest }) => digest))

async function arbitersOf({ locations }: Fixture): Promise<unknown[]> {
  const bytes = await Promise.all(locations.map(({ backend }) => backend.readSidecar(manifestOf)))
  return bytes.map((each) => each && /"arbiter":"([^"]+)"/.exec(Buffer.from(each).toString('utf8'))?.[1])
}

async function rewriteManifest({ backend }: TestLocation, arbiter: string): Promise<void> {
  const bytes = Buffer.from((await backend.readSidecar(manifestOf))!).toString('utf8')
  await backend.deleteSidecar(manifestOf)
  await backend.createSidecar(
    manifestOf,
    Buffer.from(bytes.replace(/"arbiter":"[^"]+"/, `"arbiter":"${arbiter}"`)),
  )
}

const move = (f: Fixture, options: Partial<AppointOptions> = {}, more: Partial<StoreOptions> = {}) =>
  f.reopen({ arbiter: 'b', ...more }).appointArbiter({ arbiter: 'b', ...options })

describe('store: appointArbiter, and what only the new arbiter holds', () => {
  for (const oldOne of ['listed', 'gone'] as const)
    it(`does not make the truth of what nobody sealed, the old arbiter ${oldOne}`, async () => {
      const f = await filled()
      const locations = oldOne === 'listed' ? f.backends : [f.b.backend, f.c.backend]
      const before = digestsOf(f)
      const garbage = await plant(f.b, { name, revision: 3 })
      await plant(f.b, { name: 'app/new', revision: 1 })
      const error = await rejection(move(f, {}, { locations }), 'ARBITER_MISMATCH')
      expect(error.details).to.include({ arbiter: 'b' })
      expect(await arbitersOf(f)).to.deep.equal(['a', 'a', 'a'])
      const expected = [before[0], [...before[1]!, garbage], before[2]]
      expect(digestsOf(f)).to.deep.equal(expected)
      const { repair } = await move(f, { overrule: true }, { locations })
      expect(repair.left).to.deep.include({
        name,
        revision: 3,
        location: 'b',
        state: 'differs',
        reason: 'it does not open',
      })
      expect(repair.writes).to.deep.equal([])
      expect(digestsOf(f)).to.deep.equal(expected)
      expect(digestsOf(f, 'app/new').map((each) => each.length)).to.deep.equal([0, 1, 0])
    })

  it('takes what opens and continues the chain, and asks no key for what the old arbiter vouches for', async () => {
    const f = await filled()
    await f.reopen({ locations: [f.a.backend, f.b.backend] }).put(name, 'three')
    f.c.memory.blobs.get(name)!.delete(2)
    expect((await move(f, {}, { keyring: new BrokenKeyring() })).repair.writes).to.have.lengthOf(2)
    const g = await filled()
    await g.store.put(name, 'three')
    for (const { memory } of [g.a, g.c]) memory.blobs.get(name)!.delete(3)
    const error = await rejection(move(g, {}, { keyring: new BrokenKeyring() }), 'UNDETERMINED')
    expect(error.details).to.have.nested.property('repair.left[0].needsKey', true)
    expect(digestsOf(g)[0]).to.have.lengthOf(2)
    // What comes before it may be what the old arbiter has.
    g.b.memory.blobs.get(name)!.delete(2)
    await move(g)
    expect(digestsOf(g)[0]).to.have.lengthOf(3)
    expect(await g.reopen({ arbiter: 'b' }).verify({ open: true })).to.include({ clean: true })
    const h = await filled()
    for (const value of ['three', 'four', 'five']) await h.store.put(name, value)
    for (const each of [3, 4, 5]) h.a.memory.blobs.get(name)!.delete(each)
    for (const each of [2, 4, 5]) h.c.memory.blobs.get(name)!.delete(each)
    // What is restored on the way is looked at when it is.
    h.b.damage(name, 3, -8 * 20)
    h.b.attest(name, 3)
    await move(h)
    expect(await h.reopen({ arbiter: 'b' }).verify({ open: true })).to.include({ clean: true, revisions: 5 })
  })

  it('spreads nothing that opens beside the chain', async () => {
    const f = await filled()
    const other = fixture({ suite: 'unsigned', keyring: f.keyring })
    for (const value of ['another one', 'another two', 'another three']) await other.store.put(name, value)
    const three = other.a.memory.blobs.get(name)!.get(3)!
    f.b.memory.blobs.get(name)!.set(3, three)
    await rejection(move(f), 'ARBITER_MISMATCH')
    await move(f, { overrule: true })
    expect(digestsOf(f).map((each) => each.includes(three.digest))).to.deep.equal([false, true, false])
    // Nor what is not named by what comes after it.
    const g = await filled()
    g.a.memory.blobs.get(name)!.delete(2)
    await plant(g.b, { name, revision: 3 })
    await move(g, { overrule: true })
    expect(digestsOf(g)[0]).to.have.lengthOf(1)
  })

  it('spreads nothing that stands on what is missing or was not admitted itself', async () => {
    for (const planted of [[4], [3, 4]]) {
      const f = await filled()
      const other = fixture({ suite: 'unsigned', keyring: f.keyring })
      for (let each = 1; each <= 4; each++) await other.store.put(name, `abandoned ${each}`)
      for (const each of planted)
        f.b.memory.blobs.get(name)!.set(each, other.a.memory.blobs.get(name)!.get(each)!)
      for (const overrule of [false, true]) {
        if (overrule) await move(f, { overrule })
        else await rejection(move(f), 'ARBITER_MISMATCH')
        expect(digestsOf(f).map((each) => each.length)).to.deep.equal([2, 2 + planted.length, 2])
      }
    }
  })

  it('does not choose between two that fit, where the old arbiter is gone', async () => {
    const f = await filled()
    const other = fixture({ suite: 'unsigned', keyring: f.keyring })
    for (const { memory } of other.locations) memory.blobs.set(name, new Map(f.a.memory.blobs.get(name)))
    await other.store.put(name, 'branch')
    await f.store.put(name, 'three')
    const theirs = f.c.memory.blobs.get(name)!.get(3)!
    f.b.memory.blobs.get(name)!.set(3, other.b.memory.blobs.get(name)!.get(3)!)
    const locations = [f.b.backend, f.c.backend]
    const error = await rejection(move(f, {}, { locations }), 'ARBITER_MISMATCH')
    expect(error.details).to.include({ name, revision: 3 })
    expect(f.c.memory.blobs.get(name)!.get(3)).to.equal(theirs)
    await move(f, { overrule: true }, { locations })
    const fork = await f.c.backend.readSidecar({ name, revision: 3, kind: 'fork', id: theirs.digest })
    expect(fork && Buffer.compare(fork, theirs.bytes)).to.equal(0)
  })

  it('mends the new arbiter first where another location has what fits', async () => {
    const f = await filled()
    const before = digestsOf(f)
    for (const revision of [1, 2]) {
      f.b.damage(name, revision, -8 * 20)
      f.b.attest(name, revision)
      const error = await rejection(
        move(f, {}, { locations: [f.b.backend, f.c.backend], keyring: new BrokenKeyring() }),
        'UNDETERMINED',
      )
      expect(error.details).to.have.nested.property('repair.left[0].needsKey', true)
      expect(await arbitersOf(f)).to.deep.equal(['a', 'a', 'a'])
      await move(f, {}, { locations: [f.b.backend, f.c.backend] })
      expect(digestsOf(f)).to.deep.equal(before)
      for (const location of f.locations) await rewriteManifest(location, 'a')
    }
  })

  it('refuses one whose damage nobody can mend', async () => {
    const f = await filled()
    f.b.damage(name, 2, -8 * 20)
    f.b.attest(name, 2)
    f.c.memory.blobs.get(name)!.delete(2)
    const locations = [f.b.backend, f.c.backend]
    await rejection(move(f, {}, { locations }), 'ARBITER_MISMATCH')
    await move(f, { overrule: true }, { locations })
    expect(digestsOf(f)[2]).to.have.lengthOf(1)
  })

  it('leaves nothing behind at any location, where an old arbiter is gone and another one is named', async () => {
    const f = await filled()
    const d = testLocation('d')
    await plant(d, { name, revision: 3 })
    await rewriteManifest(f.c, 'c')
    const locations = [f.b.backend, f.c.backend, d.backend]
    const error = await rejection(move(f, {}, { locations }), 'ARBITER_MISMATCH')
    expect(error.details).to.include({ rival: 'd', name, revision: 3 })
    await move(f, { overrule: true }, { locations })
    expect(await arbitersOf(f)).to.deep.equal(['a', 'b', 'b'])
  })

  it('can be appointed again, whatever it holds: then its word is the truth already', async () => {
    const f = await filled()
    await move(f)
    f.b.damage(name, 2, -8 * 20)
    f.b.attest(name, 2)
    for (const { memory } of [f.a, f.c]) memory.blobs.get(name)!.delete(2)
    expect(await move(f)).to.deep.include({ rewritten: [] })
    // Its own manifest alone says nothing: it may have written that itself.
    for (const location of [f.a, f.c]) await location.backend.deleteSidecar(manifestOf)
    f.a.memory.blobs.get(name)!.delete(2)
    f.c.memory.blobs.get(name)!.delete(2)
    await rejection(move(f), 'ARBITER_MISMATCH')
  })
})

describe('store: appointArbiter, and what it can not find out', () => {
  it('says which locations did not list their names, with a code', async () => {
    const f = await filled()
    for (const failing of [[f.c], [f.a, f.c]]) {
      const back = failing.map(({ inject }) => inject(refusing('UNREACHABLE', { operations: ['names'] })))
      const error = await rejection(move(f), 'UNDETERMINED')
      expect(error).to.be.instanceOf(StoreError)
      expect(error.cause).to.be.instanceOf(Error)
      expect(error.details).to.have.property('failures').with.lengthOf(failing.length)
      for (const each of back) each()
    }
  })

  it('does not wait for the key while a copy is another one and nobody can tell whether rightly', async () => {
    const f = await filled()
    await plant(f.c, { name: 'app/other', revision: 1 })
    await f.a.backend.create({ name: 'app/other', revision: 1 }, sealedBlob(Buffer.from('what a has')))
    await f.b.backend.create({ name: 'app/other', revision: 1 }, sealedBlob(Buffer.from('what a has')))
    const { repair } = await move(f)
    expect(repair.left).to.have.lengthOf(1)
    const locked = fixture({ suite: 'unsigned', keyring: rawAesKeyring() })
    await locked.store.put(name, 'one')
    await locked.store.put(name, 'two')
    await locked.c.backend.replace({ name, revision: 2 }, sealedBlob(Buffer.from('another')), {
      expect: locked.c.memory.blobs.get(name)!.get(2)!.versionToken,
    })
    const error = await rejection(move(locked, {}, { keyring: new BrokenKeyring() }), 'UNDETERMINED')
    expect(error.details).to.have.nested.property('repair.left[0]').that.includes({
      location: 'c',
      needsKey: true,
    })
  })

  it('is not stopped by a copy that its own location calls damaged', async () => {
    for (const overrule of [false, true]) {
      const f = await filled()
      await plant(f.c, { name, revision: 3 })
      f.c.inject(
        refusing('BLOB_DAMAGED', {
          operations: ['read'],
          only: (slot) =>
            typeof slot === 'object' && slot !== null && 'revision' in slot && slot.revision === 3,
        }),
      )
      const { repair } = await move(f, { overrule })
      expect(repair.failures).to.have.lengthOf(1)
      expect(repair.left).to.have.nested.property('[0].location', 'c')
      expect(await arbitersOf(f)).to.deep.equal(['b', 'b', 'b'])
    }
  })

  it('takes a copy that is too large for a location for a finding, and for a loss where that shall be the arbiter', async () => {
    const f = await filled()
    f.c.memory.blobs.get(name)!.delete(2)
    f.c.inject(refusing('BLOB_TOO_LARGE', { operations: ['create'] }))
    expect((await move(f)).repair.failures).to.have.lengthOf(1)
    const g = await filled()
    g.b.memory.blobs.get(name)!.delete(2)
    g.b.inject(refusing('BLOB_TOO_LARGE', { operations: ['create'] }))
    const error = await rejection(move(g), 'ARBITER_MISMATCH')
    expect(error.details).to.include({ name, revision: 2 })
    await move(g, { overrule: true })
    expect(await arbitersOf(g)).to.deep.equal(['b', 'b', 'b'])
  })
})

describe('store: appointArbiter, and what it says and is told', () => {
  /** Another blob in the slot at b. */
  async function forked(): Promise<Fixture> {
    const f = await filled()
    f.b.memory.blobs.get(name)!.delete(2)
    await plant(f.b, { name, revision: 2 })
    return f
  }

  it('advises to repair under the old arbiter where that can be done', async () => {
    const f = await forked()
    const error = await rejection(move(f), 'ARBITER_MISMATCH')
    expect(error.message).to.include('repair under "a" first')
    await f.reopen().repair()
    await move(f)
  })

  it('advises to overrule where the manifests contradict each other', async () => {
    const f = await forked()
    await rewriteManifest(f.b, 'b')
    const error = await rejection(f.reopen().appointArbiter({ arbiter: 'a' }), 'ARBITER_MISMATCH')
    expect(error.message).to.not.include('repair under')
    expect(error.message).to.include('overrule').and.include('fork')
    expect(error.details).to.include({ rival: 'b' })
    await f.reopen().appointArbiter({ arbiter: 'a', overrule: true })
    expect(await f.reopen().verify({ open: true })).to.include({ clean: true })
  })

  it('repairs all names, whatever else it is given', async () => {
    const f = await filled()
    await f.store.put('other/x', 'one')
    f.b.memory.blobs.clear()
    const options = { arbiter: 'b', prefix: 'app' }
    await f.reopen({ arbiter: 'b' }).appointArbiter(options)
    expect([...f.b.memory.blobs.keys()]).to.have.members([name, 'other/x'])
    for (const overrule of ['no', 1, null]) {
      const wrong: AppointOptions = { arbiter: 'b' }
      Reflect.set(wrong, 'overrule', overrule)
      await rejection(f.reopen({ arbiter: 'b' }).appointArbiter(wrong), 'INVALID_ARGUMENT')
    }
  })
})
