import { getEventListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, it } from 'mocha'
import { expect } from 'chai'
import { KeyringNode } from '@aws-crypto/material-management-node'
import { StoreError } from '@sealring/core'
import { keyringFrom } from '@sealring/core/keyring'
import { receiptIn } from './details.js'
import type { Fault } from './faulty-backend.js'
import { fixture } from './fixture.js'
import { rejection } from './rejection.js'

const name = 'x'
const timeout = 30

/** A location that never answers, and heeds no signal. */
const silent = (operations?: Fault['operations']): Fault => ({
  ...(operations && { operations }),
  run: () => new Promise(() => undefined),
})

class SilentKeyring extends KeyringNode {
  _onEncrypt(): Promise<never> {
    return new Promise(() => undefined)
  }
  _onDecrypt(): Promise<never> {
    return new Promise(() => undefined)
  }
}

async function filled() {
  const f = fixture({ suite: 'unsigned' })
  await f.store.put(name, 'one')
  return f
}

describe('store: timeout', () => {
  it('ends every operation whose locations are silent', async () => {
    const f = await filled()
    for (const location of f.locations) location.inject(silent())
    const { store } = f
    const names = async () => {
      for await (const each of store.list({ timeout })) expect(each).to.be.a('string')
    }
    const receipt = await f.unfaulted().put('y', 'y')
    const operations = {
      put: store.put(name, 'two', { timeout }),
      complete: store.complete(receipt, { timeout }),
      get: store.get(name, { timeout }),
      destroy: store.destroy(name, { revision: 1, timeout }),
      history: store.history(name, { timeout }),
      stat: store.stat(name, { timeout }),
      list: names(),
      verify: f.reopen().verify({ timeout }),
      repair: store.repair({ timeout }),
    }
    const failures = Object.entries(operations).map(async ([operation, promise]) => {
      const error = await rejection(promise, 'DEADLINE_EXCEEDED')
      expect(error.details).to.deep.equal({ operation, timeout })
      expect(error.cause).to.have.property('name', 'TimeoutError')
    })
    await Promise.all(failures)
  })

  it('keeps what a put and a destroy know of what they may have written', async () => {
    // So long that the silent write is reached before, however busy the machine.
    const timeout = 1500
    const f = await filled()
    const back = f.a.inject(silent(['create', 'replace']))
    const unknown = await rejection(f.store.put(name, 'two', { timeout }), 'PUT_INCOMPLETE')
    expect(receiptIn(unknown).committed).to.equal('unknown')
    expect(unknown.cause).to.have.property('code', 'DEADLINE_EXCEEDED')
    const destroying = await rejection(f.store.destroy(name, { revision: 1, timeout }), 'DESTROY_INCOMPLETE')
    expect(destroying.details).to.have.nested.property('revisions[0].committed', 'unknown')
    back()
    f.c.inject(silent(['create']))
    const partly = receiptIn(await rejection(f.reopen().put(name, 'two', { timeout }), 'PUT_INCOMPLETE'))
    expect(partly.copies.map(({ outcome }) => outcome)).to.deep.equal(['stored', 'stored', 'unknown'])
  })

  it('leaves a silent keyring behind, and nothing is written later', async () => {
    const f = await filled()
    for (const { calls } of f.locations) calls.length = 0
    const store = f.reopen({ keyring: new SilentKeyring() })
    await rejection(store.get(name, { timeout }), 'DEADLINE_EXCEEDED')
    await rejection(store.put(name, 'two', { timeout }), 'DEADLINE_EXCEEDED')
    expect(f.a.calls).to.not.include('create')
  })

  it('ends at once what waits for a silent keyring, when it is aborted', async () => {
    const f = await filled()
    await f.store.put(name, 'two', { requestId: 'ours' })
    const store = f.reopen({ keyring: new SilentKeyring() })
    const works: Record<string, (signal: AbortSignal) => Promise<unknown>> = {
      get: (signal) => store.get(name, { signal }),
      getStream: (signal) => store.getStream(name, { signal }),
      put: (signal) => store.put('y', 'one', { signal }),
      recognised: (signal) => store.put(name, 'two', { signal, requestId: 'ours' }),
      destroy: (signal) => store.destroy(name, { revision: 1, signal }),
      verify: (signal) => store.verify({ open: true, signal }),
    }
    const reason = new StoreError('DEADLINE_EXCEEDED', 'Of the caller.', { details: {} })
    const ends = Object.entries(works).map(async ([work, start]) => {
      const aborted = new AbortController()
      const promise = start(aborted.signal).catch((error: unknown) => error)
      setTimeout(() => aborted.abort(reason), 50)
      const end = await Promise.race([promise, sleep(5000, 'still waiting', { ref: false })])
      expect(end, work).to.equal(reason)
    })
    await Promise.all(ends)
    expect(f.locations.flatMap(({ calls }) => calls)).to.not.include('replace')
  })

  it('tells what a destroy did before the keyring fell silent', async () => {
    const f = await filled()
    await f.store.put(name, 'two')
    let wraps = 0
    const keyring = keyringFrom({
      providerId: 'test',
      wrap: async ({ dataKey }) => {
        wraps += 1
        if (wraps > 3) await new Promise(() => undefined)
        return { providerInfo: 'x', ciphertext: dataKey.slice() }
      },
      unwrap: async ({ ciphertext }) => ciphertext.slice(),
    })
    const store = f.reopen({ keyring })
    for (const plaintext of ['one', 'two']) await store.put('y', plaintext)
    const error = await rejection(store.destroy('y', { all: true, timeout: 1500 }), 'DESTROY_INCOMPLETE')
    expect(error.cause).to.have.property('code', 'DEADLINE_EXCEEDED')
    expect(error.details).to.have.nested.property('revisions[0].committed', true)
    expect(error.details).to.have.nested.property('revisions[1].committed', false)
  })

  it('changes nothing when there is time, and forgets the caller’s signal', async () => {
    const f = await filled()
    const { signal } = new AbortController()
    expect(await f.store.get(name, { timeout: 60_000, signal })).to.include({ revision: 1 })
    expect(getEventListeners(signal, 'abort')).to.deep.equal([])
    const reason = new Error('enough')
    const aborted = f.store.get(name, { timeout: 60_000, signal: AbortSignal.abort(reason) })
    expect(await aborted.catch((error: unknown) => error)).to.equal(reason)
    for (const wrong of [0, -1, Number.NaN, Infinity])
      await rejection(f.store.get(name, { timeout: wrong }), 'INVALID_ARGUMENT')
  })
})
