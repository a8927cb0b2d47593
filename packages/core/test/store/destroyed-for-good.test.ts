import { describe, it } from 'mocha'
import { expect } from 'chai'
import { buildClient, inspect } from '@sealring/core/envelope'
import { keyringFrom } from '@sealring/core/keyring'
import { blobAt, contextAt, digestAt, filled, forks, name, outcomes, receiptIn } from './destruction.js'
import { refusing } from './faulty-backend.js'
import { fixture, rawAesKeyring } from './fixture.js'
import { rejection } from './rejection.js'

/** Each data key takes `size` bytes more in a header; none can be unwrapped while its service is away. */
function keyService(size = 0) {
  const service = { away: false }
  const keyring = keyringFrom({
    providerId: 'test',
    wrap: ({ dataKey }) => ({ providerInfo: 'x', ciphertext: Buffer.concat([dataKey, Buffer.alloc(size)]) }),
    unwrap({ ciphertext, keyLength }) {
      if (service.away) throw new Error('the key service is away')
      return Buffer.from(ciphertext.subarray(0, keyLength))
    },
  })
  return { service, keyring }
}

describe('store: a destroyed revision that somebody still holds', () => {
  it('is not served while a good tombstone can be reached, though the arbiter’s is damaged', async () => {
    const f = await filled()
    const old = blobAt(f.b, 3)
    await f.store.destroy(name, { revision: 3 })
    f.b.memory.blobs.get(name)!.set(3, old)
    f.a.damage(name, 3, -100)
    f.a.attest(name, 3)
    const near = () => f.reopen({ locations: [f.b.backend, f.c.backend, f.a.backend], arbiter: 'a' })
    for (const freshness of ['arbiter', 'all'] as const)
      for (const which of [{}, { revision: 3 }]) {
        await rejection(near().get(name, { ...which, freshness }), 'DESTROYED')
        await rejection(near().getStream(name, { ...which, freshness }), 'DESTROYED')
      }
    // Without any other tombstone nobody can tell: the documented exception.
    f.c.memory.blobs.get(name)!.set(3, old)
    expect(await near().get(name, { freshness: 'arbiter' })).to.include({ revision: 3 })
  })

  it('is not served to who asks all, while the arbiter is away or behind', async () => {
    for (const away of [true, false]) {
      const f = await filled()
      const old = blobAt(f.b, 3)
      await f.store.destroy(name, { revision: 3 })
      f.b.memory.blobs.get(name)!.set(3, old)
      if (away) f.a.inject(refusing('UNREACHABLE'))
      else f.a.memory.blobs.get(name)!.delete(3)
      const near = () => f.reopen({ locations: [f.b.backend, f.c.backend, f.a.backend], arbiter: 'a' })
      await rejection(near().get(name, { freshness: 'all' }), 'DESTROYED')
      if (away) await rejection(near().get(name, { freshness: 'all', revision: 3 }), 'DESTROYED')
    }
  })

  it('is not brought back by complete or repair of a store object that knows', async () => {
    const f = await filled()
    const receipt = await f.store.put(name, 'four')
    const old = blobAt(f.a, 4)
    await f.store.destroy(name, { revision: 4 })
    for (const { memory } of f.locations) memory.blobs.get(name)!.delete(4)
    f.a.memory.blobs.get(name)!.set(4, old)
    expect((await rejection(f.store.complete(receipt), 'ARBITER_BEHIND')).details).to.include({
      digest: old.digest,
    })
    const outward = await f.store.repair()
    expect(outward.writes).to.deep.equal([])
    expect(outward.left.map(({ location }) => location)).to.deep.equal(['a'])
    for (const { memory } of [f.b, f.c]) expect(memory.blobs.get(name)!.has(4)).to.equal(false)
    f.a.memory.blobs.get(name)!.delete(4)
    f.b.memory.blobs.get(name)!.set(4, old)
    const inward = await f.store.repair()
    expect(inward.writes).to.deep.equal([])
    expect(inward.left).to.have.length(1)
    expect(inward.left[0]!).to.include({ location: 'b', state: 'foreign' })
    expect(inward.left[0]!.reason).to.include('destroyed')
    expect(f.a.memory.blobs.get(name)!.has(4)).to.equal(false)
  })

  it('is known by a tombstone of any size', async () => {
    const f = await filled({ keyring: keyService(20_000).keyring })
    const seer = f.reopen()
    await seer.get(name)
    const back = f.b.inject(refusing('UNREACHABLE'))
    await rejection(f.store.destroy(name, { revision: 3 }), 'DESTROY_INCOMPLETE')
    back()
    await rejection(f.reopen().getStream(name), 'DESTROYED')
    await rejection(seer.getStream(name, { freshness: 'arbiter' }), 'DESTROYED')
    const report = await f.reopen().repair()
    expect(report.writes.map(({ location, action }) => `${location} ${action}`)).to.deep.equal([
      'b destroyed',
    ])
    expect(forks(f.b)).to.deep.equal([])
    expect(digestAt(f.b, 3)).to.equal(digestAt(f.a, 3))
  })

  it('gets no tombstone with what an unreadable blob claims as its request, unless it is one', async () => {
    const stranger = rawAesKeyring()
    for (const [claimed, expected] of [
      ['put-three', 'put-three'],
      ['r'.repeat(60_000), undefined],
      ['not visible', undefined],
    ] as const) {
      const f = await filled()
      const { encryptionContext } = inspect(blobAt(f.a, 3).bytes)
      const { result } = await buildClient('REQUIRE_ENCRYPT_REQUIRE_DECRYPT').encrypt(stranger, 'x', {
        encryptionContext: {
          ...Object.fromEntries(Object.entries(encryptionContext).filter(([key]) => !key.startsWith('aws-'))),
          'sealring-request': claimed,
        },
      })
      for (const location of f.locations) {
        location.memory.blobs.get(name)!.set(3, { ...blobAt(f.a, 3), bytes: result })
        location.attest(name, 3)
      }
      await f.reopen().destroy(name, { revision: 3 })
      expect(contextAt(f.a, 3)['sealring-destroyed-request']).to.equal(expected)
    }
  })

  it('is saved before a tombstone takes its place that the revision after does not confirm', async () => {
    const f = await filled()
    const old = blobAt(f.b, 2)
    await f.store.destroy(name, { revision: 2 })
    f.b.memory.blobs.get(name)!.set(2, old)
    const other = fixture({ suite: 'unsigned', keyring: f.keyring })
    for (const value of ['1', '2', '3']) await other.store.put(name, value)
    for (const { memory } of f.locations) memory.blobs.get(name)!.set(3, blobAt(other.a, 3))
    await f.reopen().repair()
    expect(digestAt(f.b, 2)).to.equal(digestAt(f.a, 2))
    expect(forks(f.b)).to.deep.equal([old.digest])
  })

  it('is no sign of tampering while only the key is away', async () => {
    const { service, keyring } = keyService()
    const f = await filled({ keyring })
    await f.reopen().destroy(name, { revision: 3 })
    const reads = [{ freshness: 'arbiter' }, { freshness: 'all' }, {}, { revision: 3 }] as const
    service.away = true
    for (const options of reads) await rejection(f.store.get(name, options), 'DATA_KEY_NOT_UNWRAPPED')
    service.away = false
    for (const options of reads) await rejection(f.store.get(name, options), 'DESTROYED')
  })
})

describe('store: destroy, when locations answer badly', () => {
  it('says that the outcome is unknown while a lost write may still happen', async () => {
    const f = await filled()
    f.a.inject(refusing('OUTCOME_UNKNOWN', { operations: ['replace'] }))
    const error = await rejection(f.reopen().destroy(name, { revision: 3 }), 'DESTROY_INCOMPLETE')
    expect(outcomes(receiptIn(error))).to.deep.equal(['3 unknown a unknown, b failed, c failed'])
    expect(error.cause).to.have.property('code', 'OUTCOME_UNKNOWN')
  })

  it('says so too when it can not look again afterwards', async () => {
    const f = await filled()
    let replaced = 0
    f.a.inject({
      operations: ['replace'],
      run: (pass) => {
        replaced += 1
        return refusing('OUTCOME_UNKNOWN').run(pass, 'replace')
      },
    })
    let stats = 0
    // The first settles nothing; the second is that of the next round.
    f.a.inject({
      operations: ['stat'],
      run: (pass) => (replaced > 0 && ++stats > 1 ? refusing('UNREACHABLE').run(pass, 'stat') : pass()),
    })
    const error = await rejection(f.reopen().destroy(name, { revision: 3 }), 'DESTROY_INCOMPLETE')
    expect(outcomes(receiptIn(error))).to.deep.equal(['3 unknown a unknown, b failed, c failed'])
  })

  it('says it of a replica', async () => {
    const f = await filled()
    f.b.inject(refusing('OUTCOME_UNKNOWN', { operations: ['replace'] }))
    f.c.memory.blobs.get(name)!.delete(3)
    f.c.inject(refusing('OUTCOME_UNKNOWN', { operations: ['create'] }))
    const error = await rejection(f.reopen().destroy(name, { revision: 3 }), 'DESTROY_INCOMPLETE')
    const receipt = receiptIn(error)
    expect(outcomes(receipt)).to.deep.equal(['3 true a destroyed, b unknown, c unknown'])
    expect(receipt.revisions[0]!.copies[1]).to.include({ code: 'OUTCOME_UNKNOWN' })
  })

  it('keeps no damaged copy of what is destroyed, by destroy or by repair', async () => {
    for (const revision of [1, 3])
      for (const byRepair of [false, true]) {
        const f = await filled()
        f.b.damage(name, revision, -100)
        f.b.attest(name, revision)
        const back = byRepair ? f.b.inject(refusing('UNREACHABLE')) : undefined
        await f
          .reopen()
          .destroy(name, { revision })
          .catch((error: unknown) => receiptIn(error))
        back?.()
        if (byRepair) await f.reopen().repair()
        expect(digestAt(f.b, revision)).to.equal(digestAt(f.a, revision))
        expect(forks(f.b)).to.deep.equal([])
      }
  })

  it('keeps none either that looks locked, or has a header that nobody can read', async () => {
    // Format version, suite, and the context.
    for (const part of [0, 2, name, 'sealring-store', 'sealring-previous'])
      for (const byRepair of [false, true]) {
        const f = await filled()
        const at = typeof part === 'number' ? part : Buffer.from(blobAt(f.b, 2).bytes).indexOf(part)
        f.b.damage(name, 2, 8 * at)
        f.b.attest(name, 2)
        const back = byRepair ? f.b.inject(refusing('UNREACHABLE')) : undefined
        await f
          .reopen()
          .destroy(name, { revision: 2 })
          .catch((error: unknown) => receiptIn(error))
        back?.()
        if (byRepair) await f.reopen().repair()
        expect(digestAt(f.b, 2), `${part}`).to.equal(digestAt(f.a, 2))
        expect(forks(f.b), `${part}`).to.deep.equal([])
      }
  })

  it('keeps none that an earlier repair had saved', async () => {
    for (const bit of [-100, 60]) {
      const f = await filled()
      f.b.damage(name, 2, bit)
      f.b.attest(name, 2)
      await f.reopen().repair()
      expect(forks(f.b)).to.have.length(1)
      const receipt = await f.reopen().destroy(name, { revision: 2 })
      expect(receipt.revisions[0]!.copies.flatMap((copy) => copy.forks)).to.deep.equal([])
      expect(forks(f.b)).to.deep.equal([])
    }
  })

  it('keeps what another writer made, even under a wrong record', async () => {
    const f = await filled()
    const other = await filled({ keyring: f.keyring })
    const fork = blobAt(other.a, 3)
    f.b.memory.blobs.get(name)!.set(3, { ...fork, digest: '0'.repeat(64) })
    const receipt = await f.reopen().destroy(name, { revision: 3 })
    expect(receipt.revisions[0]!.copies[1]!.forks).to.deep.equal([fork.digest])
    expect(forks(f.b)).to.deep.equal([fork.digest])
  })

  it('keeps none when the arbiter’s tombstone comes back by repair', async () => {
    const f = await filled()
    const old = blobAt(f.a, 3)
    await f.reopen().destroy(name, { revision: 3 })
    f.a.memory.blobs.get(name)!.set(3, old)
    f.a.damage(name, 3, -100)
    f.a.attest(name, 3)
    await f.reopen().repair()
    expect(digestAt(f.a, 3)).to.equal(digestAt(f.b, 3))
    expect(f.locations.flatMap(forks)).to.deep.equal([])
  })

  it('waits for every replica where the arbiter’s damaged blob does not say what it was', async () => {
    const f = await filled()
    const old = digestAt(f.b, 3)
    f.a.damage(name, 3, -100)
    f.a.attest(name, 3)
    f.c.memory.blobs.get(name)!.delete(3)
    const back = f.b.inject(refusing('UNREACHABLE'))
    await rejection(f.reopen().destroy(name, { revision: 3 }), 'UNREADABLE')
    back()
    const receipt = await f.reopen().destroy(name, { revision: 3 })
    expect(receipt.revisions[0]).to.include({ destroyed: old })
    expect(f.locations.flatMap(forks)).to.deep.equal([])
    // Where the next revision names it, nobody else is needed.
    const g = await filled()
    const second = digestAt(g.a, 2)
    g.a.damage(name, 2, -100)
    g.a.attest(name, 2)
    g.b.inject(refusing('UNREACHABLE'))
    const partial = receiptIn(
      await rejection(g.reopen().destroy(name, { revision: 2 }), 'DESTROY_INCOMPLETE'),
    )
    expect(partial.revisions[0]).to.include({ destroyed: second, committed: true })
  })

  it('replaces a copy that its location calls damaged', async () => {
    const f = await filled()
    f.b.damage(name, 3, -100)
    f.b.attest(name, 3)
    f.b.inject(refusing('BLOB_DAMAGED', { operations: ['read'] }))
    const receipt = await f.reopen().destroy(name, { revision: 3 })
    expect(outcomes(receipt)).to.deep.equal(['3 true a destroyed, b destroyed, c destroyed'])
    expect(digestAt(f.b, 3)).to.equal(digestAt(f.a, 3))
  })
})
