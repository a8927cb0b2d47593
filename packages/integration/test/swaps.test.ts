import { randomBytes } from 'node:crypto'
import { collect, createStore } from '@sealring/core'
import { rawAesKeyring } from '@sealring/core/keyring'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { hasS3, placeKinds, type Spot } from './swap-places.js'

const keyring = rawAesKeyring({ namespace: 'proof', name: 'key', key: randomBytes(32) })

const spots: readonly Spot[] = [
  { store: 0, name: 'a', revision: 1 },
  { store: 0, name: 'a', revision: 2 },
  { store: 0, name: 'b', revision: 1 },
  { store: 1, name: 'a', revision: 1 },
  { store: 1, name: 'b', revision: 2 },
]

describe('blobs that change places', () => {
  if (!hasS3) it.skip('in S3: s3rver, the only S3 server here, ignores conditions')
  for (const kind of placeKinds)
    it(`in ${kind.name} are refused in every pairing`, async () => {
      const place = await kind.open()
      const { backends } = place
      try {
        // A new object has seen nothing: what it refuses, it refuses for what stands in the blob.
        const fresh = (store: 0 | 1) =>
          createStore({ id: `store-${store}`, keyring, locations: [backends[store]] })
        for (const store of [0, 1] as const)
          for (const name of ['a', 'a', 'b', 'b']) await fresh(store).put(name, `${name} of ${store}`)
        expect((await fresh(0).verify({ open: true })).clean).to.equal(true)

        for (const [index, one] of spots.entries())
          for (const other of spots.slice(index + 1)) {
            await place.exchange(one, other)
            for (const { store, name, revision } of [one, other]) {
              const what = JSON.stringify([one, other, { store, name, revision }])
              expect(await codeOf(fresh(store).get(name, { revision })), what).to.equal('UNREADABLE')
              const streamed = fresh(store)
                .getStream(name, { revision })
                .then(({ body }) => collect(body))
              expect(await codeOf(streamed), what).to.equal('UNREADABLE')
              const { unopened } = await fresh(store).verify({ open: true })
              const named = unopened.some((entry) => entry.name === name && entry.revision === revision)
              expect(named, what).to.equal(true)
            }
            await place.exchange(other, one)
          }
        expect((await fresh(0).verify({ open: true })).clean).to.equal(true)
        expect((await fresh(1).verify({ open: true })).clean).to.equal(true)
      } finally {
        await place.close()
      }
    }).timeout(60_000)
})

async function codeOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
  return 'served'
}
