import { createStore, withRetry } from '@sealring/core'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { losingAnswer, refusing } from '../store/faulty-backend.js'
import { rawAesKeyring, testLocation } from '../store/fixture.js'
import { failureOf } from './failure-of.js'

function trial() {
  const [arbiter, replica] = [testLocation('a'), testLocation('b')]
  const locations = [arbiter, replica].map(({ backend }) => withRetry(backend, { baseMilliseconds: 1 }))
  return { arbiter, replica, store: createStore({ id: 'test', keyring: rawAesKeyring(), locations }) }
}

describe('a store behind withRetry', () => {
  it('makes one revision when acknowledgements are lost', async () => {
    const { arbiter, replica, store } = trial()
    for (const { inject } of [arbiter, replica]) inject(losingAnswer({ operations: ['create'], times: 2 }))
    const receipt = await store.put('app/token', 'one')
    expect(receipt).to.include({ revision: 1 })
    expect(receipt.copies.map(({ outcome }) => outcome)).to.deep.equal(['stored', 'stored'])
    for (const { memory } of [arbiter, replica]) {
      const copies = [...memory.blobs.get('app/token')!.values()]
      expect(copies.map(({ digest }) => digest)).to.deep.equal([receipt.digest])
    }
  })

  it('puts and gets through throttling', async () => {
    const { arbiter, replica, store } = trial()
    for (const { inject } of [arbiter, replica])
      for (const operation of ['create', 'read', 'latest', 'createSidecar', 'readSidecar'] as const)
        inject(refusing('THROTTLED', { operations: [operation], times: 2 }))
    await store.put('app/token', 'one')
    const entry = await store.get('app/token')
    expect(Buffer.from(entry.plaintext).toString()).to.equal('one')
    expect(entry.failures).to.deep.equal([])
  })

  it('does not call the arbiter unfit when the probe’s acknowledgement is lost', async () => {
    const { arbiter, store } = trial()
    arbiter.inject(losingAnswer({ operations: ['createSidecar'], times: 1 }))
    expect(await failureOf(store.put('app/token', 'one'))).to.include({ code: 'OUTCOME_UNKNOWN' })
    expect(await store.put('app/token', 'one')).to.include({ revision: 1 })
  })
})
