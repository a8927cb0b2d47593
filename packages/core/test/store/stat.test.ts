import { describe, it } from 'mocha'
import { expect } from 'chai'
import { refusing } from './faulty-backend.js'
import { BrokenKeyring, fixture, type Fixture } from './fixture.js'
import { rejection } from './rejection.js'

const name = 'x'

async function filled(): Promise<Fixture> {
  const f = fixture({ suite: 'unsigned' })
  for (const value of ['one', 'two']) await f.store.put(name, value)
  return f
}

describe('store: stat', () => {
  it('says what every location records, without reading or opening', async () => {
    const f = await filled()
    f.b.memory.blobs.get(name)!.set(2, f.b.memory.blobs.get(name)!.get(1)!)
    f.c.memory.blobs.get(name)!.delete(2)
    for (const { calls } of f.locations) calls.length = 0
    const store = f.reopen({ keyring: new BrokenKeyring() })
    const { digest, bytes } = f.a.memory.blobs.get(name)!.get(2)!
    const other = f.b.memory.blobs.get(name)!.get(1)!
    expect(await store.stat(name)).to.deep.equal({
      name,
      revision: 2,
      digest,
      size: bytes.length,
      copies: [
        { location: 'a', state: 'agreed', digest, size: bytes.length, attested: false },
        {
          location: 'b',
          state: 'differs',
          digest: other.digest,
          size: other.bytes.length,
          attested: false,
        },
        { location: 'c', state: 'missing' },
      ],
    })
    expect(f.locations.map(({ calls }) => calls)).to.deep.equal([['latest'], ['stat'], ['stat']])
    const first = await store.stat(name, { revision: 1 })
    expect(first.copies.map(({ state }) => state)).to.deep.equal(['agreed', 'agreed', 'agreed'])
    f.c.inject(refusing('UNREACHABLE'))
    expect((await store.stat(name)).copies[2]).to.include({ state: 'unreachable', code: 'UNREACHABLE' })
  })

  it('takes the word of the arbiter, and only that', async () => {
    const f = await filled()
    await rejection(f.store.stat('nobody'), 'NOT_FOUND')
    await rejection(f.store.stat(name, { revision: 3 }), 'NOT_FOUND')
    await rejection(f.store.stat(name, { revision: 0 }), 'INVALID_REVISION')
    const back = f.a.inject(refusing('UNREACHABLE'))
    await rejection(f.store.stat(name), 'UNDETERMINED')
    await rejection(f.store.stat(name, { revision: 2 }), 'UNDETERMINED')
    back()
    f.a.memory.blobs.get(name)!.delete(2)
    await rejection(f.store.stat(name), 'ROLLBACK')
    await rejection(f.store.stat(name, { revision: 2 }), 'ROLLBACK')
  })

  it('and history call destroyed only what this store object knows to be a tombstone', async () => {
    const f = await filled()
    await f.store.destroy(name, { revision: 1 })
    expect(await f.store.stat(name, { revision: 1 })).to.have.property('destroyed', true)
    expect(await f.store.stat(name)).to.not.have.property('destroyed')
    const known = (await f.store.history(name)).revisions.map(({ destroyed }) => destroyed)
    expect(known).to.deep.equal([true, undefined])
    const other = f.reopen()
    expect(await other.stat(name, { revision: 1 })).to.not.have.property('destroyed')
    await rejection(other.get(name, { revision: 1 }), 'DESTROYED')
    expect(await other.stat(name, { revision: 1 })).to.have.property('destroyed', true)
  })
})
