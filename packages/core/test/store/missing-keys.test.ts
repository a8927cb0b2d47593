import { Readable } from 'node:stream'
import { expect } from 'chai'
import { after, afterEach, before, describe, it } from 'mocha'
import { anyOf, rawAesKeyring } from '@sealring/core/keyring'
import { threeRegions, threeRegionsOverHttp, type ThreeRegions } from '../keyring/three-regions.js'
import { bytesOf } from '../envelope/fixture.js'
import { losingAnswer, refusing } from './faulty-backend.js'
import { receiptIn } from './details.js'
import { fixture } from './fixture.js'
import { rejection } from './rejection.js'

const name = 'billing/db-password'

describe('store: keys that an entry was sealed without', () => {
  let regions: ThreeRegions
  before(async () => {
    regions = await threeRegionsOverHttp()
  })
  after(() => regions.stop())
  afterEach(() => regions.kms.faults.clear())
  const store = () =>
    fixture({ keyring: anyOf({ keyrings: [0, 1, 2].map((n) => regions.keyring(n)), wrapWith: 2 }) })

  it('are named by the receipt of a put, of bytes and of a stream', async () => {
    const { store: opened } = store()
    regions.kms.faults.throttle({ region: threeRegions[1] })
    for (const plaintext of ['text', () => Readable.from([Buffer.from('text')])]) {
      const { missingKeys } = await opened.put(name, plaintext)
      expect(missingKeys).to.have.length(1)
      expect(missingKeys![0]).to.include({ index: 1, reason: 'failed', code: 'ThrottlingException' })
      expect(missingKeys![0]!.keyring).to.include(regions.arns[1])
      expect(JSON.parse(JSON.stringify(missingKeys))).to.deep.equal(missingKeys)
    }
    expect(Buffer.from((await opened.get(name)).plaintext).toString()).to.equal('text')
    regions.kms.faults.clear()
    expect(await opened.put(name, 'text')).not.to.have.property('missingKeys')
  })

  it('stay in the receipt of an unfinished put, and of its completion', async () => {
    const f = store()
    regions.kms.faults.setRegionDown(threeRegions[2])
    f.a.inject(losingAnswer({ operations: ['create'] }))
    const restore = f.a.inject(refusing('UNREACHABLE', { operations: ['stat'] }))
    const error = await rejection(f.store.put(name, 'text'), 'PUT_INCOMPLETE')
    const receipt = receiptIn(error)
    expect(receipt.missingKeys?.map(({ index }) => index)).to.deep.equal([2])
    restore()
    expect((await f.store.complete(receipt)).missingKeys).to.deep.equal(receipt.missingKeys)
  })

  it('are unknown to a put that recognises what an earlier one wrote', async () => {
    const f = fixture({ keyring: rawAesKeyring({ namespace: 'n', name: 'k', key: bytesOf('k', 32) }) })
    await f.store.put(name, 'text', { requestId: 'r-1' })
    expect(await f.store.put(name, 'text', { requestId: 'r-1' })).not.to.have.property('missingKeys')
  })
})
