import { describe, it } from 'mocha'
import { expect } from 'chai'
import { fixture } from './fixture.js'

describe('store: put and get', () => {
  it('smoke', async () => {
    const { store, locations } = fixture()
    const receipt = await store.put('billing/db', 'secret', { context: { env: 'prod' } })
    expect(receipt.copies.map((copy) => copy.outcome)).to.deep.equal(['stored', 'stored', 'stored'])
    const entry = await store.get('billing/db')
    expect(Buffer.from(entry.plaintext).toString()).to.equal('secret')
    expect(entry.revision).to.equal(1)
    expect(entry.context).to.deep.equal({ env: 'prod' })
    for (const { memory } of locations)
      expect(memory.blobs.get('billing/db')?.get(1)?.digest).to.equal(receipt.digest)
    await store.put('billing/db', 'second')
    const report = await store.verify({ open: true })
    expect(report).to.include({ clean: true, names: 1, revisions: 2 })
    const repaired = await store.repair()
    expect(repaired.writes).to.deep.equal([])
  })
})
