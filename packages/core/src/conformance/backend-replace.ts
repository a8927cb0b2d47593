import assert from 'node:assert/strict'
import { backendCase, unlessConditionalReplace } from './backend-case.js'
import {
  allRevisions,
  allSidecars,
  expectBlob,
  expectEmpty,
  expectStat,
  fill,
  readBlob,
  sampleBlob,
  show,
} from './backend-steps.js'
import type { Backend, SealedBlob, Slot } from '../backend/backend.js'

const slot = { name: 'replaced', revision: 2 }

export const backendReplace = [
  backendCase('replace: with the current token, the bytes are replaced', async ({ backend, location }) => {
    const before = await fill(backend, slot, sampleBlob(400, 1))
    const after = await replace(backend, slot, sampleBlob(100, 2), before)
    assert.notEqual(after, before)
    await expectBlob(backend, slot, sampleBlob(100, 2))
    await expectBlob(await location.reopen(), slot, sampleBlob(100, 2))
    assert.equal((await backend.stat(slot))?.versionToken, after)
    expectStat(await backend.latest(slot.name), slot, sampleBlob(100, 2))
    expectStat((await allRevisions(backend, slot.name))[0], slot, sampleBlob(100, 2))
  }),

  backendCase('replace: with a token of the past, nothing is written', async ({ backend }) => {
    const first = await fill(backend, slot, sampleBlob(400, 1))
    const second = await replace(backend, slot, sampleBlob(400, 2), first)
    const late = await backend.replace(slot, sampleBlob(400, 3), { expect: first })
    assert.deepEqual(late, { outcome: 'changed' })
    await expectBlob(backend, slot, sampleBlob(400, 2))
    await replace(backend, slot, sampleBlob(0), second)
    await expectBlob(backend, slot, sampleBlob(0))
  }),

  backendCase('replace: an empty slot stays empty', async ({ backend }) => {
    const token = await fill(backend, slot, sampleBlob(50))
    for (const empty of [
      { name: slot.name, revision: 3 },
      { name: 'other', revision: 2 },
    ]) {
      assert.deepEqual(await backend.replace(empty, sampleBlob(50), { expect: token }), {
        outcome: 'changed',
      })
      await expectEmpty(backend, empty)
    }
  }),

  backendCase('replace: a replaced slot still exists for create', async ({ backend }) => {
    const before = await fill(backend, slot, sampleBlob(50, 1))
    const versionToken = await replace(backend, slot, sampleBlob(60, 2), before)
    const result = await backend.create(slot, sampleBlob(50, 1))
    assert.deepEqual(result, { outcome: 'exists', digest: sampleBlob(60, 2).digest, versionToken })
  }),

  backendCase('purge: what is there now stays, and it can be repeated', async ({ backend, location }) => {
    const token = await fill(backend, slot, sampleBlob(50, 1))
    await backend.createSidecar({ ...slot, kind: 'fork', id: 'x' }, Buffer.from('kept'))
    const after = await replace(backend, slot, sampleBlob(60, 2), token)
    for (let i = 0; i < 2; i++) assert.ok(Array.isArray((await backend.purge(slot)).retained))
    await expectBlob(await location.reopen(), slot, sampleBlob(60, 2))
    assert.equal((await backend.stat(slot))?.versionToken, after)
    assert.equal((await allSidecars(backend, slot)).length, 1)
  }),

  backendCase('purge: an empty slot stays empty, its neighbours as they are', async ({ backend }) => {
    const neighbours = [1, 3].map((revision) => ({ name: slot.name, revision }))
    for (const each of neighbours) await fill(backend, each, sampleBlob(50, each.revision))
    await backend.purge(slot)
    await expectEmpty(backend, slot)
    for (const each of neighbours) await expectBlob(backend, each, sampleBlob(50, each.revision))
  }),

  backendCase('replace: other revisions and sidecars stay as they are', async ({ backend }) => {
    const neighbours = [1, 3].map((revision) => ({ name: slot.name, revision }))
    for (const each of neighbours) await fill(backend, each, sampleBlob(50, each.revision))
    await backend.createSidecar({ ...slot, kind: 'fork', id: 'x' }, Buffer.from('kept'))
    const token = await fill(backend, slot, sampleBlob(50))
    await replace(backend, slot, sampleBlob(60, 9), token)
    for (const each of neighbours) await expectBlob(backend, each, sampleBlob(50, each.revision))
    assert.equal((await allSidecars(backend, slot)).length, 1)
    assert.equal((await allRevisions(backend, slot.name)).length, 3)
  }),

  backendCase('replace: a damaged copy can be replaced', async ({ backend, location }) => {
    await fill(backend, slot, sampleBlob(500))
    await location.damage(slot)
    const stat = await backend.stat(slot)
    assert.ok(stat, 'a damaged blob is still there')
    await replace(backend, slot, sampleBlob(500), stat.versionToken)
    await expectBlob(backend, slot, sampleBlob(500))
  }),

  backendCase(
    'replace: a reader gets the old bytes or the new, never a mixture',
    async ({ backend, location }) => {
      const blobs = Array.from({ length: 6 }, (_, i) => sampleBlob(50_000 + 1000 * i, i + 1))
      let token = await fill(backend, slot, blobs[0]!)
      const reader = await location.reopen()
      const progress = { writing: true }
      const write = async () => {
        try {
          for (const blob of blobs.slice(1)) token = await replace(backend, slot, blob, token)
        } finally {
          progress.writing = false
        }
      }
      const read = async () => {
        while (progress.writing) {
          const stored = await readBlob(reader, slot)
          const blob = blobs.find(({ size }) => size === stored.bytes.byteLength)
          assert.ok(blob, `${stored.bytes.byteLength} bytes were read of ${show(slot)}`)
          assert.equal(Buffer.compare(stored.bytes, await blob.bytes()), 0, 'the bytes are a mixture')
          expectStat(stored, slot, blob)
        }
      }
      await Promise.all([write(), read(), read()])
    },
  ),

  backendCase(
    'replace: of ten racing replacers exactly one wins',
    async ({ backend, location }) => {
      const backends = [backend, await location.reopen()]
      let expect = await fill(backend, slot, sampleBlob(50))
      for (let round = 1; round <= 3; round++) {
        const blobs = Array.from({ length: 10 }, (_, i) => sampleBlob(300 + i, 10 * round + i))
        const results = await Promise.all(
          blobs.map((blob, i) => backends[i % 2]!.replace(slot, blob, { expect })),
        )
        const winners = results.flatMap((result, i) =>
          result.outcome === 'replaced' ? [{ blob: blobs[i]!, token: result.versionToken }] : [],
        )
        assert.equal(winners.length, 1, `${winners.length} replacers were told "replaced"`)
        await expectBlob(backend, slot, winners[0]!.blob)
        expect = winners[0]!.token
      }
    },
    unlessConditionalReplace,
  ),
]

async function replace(backend: Backend, slot: Slot, blob: SealedBlob, expect: string): Promise<string> {
  const result = await backend.replace(slot, blob, { expect })
  assert.equal(result.outcome, 'replaced', `replacing ${show(slot)} with its current token`)
  return result.versionToken
}
