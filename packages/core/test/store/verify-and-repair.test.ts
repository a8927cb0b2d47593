import { describe, it } from 'mocha'
import { expect } from 'chai'
import { createStore, memoryBackend, sealedBlob, type RepairReport, type VerifyReport } from '@sealring/core'
import { losingAnswer, refusing } from './faulty-backend.js'
import { BrokenKeyring, fixture, rawAesKeyring, testLocation, type Fixture } from './fixture.js'
import { rejection } from './rejection.js'

const name = 'x'
const found = ({ findings }: VerifyReport) =>
  findings.map(({ revision, location, state }) => `${revision} ${location} ${state}`).toSorted()
const wrote = ({ writes }: RepairReport) =>
  writes.map(({ revision, location, action }) => `${revision} ${location} ${action}`).toSorted()
const left = (report: RepairReport) =>
  report.left.map(({ revision, location, state }) => `${revision} ${location} ${state}`).toSorted()

async function filled(revisions = 3): Promise<Fixture> {
  const f = fixture({ suite: 'unsigned' })
  for (let revision = 1; revision <= revisions; revision++) await f.store.put(name, `value ${revision}`)
  return f
}

const blobsOf = (f: Fixture, id: 'a' | 'b' | 'c') => f[id].memory.blobs.get(name)!
const forkSidecars = (f: Fixture, id: 'a' | 'b' | 'c') =>
  [...f[id].memory.sidecars.values()]
    .flatMap((each) => [...each.values()])
    .filter(({ key }) => key.kind === 'fork')

/** The name as it would be if another writer had made a revision. */
async function branchOf(f: Fixture, revision: number) {
  const branch = fixture({ suite: 'unsigned', keyring: f.keyring })
  const before = [...blobsOf(f, 'b')].filter(([each]) => each < revision)
  for (const { memory } of branch.locations) memory.blobs.set(name, new Map(before))
  await branch.store.put(name, 'branch')
  return blobsOf(branch, 'a')
}

/** All is well, and stays so: a second repair writes nothing. */
async function expectConverged(f: Fixture): Promise<void> {
  const second = await f.reopen().repair()
  expect(second).to.deep.equal({ writes: [], left: [], retained: [], failures: [] })
  expect(await f.reopen().verify({ open: true })).to.include({ clean: true })
}

describe('store: verify', () => {
  it('counts every copy of every revision', async () => {
    const f = await filled()
    await f.store.put('y', 'z')
    const seen: unknown[] = []
    const report = await f.store.verify({ open: true, onProgress: (progress) => seen.push(progress) })
    expect(report).to.deep.equal({
      names: 2,
      revisions: 4,
      copies: { agreed: 12, differs: 0, missing: 0, foreign: 0, unreachable: 0 },
      findings: [],
      unopened: [],
      failures: [],
      clean: true,
    })
    expect(seen.at(-1)).to.deep.equal({ names: 2, revisions: 4 })
    expect(await f.store.verify({ prefix: 'y' })).to.include({ names: 1, revisions: 1 })
  })

  it('names what differs, is missing, foreign or out of reach, without any key', async () => {
    const f = await filled()
    blobsOf(f, 'b').delete(1)
    f.b.damage(name, 2)
    blobsOf(f, 'c').set(4, blobsOf(f, 'c').get(3)!)
    blobsOf(f, 'c').set(3, blobsOf(f, 'c').get(2)!)
    const report = await f.reopen({ keyring: new BrokenKeyring() }).verify()
    expect(found(report)).to.deep.equal(['1 b missing', '2 b differs', '3 c differs', '4 c foreign'])
    const codes = report.findings.map(({ revision, code }) => `${revision} ${code}`).toSorted()
    expect(codes).to.deep.equal(['1 COPY_MISSING', '2 BLOB_DAMAGED', '3 COPY_DIFFERS', '4 undefined'])
    expect(report.clean).to.equal(false)
    f.b.inject(refusing('UNREACHABLE'))
    const away = await f.reopen().verify()
    expect(found(away)).to.include.members(['1 b unreachable', '2 b unreachable', '3 b unreachable'])
    expect(away.failures[0]).to.include({ location: 'b', code: 'UNREACHABLE' })
    f.a.inject(refusing('UNREACHABLE'))
    await rejection(f.reopen().verify(), 'UNREACHABLE')
  })

  it('sees and mends a copy whose record is wrong, although its bytes are right', async () => {
    const f = await filled()
    const blob = blobsOf(f, 'b').get(2)!
    blobsOf(f, 'b').set(2, { ...blob, digest: '0'.repeat(64) })
    const report = await f.reopen().verify()
    expect(found(report)).to.deep.equal(['2 b differs'])
    expect(report.findings[0]).to.include({ code: 'BLOB_DAMAGED' })
    const repaired = await f.reopen({ keyring: new BrokenKeyring() }).repair()
    expect(wrote(repaired)).to.deep.equal(['2 b replaced'])
    expect(forkSidecars(f, 'b')).to.have.lengthOf(0)
    await expectConverged(f)
  })

  it('sees damage and gaps at the arbiter', async () => {
    const f = await filled()
    f.a.damage(name, 3)
    blobsOf(f, 'a').delete(2)
    expect(found(await f.store.verify())).to.deep.equal([
      '2 a missing',
      '2 b foreign',
      '2 c foreign',
      '3 a differs',
    ])
    const opened = await f.store.verify({ open: true })
    expect(opened.unopened.map(({ revision }) => revision)).to.include(3)
  })

  it('opens and walks the chain when it is asked to', async () => {
    const f = await filled()
    const other = fixture({ suite: 'unsigned', keyring: f.keyring })
    await other.store.put(name, 'other')
    for (const { memory } of f.locations)
      memory.blobs.get(name)!.set(1, other.a.memory.blobs.get(name)!.get(1)!)
    expect((await f.store.verify()).clean).to.equal(true)
    const report = await f.store.verify({ open: true })
    expect(report.unopened.map(({ revision, code }) => `${revision} ${code}`)).to.deep.equal([
      '2 BINDING_MISMATCH',
    ])
    expect(report.clean).to.equal(false)
    const keyless = await f.reopen({ keyring: rawAesKeyring() }).verify({ open: true })
    expect(keyless.unopened).to.have.length(3)
    expect(keyless.unopened[0]).to.include({ code: 'NO_DATA_KEY' })
  })

  it('downloads nothing where the service vouches for the bytes', async () => {
    const f = await filled()
    const attested = f.backends.map((backend) => ({
      ...backend,
      async revisions(...input: Parameters<typeof backend.revisions>) {
        const page = await backend.revisions(...input)
        return { ...page, items: page.items.map((stat) => ({ ...stat, attested: true })) }
      },
    }))
    for (const { calls } of f.locations) calls.length = 0
    expect(await f.reopen({ locations: attested }).verify()).to.include({ clean: true })
    expect(f.locations.flatMap(({ calls }) => calls)).to.not.include('read')
  })
})

describe('store: repair', () => {
  it('writes nothing where nothing is wrong', async () => {
    await expectConverged(await filled())
  })

  it('copies outward what is missing or damaged, without any key', async () => {
    const f = await filled()
    f.b.memory.blobs.clear()
    f.c.damage(name, 2)
    const report = await f.reopen({ keyring: new BrokenKeyring() }).repair()
    expect(wrote(report)).to.deep.equal(['1 b created', '2 b created', '2 c replaced', '3 b created'])
    expect(report.left).to.deep.equal([])
    await expectConverged(f)
  })

  it('brings a new location up to date', async () => {
    const f = await filled()
    const fresh = memoryBackend({ id: 'd' })
    const report = await f.reopen({ locations: [...f.backends, fresh] }).repair()
    expect(wrote(report)).to.deep.equal(['1 d created', '2 d created', '3 d created'])
  })

  it('saves a fork before the copy is replaced', async () => {
    const f = await filled()
    const other = fixture({ suite: 'unsigned', keyring: f.keyring })
    await other.store.put(name, 'fork')
    const fork = other.a.memory.blobs.get(name)!.get(1)!
    blobsOf(f, 'b').set(1, fork)
    const keyless = await f.reopen({ keyring: new BrokenKeyring() }).repair()
    expect(wrote(keyless)).to.deep.equal([])
    expect(left(keyless)).to.deep.equal(['1 b differs'])
    // The process dies between saving the fork and replacing the copy.
    const restore = f.b.inject(refusing('UNREACHABLE', { operations: ['replace'] }))
    expect(wrote(await f.reopen().repair())).to.deep.equal(['1 b fork-saved'])
    restore()
    expect(wrote(await f.reopen().repair())).to.deep.equal(['1 b replaced'])
    const [saved] = forkSidecars(f, 'b')
    expect(saved?.key).to.deep.equal({ name, revision: 1, kind: 'fork', id: fork.digest })
    expect(Buffer.from(saved!.bytes).equals(fork.bytes)).to.equal(true)
    await expectConverged(f)
  })

  it('leaves a fork that is too large to be saved, and gives up what nobody can open', async () => {
    const f = await filled(1)
    const other = fixture({ suite: 'unsigned', keyring: f.keyring })
    await other.store.put(name, 'fork')
    const small = f.backends.map((backend) => ({
      ...backend,
      capabilities: { ...backend.capabilities, maxSidecarBytes: 100 },
    }))
    blobsOf(f, 'b').set(1, other.a.memory.blobs.get(name)!.get(1)!)
    expect(left(await f.reopen({ locations: small }).repair())).to.deep.equal(['1 b differs'])
    f.b.damage(name, 1, -20 * 8)
    f.b.attest(name, 1)
    expect(wrote(await f.reopen({ locations: small }).repair())).to.deep.equal(['1 b replaced'])
    await expectConverged(f)
  })

  it('restores the arbiter only with the key', async () => {
    const f = await filled()
    f.a.damage(name, 2)
    f.a.damage(name, 3)
    f.b.damage(name, 3)
    const keyless = await f.reopen({ keyring: new BrokenKeyring() }).repair()
    expect(wrote(keyless)).to.deep.equal([])
    expect(left(keyless)).to.deep.equal(['2 a differs', '3 a differs'])
    expect(wrote(await f.reopen().repair())).to.deep.equal(['2 a replaced', '3 a replaced', '3 b replaced'])
    await expectConverged(f)
  })

  it('does not restore a damaged revision of the arbiter with another blob', async () => {
    const f = await filled(2)
    const branch = await branchOf(f, 2)
    for (const id of ['b', 'c'] as const) blobsOf(f, id).set(2, branch.get(2)!)
    f.a.damage(name, 2)
    const report = await f.reopen().repair()
    expect(wrote(report)).to.deep.equal([])
    expect(left(report)).to.deep.equal(['2 a differs'])
  })

  it('restores a damaged record of the arbiter by its own bytes, with the key and where nobody has another blob', async () => {
    const rot = (f: Fixture, revision: number) =>
      blobsOf(f, 'a').set(revision, { ...blobsOf(f, 'a').get(revision)!, digest: '0'.repeat(64) })
    for (const revision of [1, 2, 3]) {
      const f = await filled()
      rot(f, revision)
      const keyless = await f.reopen({ keyring: new BrokenKeyring() }).repair()
      expect(wrote(keyless)).to.deep.equal([])
      expect(left(keyless)).to.include(`${revision} a differs`)
      expect(wrote(await f.reopen().repair())).to.deep.equal([`${revision} a replaced`])
      await expectConverged(f)
    }
    const away = await filled()
    rot(away, 3)
    const back = away.c.inject(refusing('UNREACHABLE', { operations: ['revisions'] }))
    expect(wrote(await away.reopen().repair())).to.deep.equal([])
    back()
    blobsOf(away, 'c').set(3, (await branchOf(away, 3)).get(3)!)
    const report = await away.reopen().repair()
    expect(wrote(report)).to.deep.equal([])
    expect(left(report)).to.deep.equal(['3 a differs'])
  })

  it('restores a revision that was put on a damaged record of the arbiter', async () => {
    const f = await filled(2)
    const writer = f.reopen()
    await writer.get(name, { revision: 1 })
    const recorded = blobsOf(f, 'a').get(2)!
    blobsOf(f, 'a').set(2, { ...recorded, digest: '0'.repeat(64) })
    await writer.put(name, 'value 3')
    // A repair that was under way meanwhile renews the record.
    blobsOf(f, 'a').set(2, recorded)
    f.a.damage(name, 3)
    expect(wrote(await f.reopen().repair())).to.deep.equal(['3 a replaced'])
    expect(wrote(await f.reopen().repair())).to.deep.equal([])
  })

  it('renews no record of the arbiter while a copy that it may speak of cannot be read', async () => {
    const f = await filled(1)
    const old = blobsOf(f, 'a').get(1)!
    await f.store.destroy(name, { revision: 1 })
    blobsOf(f, 'a').set(1, { ...blobsOf(f, 'a').get(1)!, bytes: old.bytes })
    blobsOf(f, 'b').set(1, old)
    const heal = f.c.inject(refusing('UNREACHABLE', { operations: ['read'] }))
    expect(wrote(await f.reopen().repair())).to.deep.equal([])
    heal()
    await f.reopen().repair()
    await rejection(f.reopen().get(name), 'DESTROYED')
  })

  it('leaves what no location holds intact', async () => {
    const f = await filled()
    for (const location of f.locations) location.damage(name, 2)
    const report = await f.reopen().repair()
    expect(wrote(report)).to.deep.equal([])
    expect(left(report)).to.deep.equal(['2 a differs'])
  })

  it('restores an arbiter whose record changed with its bytes, if the chain says so', async () => {
    const body = -20
    const header = 20
    for (const [revision, byte] of [
      [1, header],
      [1, body],
      [2, header],
      [2, body],
      [3, body],
    ] as const) {
      const f = await filled()
      f.a.damage(name, revision, byte * 8)
      f.a.attest(name, revision)
      const keyless = await f.reopen({ keyring: new BrokenKeyring() }).repair()
      expect(wrote(keyless)).to.deep.equal([])
      const report = await f.reopen().repair()
      expect(wrote(report)).to.deep.equal([`${revision} a fork-saved`, `${revision} a replaced`])
      await expectConverged(f)
    }
  })

  it('does not undo what is destroyed, or forked, between its listing and its reading', async () => {
    const f = await filled(1)
    // Only the arbiter is told of it: the replicas still have what is destroyed.
    const locations = [f.a, f.b, f.c].map(({ backend, memory }) => testLocation(backend.id, memory))
    for (const replica of locations.slice(1))
      replica.inject(refusing('UNREACHABLE', { operations: ['replace'] }))
    const other = f.reopen({ locations: locations.map(({ backend }) => backend) })
    f.a.inject({
      operations: ['read'],
      times: 1,
      async run(pass) {
        await rejection(other.destroy(name, { revision: 1 }), 'DESTROY_INCOMPLETE')
        return pass()
      },
    })
    expect(left(await f.reopen().repair())).to.deep.equal(['1 a differs'])
    await f.reopen().repair()
    await rejection(f.reopen().get(name, { revision: 1 }), 'DESTROYED')
    await expectConverged(f)

    await f.store.put(name, 'value 2')
    const { bytes } = blobsOf(f, 'b').get(1)!
    f.b.inject({
      operations: ['read'],
      times: 1,
      only: (slot) => JSON.stringify(slot) === JSON.stringify({ name, revision: 2 }),
      run(pass) {
        blobsOf(f, 'b').set(2, { bytes, digest: sealedBlob(bytes).digest, versionToken: 'another' })
        return pass()
      },
    })
    expect(left(await f.reopen().repair())).to.deep.equal(['2 b differs'])
    expect(wrote(await f.reopen().repair())).to.deep.equal(['2 b fork-saved', '2 b replaced'])
  })

  it('leaves a latest revision of the arbiter that is only locked', async () => {
    const f = await filled()
    const locked = fixture({ suite: 'unsigned' })
    for (let revision = 1; revision <= 3; revision++) await locked.store.put(name, 'other key')
    blobsOf(f, 'a').set(3, blobsOf(locked, 'a').get(3)!)
    const report = await f.reopen().repair()
    expect(wrote(report)).to.deep.equal([])
    expect(left(report)).to.deep.equal(['3 b differs', '3 c differs'])
  })

  it('never spreads a blob of the arbiter that the key proves wrong', async () => {
    const f = await filled()
    f.a.damage(name, 3, -20 * 8)
    f.a.attest(name, 3)
    blobsOf(f, 'b').delete(3)
    f.c.damage(name, 3, 9)
    f.c.attest(name, 3)
    const report = await f.reopen().repair()
    expect(wrote(report)).to.deep.equal([])
    expect(left(report)).to.deep.equal(['3 a differs'])
    expect(blobsOf(f, 'b').has(3)).to.equal(false)
  })

  it('adopts what only replicas hold when its chain reaches the arbiter', async () => {
    const f = await filled(5)
    for (const revision of [4, 5]) blobsOf(f, 'a').delete(revision)
    blobsOf(f, 'b').delete(5)
    const keyless = await f.reopen({ keyring: new BrokenKeyring() }).repair()
    expect(wrote(keyless)).to.deep.equal([])
    expect(left(keyless)).to.deep.equal(['4 b foreign', '4 c foreign', '5 c foreign'])
    expect(wrote(await f.reopen().repair())).to.deep.equal(['4 a adopted', '5 a adopted', '5 b created'])
    await expectConverged(f)
  })

  it('fills gaps of the arbiter, and a name that it lost', async () => {
    const f = await filled(5)
    for (const revision of [1, 3, 4]) blobsOf(f, 'a').delete(revision)
    expect(wrote(await f.reopen().repair())).to.deep.equal(['1 a adopted', '3 a adopted', '4 a adopted'])
    await expectConverged(f)
    f.a.memory.blobs.clear()
    expect(wrote(await f.reopen().repair())).to.have.length(5)
    await expectConverged(f)
  })

  it('leaves what does not follow the arbiter, and harms nothing', async () => {
    const f = await filled()
    const before = JSON.stringify([...blobsOf(f, 'a')].map(([revision, { digest }]) => [revision, digest]))
    const other = fixture({ suite: 'unsigned', keyring: f.keyring })
    for (let revision = 1; revision <= 4; revision++) await other.store.put(name, `other ${revision}`)
    const elsewhere = createStore({
      id: 'elsewhere',
      keyring: f.keyring,
      locations: [memoryBackend({ id: 'a' })],
    })
    await elsewhere.put(name, 'x')
    blobsOf(f, 'b').set(4, other.a.memory.blobs.get(name)!.get(4)!)
    blobsOf(f, 'c').set(4, blobsOf(f, 'c').get(3)!)
    blobsOf(f, 'c').set(9, { bytes: new Uint8Array(50), digest: 'f'.repeat(64), versionToken: 't' })
    const report = await f.reopen().repair()
    expect(wrote(report)).to.deep.equal([])
    expect(left(report)).to.deep.equal(['4 b foreign', '4 c foreign', '9 c foreign'])
    const after = JSON.stringify([...blobsOf(f, 'a')].map(([revision, { digest }]) => [revision, digest]))
    expect(after).to.equal(before)
    expect(await f.reopen().put(name, 'next', { copies: 1 })).to.include({ revision: 4 })
  })

  it('leaves two blobs that both follow the arbiter', async () => {
    const f = await filled(2)
    const branch = await branchOf(f, 2)
    blobsOf(f, 'a').delete(2)
    blobsOf(f, 'c').set(2, branch.get(2)!)
    const report = await f.reopen().repair()
    expect(wrote(report)).to.deep.equal([])
    expect(left(report)).to.deep.equal(['2 b foreign', '2 c foreign'])
  })

  it('settles a lost acknowledgement', async () => {
    const f = await filled()
    for (const location of [f.a, f.b]) {
      location.damage(name, 2)
      location.inject(losingAnswer({ operations: ['replace'], times: 1 }))
    }
    const report = await f.reopen().repair()
    expect(wrote(report)).to.deep.equal(['2 a replaced', '2 b replaced'])
    expect(report.failures).to.deep.equal([])
    await expectConverged(f)
  })

  it('finishes what a failing location kept it from', async () => {
    const f = await filled()
    f.b.memory.blobs.clear()
    f.c.damage(name, 1)
    f.b.inject(losingAnswer({ operations: ['create'], times: 1 }))
    f.c.inject(losingAnswer({ operations: ['replace'], times: 1 }))
    f.c.inject(refusing('UNREACHABLE', { operations: ['stat'], times: 1 }))
    const report = await f.reopen().repair()
    expect(report.failures.map(({ location, code }) => `${location} ${code}`)).to.deep.equal([
      'c OUTCOME_UNKNOWN',
    ])
    await expectConverged(f)
    f.b.inject(refusing('UNREACHABLE'))
    const away = await f.reopen().repair()
    expect(away.failures.every(({ location }) => location === 'b')).to.equal(true)
    expect(away.left.every(({ state }) => state === 'unreachable')).to.equal(true)
  })

  it('reports progress, keeps to the prefix, and stops when aborted', async () => {
    const f = await filled()
    await f.store.put('y', 'z')
    for (const revisions of f.b.memory.blobs.values()) revisions.clear()
    const seen: unknown[] = []
    const report = await f.reopen().repair({ prefix: 'y', onProgress: (progress) => seen.push(progress) })
    expect(report.writes.map((each) => each.name)).to.deep.equal(['y'])
    expect(seen).to.deep.equal([{ names: 1, revisions: 1, writes: 1 }])
    const controller = new AbortController()
    const reason = new Error('enough')
    const onProgress = () => controller.abort(reason)
    const error = await f
      .reopen()
      .repair({ signal: controller.signal, onProgress })
      .catch((e: unknown) => e)
    expect(error).to.equal(reason)
  })
})
