import { describe, it } from 'mocha'
import { expect } from 'chai'
import { sealedBlob, type SlotStat } from '@sealring/core'
import { BrokenKeyring, fixture } from './fixture.js'
import { rejection } from './rejection.js'

const name = 'app/x'

async function filled() {
  const f = fixture()
  await f.store.put(name, 'one')
  await f.store.put(name, 'two')
  return f
}

describe('store: a process that has seen nothing of a name', () => {
  it('does not build on a damaged revision of the arbiter, and does after the repair', async () => {
    const f = await filled()
    // A service that attests what it holds: its record is that of the damaged bytes.
    f.a.damage(name, 2, -1)
    f.a.attest(name, 2)
    await rejection(f.reopen().put(name, 'three'), 'BLOB_DAMAGED')
    expect(f.a.memory.blobs.get(name)!.size).to.equal(2)
    await f.reopen().repair()
    expect(await f.reopen().put(name, 'three')).to.include({ revision: 3 })
    expect((await f.reopen().verify({ open: true })).clean).to.equal(true)
  })

  it('has every damaged byte of the latest revision mended, wherever it is', async () => {
    const f = await filled()
    const pristine = f.a.memory.blobs.get(name)!.get(2)!
    for (let at = 0; at < pristine.bytes.length; at += 5) {
      f.a.memory.blobs.get(name)!.set(2, pristine)
      f.a.damage(name, 2, at * 8)
      f.a.attest(name, 2)
      const context = `byte ${at} of ${pristine.bytes.length}`
      expect(
        await f
          .reopen()
          .put(name, 'three')
          .catch((e: unknown) => e),
        context,
      ).to.have.property('code', 'BLOB_DAMAGED')
      const { writes } = await f.reopen().repair()
      expect(writes, context).to.deep.include({ name, revision: 2, location: 'a', action: 'replaced' })
      expect(f.a.memory.blobs.get(name)!.get(2)!.digest, context).to.equal(pristine.digest)
    }
  }).timeout(60_000)

  it('finds that the arbiter was rolled back', async () => {
    const f = await filled()
    f.a.memory.blobs.get(name)!.delete(2)
    await rejection(f.reopen().put(name, 'three', { copies: 1 }), 'ARBITER_BEHIND')
    expect([...f.a.memory.blobs.get(name)!.keys()]).to.deep.equal([1])
  })

  it('is not stopped by what a replica makes up', async () => {
    const f = await filled()
    const garbage = sealedBlob(Buffer.alloc(80, 1))
    await f.b.backend.create({ name, revision: 9 }, garbage)
    await f.c.backend.replace({ name, revision: 2 }, garbage, {
      expect: (await f.c.backend.stat({ name, revision: 2 }))!.versionToken,
    })
    expect(await f.reopen().put(name, 'three', { copies: 1 })).to.include({ revision: 3 })
  })

  it('asks nobody else once it knows the name', async () => {
    const f = await filled()
    for (const { calls } of f.locations) calls.length = 0
    await f.store.put(name, 'three')
    expect(f.b.calls).to.deep.equal(['create'])
  })
})

describe('store: reads', () => {
  it('take a given revision from the arbiter when they are asked for its word', async () => {
    const f = await filled()
    const fork = fixture({ keyring: f.keyring })
    await fork.store.put(name, 'a fork')
    f.b.memory.blobs.get(name)!.set(1, fork.a.memory.blobs.get(name)!.get(1)!)
    const near = f.reopen({ locations: [f.b.backend, f.a.backend], arbiter: 'a' })
    const read = async (freshness: 'nearest' | 'arbiter') =>
      Buffer.from((await near.get(name, { revision: 1, freshness })).plaintext).toString()
    expect(await read('arbiter')).to.equal('one')
    expect(
      await f.reopen({ locations: [f.b.backend, f.a.backend], arbiter: 'a' }).get(name, { revision: 1 }),
    ).to.have.property('servedBy', 'b')
  })

  it('are not made to hold more than a location can hold', async () => {
    const f = await filled()
    const { backend } = f.a
    const swollen = {
      ...backend,
      read: async (...input: Parameters<typeof backend.read>) => {
        const stored = await backend.read(...input)
        return stored && { ...stored, size: backend.capabilities.maxBlobBytes + 1 }
      },
    }
    const entry = await f.reopen({ locations: [swollen, f.b.backend, f.c.backend] }).get(name)
    expect(entry.servedBy).to.equal('b')
    expect(entry.failures[0]).to.include({ location: 'a', code: 'BLOB_TOO_LARGE' })
  })

  it('and checks go through names of very many revisions', async () => {
    const f = await filled()
    const stat: SlotStat = (await f.b.backend.stat({ name, revision: 2 }))!
    const items = Array.from({ length: 150_000 }, (_, index) => ({ ...stat, revision: index + 1 }))
    const long = { ...f.a.backend, revisions: () => Promise.resolve({ items }) }
    const report = await f.reopen({ locations: [long], keyring: new BrokenKeyring() }).verify()
    expect(report.revisions).to.equal(150_000)
  })
})
