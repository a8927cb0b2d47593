import { beforeEach, describe, it } from 'mocha'
import { expect } from 'chai'
import type { Backend, Receipt, StoredBlob } from '@sealring/core'
import { receiptIn } from './details.js'
import { refusing } from './faulty-backend.js'
import { fixture, type Fixture } from './fixture.js'
import { rejection } from './rejection.js'
import { pieces, sampleBytes, withBodies } from './streams.js'

const name = 'backups/monday'
/** More than is held in memory as a whole. */
const { open } = pieces(sampleBytes(9_000_000), 100_000)

describe('store: a blob too large to be held', () => {
  let f: Fixture
  let receipt: Receipt

  const digests = () => f.locations.map(({ memory }) => memory.blobs.get(name)?.get(1)?.digest)

  beforeEach(async () => {
    f = fixture()
    f.b.inject(refusing('UNREACHABLE', { operations: ['create'], times: 1 }))
    receipt = receiptIn(await rejection(f.store.put(name, open), 'PUT_INCOMPLETE'))
  })

  it('is opened while it is read, so that a false one of any size does not fill the memory', async () => {
    let given = 0
    async function* endless({ body }: StoredBlob): AsyncGenerator<Uint8Array> {
      for await (const piece of body) yield piece.subarray(0, 500_000)
      for (; given < 1000; given += 1) yield new Uint8Array(100_000)
    }
    const { backend } = withBodies(f.a.backend, endless)
    const sparse: Backend = {
      ...backend,
      capabilities: { ...backend.capabilities, maxBlobBytes: Infinity },
      async read(slot, options) {
        const stored = await backend.read(slot, options)
        return stored && { ...stored, size: 1_200_000_000 }
      },
    }
    const store = f.reopen({ locations: [sparse, f.c.backend], hedgeAfter: false })
    const entry = await store.get(name)
    expect(entry.servedBy).to.equal('c')
    expect(sampleBytes(9_000_000).equals(entry.plaintext)).to.equal(true)
    expect(entry.failures.map(({ code }) => code)).to.deep.equal(['FRAME_UNAUTHENTIC'])
    expect(given).to.be.lessThan(100)
  })

  it('is served whole only when its bytes are those of its record', async () => {
    const own = f.a.memory.blobs.get(name)!.get(1)!
    f.a.memory.blobs.get(name)!.set(1, { ...own, digest: '0'.repeat(64) })
    const entry = await f.reopen({ hedgeAfter: false }).get(name, { revision: 1 })
    expect(entry).to.include({ servedBy: 'c', digest: own.digest })
  })

  it('is no matter of the key where every copy is damaged', async () => {
    for (const location of [f.a, f.c]) {
      const own = location.memory.blobs.get(name)!.get(1)!
      location.memory.blobs.get(name)!.set(1, { ...own, digest: '0'.repeat(64) })
    }
    await rejection(f.reopen().get(name), 'UNREADABLE')
  })

  it('is completed', async () => {
    const done = await f.reopen().complete(receipt)
    expect(done.copies.map(({ outcome }) => outcome)).to.deep.equal(['stored', 'stored', 'stored'])
    expect(digests()).to.deep.equal([receipt.digest, receipt.digest, receipt.digest])
  })

  it('is completed from a replica where the copy of the arbiter is damaged', async () => {
    f.a.damage(name, 1, 8 * 5_000_000)
    await f.reopen().complete(receipt)
    expect(digests()[1]).to.equal(receipt.digest)
  })

  it('is verified and repaired, in the arbiter too', async () => {
    const { writes } = await f.reopen().repair()
    expect(writes).to.deep.equal([{ name, revision: 1, location: 'b', action: 'created' }])
    expect((await f.reopen().verify({ open: true })).clean).to.equal(true)
    f.a.damage(name, 1, 8 * 5_000_000)
    f.c.damage(name, 1, 8 * 6_000_000)
    const damaged = await f.reopen().verify({ open: true })
    expect(damaged.findings.map(({ location, state }) => `${location} ${state}`)).to.have.members([
      'a differs',
      'c differs',
    ])
    expect(damaged.unopened.map(({ code }) => code)).to.deep.equal(['FRAME_UNAUTHENTIC'])
    const healed = await f.reopen().repair()
    expect(healed.writes.map(({ location, action }) => `${location} ${action}`)).to.deep.equal([
      'a replaced',
      'c replaced',
    ])
    expect((await f.reopen().verify({ open: true })).clean).to.equal(true)
    expect((await f.reopen().repair()).writes).to.deep.equal([])
  })

  it('is not copied from a location that gives other bytes the second time', async () => {
    let reads = 0
    const { backend } = withBodies(f.a.backend, async function* ({ body }) {
      reads += 1
      for await (const piece of body) {
        const bytes = new Uint8Array(piece)
        if (reads > 1) bytes[1000]! ^= 1
        yield bytes
      }
    })
    const store = f.reopen({ locations: [backend, f.b.backend, f.c.backend] })
    await rejection(store.complete(receipt), 'PUT_INCOMPLETE')
    expect(digests()[1]).to.equal(undefined)
  })
})
