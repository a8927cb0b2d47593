import { inspect } from 'node:util'
import { describe, it } from 'mocha'
import { expect } from 'chai'
import { refusing } from './faulty-backend.js'
import { BrokenKeyring, fixture } from './fixture.js'

const secret = 'correct horse battery staple'

describe('store: plaintext stays out of logs', () => {
  it('is neither shown by inspect nor in JSON nor enumerable', async () => {
    const { store } = fixture()
    await store.put('x', secret, { context: { env: 'prod' } })
    const entry = await store.get('x')
    const shown = [
      inspect(entry, { depth: 9, showHidden: true }),
      inspect({ nested: [entry] }, { depth: 9 }),
      JSON.stringify(entry),
      JSON.stringify({ ...entry }),
      inspect(Object.getOwnPropertyDescriptors({ ...entry })),
    ]
    for (const text of shown) {
      expect(text).to.not.include(secret)
      expect(text).to.not.include(Buffer.from(secret).toString('hex').slice(0, 8))
      expect(text).to.not.include('99,111,114,114')
    }
    expect(shown[0]).to.include('28 bytes redacted').and.to.include('prod')
    expect(Object.keys(entry)).to.not.include('plaintext')
    expect(Buffer.from(entry.plaintext).toString()).to.equal(secret)
  })

  it('is in no error, cause or detail', async () => {
    const f = fixture()
    await f.store.put('x', secret, { requestId: 'r' })
    f.b.inject(refusing('UNREACHABLE'))
    const errors: unknown[] = []
    const attempts = [
      f.store.put('x', secret),
      f.store.put('x', secret, { ifRevision: 0 }),
      f.store.put('x', `${secret}!`, { requestId: 'r' }),
      f.reopen({ keyring: new BrokenKeyring() }).put('x', secret, { copies: 1 }),
      f.reopen({ keyring: new BrokenKeyring() }).get('x'),
      f.store.get('x', { context: { a: 'b' } }),
      f.store.put(`${secret}\u0000`, secret),
    ]
    for (const result of await Promise.allSettled(attempts))
      if (result.status === 'rejected') errors.push(result.reason)
    expect(errors).to.have.length(attempts.length)
    const last = errors.pop()
    expect(last).to.have.property('code', 'INVALID_NAME')
    for (const error of errors)
      expect(inspect(error, { depth: 20, showHidden: true, maxArrayLength: null })).to.not.include(secret)
  })
})
