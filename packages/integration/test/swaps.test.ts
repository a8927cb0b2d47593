import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  collect,
  createStore,
  fileBackend,
  memoryBackend,
  memoryLocation,
  type Backend,
} from '@sealring/core'
import { rawAesKeyring } from '@sealring/core/keyring'
import { expect } from 'chai'
import { describe, it } from 'mocha'

const keyring = rawAesKeyring({ namespace: 'proof', name: 'key', key: randomBytes(32) })

/** Where a blob lies: which of two stores, under which name and revision. */
interface Spot {
  readonly store: 0 | 1
  readonly name: string
  readonly revision: number
}

const spots: readonly Spot[] = [
  { store: 0, name: 'a', revision: 1 },
  { store: 0, name: 'a', revision: 2 },
  { store: 0, name: 'b', revision: 1 },
  { store: 1, name: 'a', revision: 1 },
  { store: 1, name: 'b', revision: 2 },
]

interface Place {
  readonly backends: readonly [Backend, Backend]
  /** Exchanges what the storage itself holds, behind the backends. */
  exchange(one: Spot, other: Spot): Promise<void>
  close(): Promise<void>
}

const places: Record<string, () => Promise<Place>> = {
  memory() {
    const locations = [memoryLocation(), memoryLocation()] as const
    return Promise.resolve({
      backends: [
        memoryBackend({ id: 'place', location: locations[0] }),
        memoryBackend({ id: 'place', location: locations[1] }),
      ],
      exchange(one, other) {
        const [first, second] = [one, other].map(({ store, name }) => locations[store].blobs.get(name)!)
        const [left, right] = [first!.get(one.revision)!, second!.get(other.revision)!]
        first!.set(one.revision, right)
        second!.set(other.revision, left)
        return Promise.resolve()
      },
      close: () => Promise.resolve(),
    })
  },
  async file() {
    const top = await mkdtemp(join(tmpdir(), 'sealring-swaps-'))
    const pathOf = ({ store, name, revision }: Spot) =>
      join(top, String(store), name, '@', String(revision).padStart(12, '0'))
    return {
      backends: [
        fileBackend({ id: 'place', directory: join(top, '0'), createDirectory: true }),
        fileBackend({ id: 'place', directory: join(top, '1'), createDirectory: true }),
      ],
      async exchange(one, other) {
        const [left, right] = [await readFile(pathOf(one)), await readFile(pathOf(other))]
        await writeFile(pathOf(one), right)
        await writeFile(pathOf(other), left)
      },
      close: () => rm(top, { recursive: true }),
    }
  },
}

for (const [label, open] of Object.entries(places))
  describe(`blobs exchanged in ${label}`, () => {
    it('are refused in every pairing', async () => {
      const place = await open()
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
    })
  })

async function codeOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
  return 'served'
}
