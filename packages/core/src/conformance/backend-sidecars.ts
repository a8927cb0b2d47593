import assert from 'node:assert/strict'
import { reservedName } from '../backend/entry-name.js'
import type { Backend, SidecarKey } from '../backend/backend.js'
import { backendCase, unlessConditionalCreate } from './backend-case.js'
import {
  allNames,
  allRevisions,
  allSidecars,
  expectBlob,
  expectEmpty,
  expectSameBytes,
  fill,
  sampleBlob,
  sampleBytes,
  sidecarTexts,
} from './backend-steps.js'

const slot = { name: 'beside', revision: 1 }
const key: SidecarKey = { ...slot, kind: 'fork', id: 'x' }

export const backendSidecars = [
  backendCase('sidecars: created once, read back, never overwritten', async ({ backend, location }) => {
    assert.equal(await backend.readSidecar(key), undefined)
    assert.deepEqual(await backend.createSidecar(key, sampleBytes(300, 1)), { outcome: 'created' })
    assert.deepEqual(await backend.createSidecar(key, sampleBytes(200, 2)), { outcome: 'exists' })
    await expectSidecar(backend, key, sampleBytes(300, 1))
    await expectSidecar(await location.reopen(), key, sampleBytes(300, 1))
  }),

  backendCase('sidecars: empty ones, and as large as declared', async ({ backend }) => {
    await backend.createSidecar({ ...key, id: 'empty' }, new Uint8Array())
    await expectSidecar(backend, { ...key, id: 'empty' }, new Uint8Array())
    const largest = sampleBytes(backend.capabilities.maxSidecarBytes)
    await backend.createSidecar({ ...key, id: 'large' }, largest)
    await expectSidecar(backend, { ...key, id: 'large' }, largest)
  }),

  backendCase('sidecars: the bytes are the caller’s own', async ({ backend }) => {
    const given = sampleBytes(300)
    await backend.createSidecar(key, given)
    given.fill(0)
    await expectSidecar(backend, key, sampleBytes(300))
    const read = await backend.readSidecar(key)
    read?.fill(0)
    await expectSidecar(backend, key, sampleBytes(300))
  }),

  backendCase('sidecars: told apart by name, revision, kind and id', async ({ backend }) => {
    const keys = ['n', 'n/m', 'N'].flatMap((name) =>
      [1, 2, 10].flatMap((revision) =>
        ['fork', 'key-slot'].flatMap((kind) =>
          ['a', 'a.', 'a-b', 'con'].map((id) => ({ name, revision, kind, id })),
        ),
      ),
    )
    for (const [i, each] of keys.entries())
      assert.deepEqual(await backend.createSidecar(each, sampleBytes(20, i + 1)), { outcome: 'created' })
    for (const [i, each] of keys.entries()) await expectSidecar(backend, each, sampleBytes(20, i + 1))
    for (const name of ['n', 'n/m', 'N'])
      for (const revision of [1, 2, 10]) {
        const expected = keys.filter((each) => each.name === name && each.revision === revision)
        const found = await allSidecars(backend, { name, revision })
        assert.deepEqual(sidecarTexts(found), sidecarTexts(expected))
      }
  }),

  backendCase('sidecars: kinds and ids of every allowed shape', async ({ backend, location }) => {
    const ids = ['0', 'x'.repeat(128), 'a..b', 'a__b', 'a--b', 'nul', 'a.b.', '0123456789abcdef'.repeat(4)]
    const keys = ['a', 'k'.repeat(32), 'key--slot-', 'con'].flatMap((kind) =>
      ids.map((id) => ({ ...slot, kind, id })),
    )
    for (const each of keys) await backend.createSidecar(each, Buffer.from(`${each.kind} ${each.id}`))
    const again = await location.reopen()
    assert.deepEqual(sidecarTexts(await allSidecars(again, slot, 5)), sidecarTexts(keys))
    for (const each of keys) await expectSidecar(again, each, Buffer.from(`${each.kind} ${each.id}`))
  }),

  ...[1, 3, undefined].map((limit) =>
    backendCase(
      `sidecars: each exactly once in pages of ${limit ?? 'the default size'}`,
      async ({ backend }) => {
        const keys = Array.from({ length: 7 }, (_, i) => ({
          ...slot,
          kind: i % 2 ? 'fork' : 'slot',
          id: `${i}`,
        }))
        assert.deepEqual(await backend.listSidecars(slot), { items: [] })
        for (const each of keys) await backend.createSidecar(each, sampleBytes(10))
        await backend.createSidecar({ ...key, revision: 2 }, sampleBytes(10))
        assert.deepEqual(sidecarTexts(await allSidecars(backend, slot, limit)), sidecarTexts(keys))
      },
    ),
  ),

  backendCase('sidecars: removing is final, and harmless when absent', async ({ backend, location }) => {
    await backend.deleteSidecar(key)
    await backend.createSidecar(key, sampleBytes(10, 1))
    await backend.createSidecar({ ...key, id: 'y' }, sampleBytes(10, 2))
    await (await location.reopen()).deleteSidecar(key)
    await backend.deleteSidecar(key)
    assert.equal(await backend.readSidecar(key), undefined)
    assert.deepEqual(sidecarTexts(await allSidecars(backend, slot)), sidecarTexts([{ ...key, id: 'y' }]))
    assert.deepEqual(await backend.createSidecar(key, sampleBytes(10, 3)), { outcome: 'created' })
    await expectSidecar(backend, key, sampleBytes(10, 3))
  }),

  backendCase('sidecars: no part of latest, revisions and names', async ({ backend }) => {
    await backend.createSidecar({ ...key, revision: 9 }, sampleBytes(10))
    await backend.createSidecar({ ...key, name: 'only-sidecars' }, sampleBytes(10))
    await expectEmpty(backend, { name: slot.name, revision: 9 })
    assert.equal(await backend.latest('only-sidecars'), undefined)
    assert.deepEqual(await allNames(backend), [])
    await fill(backend, slot, sampleBlob(10))
    assert.equal((await backend.latest(slot.name))?.revision, 1)
    assert.equal((await allRevisions(backend, slot.name)).length, 1)
    assert.deepEqual(await allNames(backend), [slot.name])
  }),

  backendCase('sidecars: the location keeps its own at revision 0 of the reserved name', async (trial) => {
    const { backend, location } = trial
    const manifest = { name: reservedName, revision: 0, kind: 'manifest', id: 'manifest' }
    await fill(backend, slot, sampleBlob(10))
    assert.deepEqual(await backend.createSidecar(manifest, sampleBytes(200)), { outcome: 'created' })
    await expectSidecar(await location.reopen(), manifest, sampleBytes(200))
    assert.deepEqual(sidecarTexts(await allSidecars(backend, manifest)), sidecarTexts([manifest]))
    assert.deepEqual(await allNames(backend), [slot.name])
    assert.deepEqual(await allNames(backend, { prefix: reservedName }), [])
    assert.equal(await backend.latest(reservedName), undefined)
    await expectBlob(backend, slot, sampleBlob(10))
  }),

  backendCase(
    'sidecars: of ten racing creators exactly one wins',
    async ({ backend, location }) => {
      const backends = [backend, await location.reopen()]
      const results = await Promise.all(
        Array.from({ length: 10 }, (_, i) => backends[i % 2]!.createSidecar(key, sampleBytes(100, i + 1))),
      )
      const winners = results.flatMap(({ outcome }, i) => (outcome === 'created' ? [i] : []))
      assert.equal(winners.length, 1, `${winners.length} creators were told "created"`)
      await expectSidecar(backend, key, sampleBytes(100, winners[0]! + 1))
    },
    unlessConditionalCreate,
  ),
]

async function expectSidecar(backend: Backend, key: SidecarKey, expected: Uint8Array): Promise<void> {
  const bytes = await backend.readSidecar(key)
  assert.ok(bytes, `sidecar ${key.kind} ${key.id} is absent`)
  expectSameBytes(bytes, expected, `sidecar ${key.kind} ${key.id}`)
}
