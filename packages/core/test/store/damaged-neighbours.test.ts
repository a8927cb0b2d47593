import { describe, it } from 'mocha'
import { expect } from 'chai'
import { fixture, type Fixture } from './fixture.js'

const name = 'billing/db-password'

async function filled(): Promise<Fixture> {
  const f = fixture({ suite: 'unsigned' })
  for (const value of ['one', 'two', 'three', 'four']) await f.store.put(name, value)
  return f
}

const digests = ({ a }: Fixture) => [1, 2, 3, 4].map((each) => a.memory.blobs.get(name)!.get(each)!.digest)

/** Its record is damaged with it, as where a service has no record but the bytes. */
function damage({ a }: Fixture, revision: number): void {
  a.damage(name, revision, -100)
  a.attest(name, revision)
}

describe('store: repair, where several revisions of the arbiter are damaged', () => {
  for (const revisions of [
    [1, 2],
    [3, 4],
    [2, 3, 4],
    [1, 2, 3, 4],
    [1, 3],
    [2, 4],
  ])
    it(`restores ${revisions.join(', ')} of four`, async () => {
      const f = await filled()
      const before = digests(f)
      for (const revision of revisions) damage(f, revision)
      const report = await f.reopen().repair()
      expect(report.left).to.deep.equal([])
      expect(digests(f)).to.deep.equal(before)
      expect(await f.reopen().verify({ open: true })).to.include({ clean: true })
      expect(await f.reopen().repair()).to.deep.include({ writes: [], left: [] })
      expect(await f.reopen().put(name, 'five')).to.include({ revision: 5 })
    })

  it('restores what the next revision names, though the one before is lost everywhere', async () => {
    const f = await filled()
    const before = digests(f)
    for (const location of f.locations) {
      location.damage(name, 1, -100)
      location.attest(name, 1)
    }
    damage(f, 2)
    await f.reopen().repair()
    expect(digests(f).slice(1)).to.deep.equal(before.slice(1))
  })

  it('takes no blob that nothing names, and that follows what no location has', async () => {
    const f = await filled()
    const fork = fixture({ suite: 'unsigned', keyring: f.keyring })
    for (const value of ['1', '2', '3', '4']) await fork.store.put(name, value)
    for (const revision of [3, 4]) damage(f, revision)
    const damaged = digests(f)
    for (const { memory } of [f.b, f.c]) {
      memory.blobs.get(name)!.set(4, fork.a.memory.blobs.get(name)!.get(4)!)
      memory.blobs.get(name)!.delete(3)
    }
    const { writes, left } = await f.reopen().repair()
    expect(writes.filter(({ location }) => location === 'a')).to.deep.equal([])
    expect(left.map(({ revision, location }) => `${revision} ${location}`)).to.include('4 a')
    expect(digests(f)).to.deep.equal(damaged)
  })
})
