import { describe, it } from 'mocha'
import { expect } from 'chai'
import { buildClient, CommitmentPolicy } from '@aws-crypto/client-node'
import { createStore, InputError, type Receipt } from '@sealring/core'
import { receiptIn } from './details.js'
import { losingAnswer, refusing } from './faulty-backend.js'
import { BrokenKeyring, fixture, rawAesKeyring, type Fixture } from './fixture.js'
import { rejection } from './rejection.js'

const name = 'billing/db-password'

const digestsOf = ({ locations }: Fixture, revision = 1) =>
  locations.map(({ memory }) => memory.blobs.get(name)?.get(revision)?.digest)

const outcomes = ({ copies }: Receipt) => copies.map(({ location, outcome }) => `${location} ${outcome}`)
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8')

describe('store: put', () => {
  it('keeps the same bytes everywhere, which client-node opens', async () => {
    const f = fixture()
    const receipt = await f.store.put(name, 'sécret', { context: { env: 'prod' } })
    expect(receipt).to.include({ store: 'test', name, revision: 1, arbiter: 'a', committed: true })
    expect(outcomes(receipt)).to.deep.equal(['a stored', 'b stored', 'c stored'])
    expect(digestsOf(f)).to.deep.equal([receipt.digest, receipt.digest, receipt.digest])
    const stored = f.b.memory.blobs.get(name)!.get(1)!
    expect(stored.bytes.byteLength).to.equal(receipt.size)
    const client = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
    const { plaintext, messageHeader } = await client.decrypt(f.keyring, stored.bytes)
    expect(text(plaintext)).to.equal('sécret')
    expect(messageHeader.suiteId).to.equal(0x0578)
    expect(messageHeader.encryptionContext).to.include({
      'sealring-store': 'test',
      'sealring-name': name,
      'sealring-revision': '1',
      'sealring-request': receipt.requestId,
      env: 'prod',
    })
    expect(messageHeader.encryptionContext).to.not.have.property('sealring-previous')
  })

  it('names the digest of the revision before', async () => {
    const f = fixture({ suite: 'unsigned' })
    const first = await f.store.put(name, 'one')
    await f.store.put(name, 'two')
    const client = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
    const { messageHeader } = await client.decrypt(f.keyring, f.c.memory.blobs.get(name)!.get(2)!.bytes)
    expect(messageHeader.suiteId).to.equal(0x0478)
    expect(messageHeader.encryptionContext).to.include({ 'sealring-previous': first.digest })
  })

  it('keeps plaintexts of 0 bytes and of many frames', async () => {
    const { store } = fixture()
    for (const bytes of [new Uint8Array(), new Uint8Array(300_000).fill(7)]) {
      await store.put(name, bytes)
      expect(Buffer.from(bytes).equals((await store.get(name)).plaintext)).to.equal(true)
    }
  })

  it('settles a lost acknowledgement of the arbiter: one revision, not two', async () => {
    const f = fixture()
    f.a.inject(losingAnswer({ operations: ['create'], times: 1 }))
    const receipt = await f.store.put(name, 'x')
    expect(receipt).to.include({ revision: 1, committed: true })
    expect(f.a.memory.blobs.get(name)!.size).to.equal(1)
  })

  it('creates the same bytes again when the first attempt never arrived', async () => {
    const f = fixture()
    f.a.inject(refusing('OUTCOME_UNKNOWN', { operations: ['create'], times: 1 }))
    const receipt = await f.store.put(name, 'x')
    expect(digestsOf(f)).to.deep.equal([receipt.digest, receipt.digest, receipt.digest])
  })

  it('treats an error that no contract knows as an unknown outcome', async () => {
    const f = fixture()
    f.a.inject({
      operations: ['create'],
      times: 1,
      async run(pass) {
        await pass()
        throw new TypeError('socket hang up')
      },
    })
    expect(await f.store.put(name, 'x')).to.include({ revision: 1, committed: true })
    expect(f.a.memory.blobs.get(name)!.size).to.equal(1)
  })

  it('says unknown when the arbiter confirms nothing, and writes nowhere else', async () => {
    const f = fixture()
    f.a.inject(losingAnswer({ operations: ['create'] }))
    const restore = f.a.inject(refusing('UNREACHABLE', { operations: ['stat'] }))
    const error = await rejection(f.store.put(name, 'x'), 'PUT_INCOMPLETE')
    const receipt = receiptIn(error)
    expect(receipt.committed).to.equal('unknown')
    expect(outcomes(receipt)).to.deep.equal(['a unknown', 'b failed', 'c failed'])
    expect(error.cause).to.be.instanceOf(Error)
    expect(f.b.memory.blobs.size + f.c.memory.blobs.size).to.equal(0)
    restore()
    const done = await f.store.complete(receipt)
    expect(done).to.include({ committed: true, digest: receipt.digest })
    expect(digestsOf(f)).to.deep.equal([receipt.digest, receipt.digest, receipt.digest])
  })

  it('completes to committed: false when the unknown put never arrived', async () => {
    const f = fixture()
    f.a.inject(refusing('OUTCOME_UNKNOWN', { operations: ['create'], times: 2 }))
    const receipt = receiptIn(await rejection(f.store.put(name, 'x'), 'PUT_INCOMPLETE'))
    expect(receipt.committed).to.equal('unknown')
    const again = receiptIn(await rejection(f.store.complete(receipt), 'PUT_INCOMPLETE'))
    expect(again.committed).to.equal(false)
    await f.reopen().put(name, 'y')
    await rejection(f.store.complete(receipt), 'CONFLICT')
  })

  it('writes nothing when the arbiter can not be reached', async () => {
    for (const operation of ['readSidecar', 'latest', 'create'] as const) {
      const f = fixture()
      f.a.inject(refusing('UNREACHABLE', { operations: [operation] }))
      await rejection(f.store.put(name, 'x'), 'UNREACHABLE')
      expect(digestsOf(f)).to.deep.equal([undefined, undefined, undefined])
    }
  })

  it('reports the replica that was left out, and completes it', async () => {
    const f = fixture({ arbiter: 'a' })
    const restore = f.b.inject(refusing('UNREACHABLE'))
    const error = await rejection(f.store.put(name, 'x'), 'PUT_INCOMPLETE')
    const receipt = receiptIn(error)
    expect(receipt.committed).to.equal(true)
    expect(outcomes(receipt)).to.deep.equal(['a stored', 'b failed', 'c stored'])
    expect(receipt.copies[1]).to.include({ code: 'UNREACHABLE' })
    await rejection(f.store.complete(receipt), 'PUT_INCOMPLETE')
    restore()
    const done = await f.store.complete(receipt)
    expect(outcomes(done)).to.deep.equal(['a stored', 'b stored', 'c stored'])
    expect(await f.store.complete(receipt)).to.deep.equal(done)
    expect(digestsOf(f)).to.deep.equal([receipt.digest, receipt.digest, receipt.digest])
  })

  it('completes from a replica when the copy of the arbiter is damaged', async () => {
    const f = fixture({ arbiter: 'a' })
    const restore = f.b.inject(refusing('UNREACHABLE'))
    const receipt = receiptIn(await rejection(f.store.put(name, 'x'), 'PUT_INCOMPLETE'))
    restore()
    f.a.damage(name, 1)
    await f.store.complete(receipt)
    expect(f.b.memory.blobs.get(name)!.get(1)!.bytes).to.deep.equal(f.c.memory.blobs.get(name)!.get(1)!.bytes)
    f.b.memory.blobs.clear()
    f.c.damage(name, 1)
    await rejection(f.store.complete(receipt), 'UNREADABLE')
    expect(f.b.memory.blobs.size).to.equal(0)
  })

  it('is content with the asked number of copies, and still tries all', async () => {
    const f = fixture({ arbiter: 'a' })
    f.b.inject(refusing('THROTTLED'))
    const receipt = await f.store.put(name, 'x', { copies: 2 })
    expect(outcomes(receipt)).to.deep.equal(['a stored', 'b failed', 'c stored'])
    f.c.inject(refusing('ACCESS_DENIED'))
    expect(await f.store.put(name, 'y', { copies: 1 })).to.include({ revision: 2 })
  })

  it('settles a lost acknowledgement of a replica', async () => {
    const f = fixture()
    f.b.inject(losingAnswer({ operations: ['create'] }))
    f.c.inject(refusing('OUTCOME_UNKNOWN', { operations: ['create'] }))
    const receipt = receiptIn(await rejection(f.store.put(name, 'x'), 'PUT_INCOMPLETE'))
    expect(outcomes(receipt)).to.deep.equal(['a stored', 'b stored', 'c unknown'])
    expect(receipt.copies[2]).to.include({ code: 'OUTCOME_UNKNOWN' })
  })

  it('does not count a replica that holds another blob', async () => {
    const f = fixture()
    const other = fixture()
    await other.store.put(name, 'other')
    await f.store.put('first', 'x')
    f.b.memory.blobs.set(name, other.b.memory.blobs.get(name)!)
    const receipt = receiptIn(await rejection(f.store.put(name, 'x'), 'PUT_INCOMPLETE'))
    expect(receipt.copies[1]).to.include({ outcome: 'failed', code: 'COPY_DIFFERS' })
  })

  it('compares and sets', async () => {
    const { store } = fixture()
    const first = await store.put(name, 'one', { ifRevision: 0 })
    await rejection(store.put(name, 'again', { ifRevision: 0 }), 'CONFLICT')
    await store.put(name, 'two', { ifRevision: first })
    await rejection(store.put(name, 'late', { ifRevision: first }), 'CONFLICT')
    await rejection(store.put(name, 'x', { ifRevision: { revision: 2, digest: first.digest } }), 'CONFLICT')
    expect(text((await store.get(name)).plaintext)).to.equal('two')
  })

  it('seals anew after a lost race, and loses none of the writers', async () => {
    const f = fixture({ suite: 'unsigned', maxAttempts: 20 })
    const puts = Array.from({ length: 12 }, (_, index) => f.reopen().put(name, `value ${index}`))
    const revisions = (await Promise.all(puts)).map(({ revision }) => revision)
    expect(revisions.toSorted((a, b) => a - b)).to.deep.equal(
      Array.from({ length: 12 }, (_, index) => index + 1),
    )
    const report = await f.store.verify({ open: true })
    expect(report).to.include({ clean: true, revisions: 12 })
  })

  it('lets exactly one of several compare-and-sets win', async () => {
    const f = fixture({ suite: 'unsigned' })
    const base = await f.store.put(name, 'base')
    const puts = Array.from({ length: 8 }, () => f.reopen().put(name, 'x', { ifRevision: base }))
    const results = await Promise.allSettled(puts)
    expect(results.filter(({ status }) => status === 'fulfilled')).to.have.length(1)
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).to.have.property('code', 'CONFLICT')
  })

  it('gives up after the asked number of lost races', async () => {
    const f = fixture({ maxAttempts: 2 })
    const rival = f.unfaulted()
    f.a.inject({
      operations: ['create'],
      async run(pass) {
        await rival.put(name, 'rival')
        return pass()
      },
    })
    await rejection(f.store.put(name, 'x'), 'CONFLICT')
    expect(f.a.memory.blobs.get(name)!.size).to.equal(2)
  })
})

describe('store: put, when its acknowledgement and the race are lost', () => {
  it('looks at no revision older than its own', async () => {
    const f = fixture()
    await f.store.put(name, 'one')
    for (const { memory } of f.locations) {
      const first = memory.blobs.get(name)!.get(1)!
      memory.blobs.get(name)!.set(1, { ...first, bytes: first.bytes.map((byte) => byte ^ 1) })
    }
    f.a.inject({
      operations: ['create'],
      times: 1,
      async run(_pass, operation) {
        await f.unfaulted().put(name, 'theirs')
        return refusing('OUTCOME_UNKNOWN').run(async () => undefined, operation)
      },
    })
    expect(await f.store.put(name, 'two')).to.include({ revision: 3 })
  })
})

describe('store: requestId', () => {
  it('recognises its own revision after a restart and completes its copies', async () => {
    const f = fixture({ arbiter: 'a' })
    f.c.inject(refusing('UNREACHABLE', { times: 2 }))
    await rejection(f.store.put(name, 'x', { requestId: 'job-1' }), 'PUT_INCOMPLETE')
    await f.reopen().put(name, 'later', { copies: 1 })
    const receipt = await f.reopen().put(name, 'x', { requestId: 'job-1' })
    expect(receipt).to.include({ revision: 1, requestId: 'job-1', committed: true })
    expect(outcomes(receipt)).to.deep.equal(['a stored', 'b stored', 'c stored'])
    expect(f.a.memory.blobs.get(name)!.size).to.equal(2)
  })

  it('makes one revision of a put whose acknowledgement was lost and which is sent again', async () => {
    const f = fixture()
    f.a.inject(losingAnswer({ operations: ['create'], times: 1 }))
    f.a.inject(refusing('UNREACHABLE', { operations: ['stat'], times: 1 }))
    await rejection(f.store.put(name, 'x', { requestId: 'job-1' }), 'PUT_INCOMPLETE')
    expect(await f.store.put(name, 'x', { requestId: 'job-1' })).to.include({ revision: 1 })
    expect(f.a.memory.blobs.get(name)!.size).to.equal(1)
  })

  it('recognises an attempt that arrives only while the next one is under way', async () => {
    const f = fixture()
    let late: () => Promise<unknown> = () => Promise.reject(new Error('not sent'))
    f.a.inject({
      ...refusing('OUTCOME_UNKNOWN'),
      operations: ['create'],
      times: 2,
      run(pass, operation) {
        late = pass
        return refusing('OUTCOME_UNKNOWN').run(pass, operation)
      },
    })
    await rejection(f.store.put(name, 'x', { requestId: 'job-1' }), 'PUT_INCOMPLETE')
    f.a.inject({
      operations: ['create'],
      times: 1,
      async run(pass) {
        await late()
        return pass()
      },
    })
    expect(await f.store.put(name, 'x', { requestId: 'job-1' })).to.include({ revision: 1 })
    expect(f.a.memory.blobs.get(name)!.size).to.equal(1)
  })

  it('refuses another plaintext or context under the same request', async () => {
    const { store } = fixture()
    await store.put(name, 'x', { requestId: 'job-1', context: { env: 'a' } })
    await rejection(store.put(name, 'y', { requestId: 'job-1', context: { env: 'a' } }), 'CONFLICT')
    await rejection(store.put(name, 'x', { requestId: 'job-1', context: { env: 'b' } }), 'CONFLICT')
    await rejection(store.put(name, 'x', { requestId: 'job-1' }), 'CONFLICT')
  })

  it('writes nothing while nobody can tell whether the request was served', async () => {
    const f = fixture()
    await f.store.put(name, 'x', { requestId: 'job-1' })
    for (const location of f.locations) location.damage(name, 1)
    await rejection(f.reopen().put(name, 'x', { requestId: 'job-1' }), 'UNREADABLE')
    const other = f.reopen({ keyring: rawAesKeyring() })
    await rejection(other.put(name, 'x', { requestId: 'job-1' }), 'UNREADABLE')
    expect(f.a.memory.blobs.get(name)!.size).to.equal(1)
  })

  it('takes no damaged header for that of another request', async () => {
    const damageRequest = ({ a }: Fixture) => {
      const { bytes } = a.memory.blobs.get(name)!.get(1)!
      a.damage(name, 1, 8 * Buffer.from(bytes).indexOf('job-1'))
      a.attest(name, 1)
    }
    for (const when of ['before', 'while it is looked at']) {
      const f = fixture()
      await f.store.put(name, 'x', { requestId: 'job-1' })
      if (when === 'before') {
        await f.store.put(name, 'y')
        damageRequest(f)
      } else
        f.a.inject({
          operations: ['stat'],
          times: 1,
          run(pass) {
            damageRequest(f)
            return pass()
          },
        })
      const { size } = f.a.memory.blobs.get(name)!
      await rejection(f.reopen().put(name, 'x', { requestId: 'job-1' }), 'NO_DATA_KEY')
      expect(f.a.memory.blobs.get(name)!.size).to.equal(size)
      await f.reopen().repair()
      expect(await f.reopen().put(name, 'x', { requestId: 'job-1' })).to.include({ revision: 1 })
    }
  })

  it('needs no key to see that others wrote what is there', async () => {
    const f = fixture()
    await f.store.put(name, 'one', { requestId: 'job-1' })
    await f.store.put(name, 'two', { requestId: 'job-2' })
    await f.store.destroy(name, { revision: 1 })
    await f.store.put(name, 'three')
    const other = f.reopen({ keyring: rawAesKeyring() })
    expect(await other.put(name, 'four', { requestId: 'job-4' })).to.include({ revision: 4 })
  })

  it('fails with the error of the keyring when its own revision can not be opened', async () => {
    const f = fixture()
    await f.store.put(name, 'x', { requestId: 'job-1' })
    const other = f.reopen({ keyring: rawAesKeyring() })
    await rejection(other.put(name, 'x', { requestId: 'job-1' }), 'NO_DATA_KEY')
    expect(f.a.memory.blobs.get(name)!.size).to.equal(1)
  })
})

describe('store: what a put refuses', () => {
  it('refuses bad arguments before anything is asked', async () => {
    const f = fixture()
    const { store } = f
    await rejection(store.put('', 'x'), 'INVALID_NAME')
    await rejection(store.put('a//b', 'x'), 'INVALID_NAME')
    await rejection(store.put('sealring/x', 'x'), 'INVALID_NAME')
    await rejection(store.put(name, 'x', { context: { 'sealring-name': 'y' } }), 'INVALID_CONTEXT')
    await rejection(store.put(name, 'x', { context: { 'aws-crypto-public-key': 'y' } }), 'INVALID_CONTEXT')
    await rejection(store.put(name, 'x', { context: { '': 'y' } }), 'INVALID_CONTEXT')
    await rejection(store.put(name, 'x', { context: { k: '\ud800' } }), 'INVALID_CONTEXT')
    await rejection(store.put(name, 'x', { context: { k: 'v'.repeat(70_000) } }), 'INVALID_CONTEXT')
    await rejection(store.put(name, '\udc00'), 'INVALID_ARGUMENT')
    await rejection(store.put(name, 'x', { copies: 4 }), 'INVALID_ARGUMENT')
    await rejection(store.put(name, 'x', { copies: 0 }), 'INVALID_ARGUMENT')
    await rejection(store.put(name, 'x', { requestId: '' }), 'INVALID_ARGUMENT')
    await rejection(store.put(name, 'x', { requestId: 'a b' }), 'INVALID_ARGUMENT')
    await rejection(store.put(name, 'x', { ifRevision: { revision: 1, digest: 'no' } }), 'INVALID_ARGUMENT')
    expect(f.locations.flatMap(({ calls }) => calls)).to.deep.equal([])
  })

  it('writes no entry when the keyring fails', async () => {
    const f = fixture()
    const error = await rejection(
      f.reopen({ keyring: new BrokenKeyring() }).put(name, 'x'),
      'DATA_KEY_NOT_WRAPPED',
    )
    expect(error.cause).to.be.instanceOf(Error)
    expect(digestsOf(f)).to.deep.equal([undefined, undefined, undefined])
  })

  it('refuses an arbiter that is behind what was seen', async () => {
    const f = fixture()
    await f.store.put(name, 'one')
    await f.store.put(name, 'two')
    f.a.memory.blobs.get(name)!.delete(2)
    await rejection(f.store.put(name, 'three'), 'ARBITER_BEHIND')
    expect(f.b.memory.blobs.get(name)!.size).to.equal(2)
  })

  it('refuses an arbiter that has another blob than the one seen', async () => {
    const f = fixture()
    await f.store.put(name, 'one')
    const other = fixture()
    await other.store.put(name, 'other')
    f.a.memory.blobs.set(name, other.a.memory.blobs.get(name)!)
    await rejection(f.store.put(name, 'two'), 'TAMPERED')
    await rejection(f.store.get(name, { freshness: 'arbiter' }), 'TAMPERED')
  })

  it('says that the outcome is unknown when it is aborted at the arbiter', async () => {
    const f = fixture()
    const controller = new AbortController()
    f.a.inject({
      operations: ['create'],
      async run(pass) {
        await pass()
        controller.abort(new Error('enough'))
        throw controller.signal.reason
      },
    })
    const error = await rejection(f.store.put(name, 'x', { signal: controller.signal }), 'PUT_INCOMPLETE')
    expect(receiptIn(error).committed).to.equal('unknown')
    expect(error.cause).to.equal(controller.signal.reason)
  })

  it('keeps a receipt when it is aborted among the replicas', async () => {
    const f = fixture()
    const controller = new AbortController()
    f.b.inject({
      operations: ['create'],
      run() {
        const reason = new Error('enough')
        controller.abort(reason)
        return Promise.reject(reason)
      },
    })
    const error = await rejection(f.store.put(name, 'x', { signal: controller.signal }), 'PUT_INCOMPLETE')
    expect(receiptIn(error)).to.include({ committed: true })
    expect(receiptIn(error).copies[1]).to.include({ outcome: 'unknown' })
  })

  it('is aborted before it begins', async () => {
    const f = fixture()
    const reason = new Error('enough')
    const error = await f.store.put(name, 'x', { signal: AbortSignal.abort(reason) }).catch((e: unknown) => e)
    expect(error).to.equal(reason)
    expect(digestsOf(f)).to.deep.equal([undefined, undefined, undefined])
  })

  it('refuses receipts of other stores, and things that are no receipt', async () => {
    const f = fixture()
    const receipt = await f.store.put(name, 'x')
    await rejection(f.store.complete({ ...receipt, store: 'other' }), 'STORE_MISMATCH')
    await rejection(f.store.complete({ ...receipt, arbiter: 'b' }), 'ARBITER_MISMATCH')
    await rejection(f.store.complete({ ...receipt, digest: 'no' }), 'INVALID_ARGUMENT')
    // @ts-expect-error no receipt
    await rejection(f.store.complete({}), 'INVALID_ARGUMENT')
    f.a.memory.blobs.clear()
    await rejection(f.store.complete(receipt), 'ROLLBACK')
  })

  it('refuses options that can not work', () => {
    const { backends, keyring } = fixture()
    const options = { id: 'test', keyring, locations: backends }
    for (const wrong of [
      { id: 'Not An Id' },
      { locations: [] },
      { locations: [backends[0]!, backends[0]!] },
      { arbiter: 'nobody' },
      { maxAttempts: 0 },
    ])
      expect(() => createStore({ ...options, ...wrong }))
        .to.throw()
        .with.property('code', 'INVALID_ARGUMENT')
    // @ts-expect-error no such suite
    expect(() => createStore({ ...options, suite: 'none' })).to.throw(InputError)
  })
})
