import assert from 'node:assert/strict'
import { sealedBlob } from '../backend/sealed-blob.js'
import { backendCase, unlessConditionalCreate } from './backend-case.js'
import { allNames, allRevisions, expectBlob, expectEmpty, fill, sampleBlob } from './backend-steps.js'
import { sampleBytes } from './backend-steps.js'

const slot = { name: 'created', revision: 1 }

export const backendCreate = [
  backendCase(
    'create: an empty slot is created, an occupied one exists with its digest',
    async ({ backend }) => {
      const token = await fill(backend, slot, sampleBlob(200, 1))
      const again = await backend.create(slot, sampleBlob(200, 1))
      assert.deepEqual(again, { outcome: 'exists', digest: sampleBlob(200, 1).digest, versionToken: token })
      const other = await backend.create(slot, sampleBlob(300, 2))
      assert.deepEqual(other, { outcome: 'exists', digest: sampleBlob(200, 1).digest, versionToken: token })
    },
  ),

  backendCase('create: an occupied slot keeps its bytes', async ({ backend, location }) => {
    await fill(backend, slot, sampleBlob(200, 1))
    await backend.create(slot, sampleBlob(300, 2))
    await (await location.reopen()).create(slot, sampleBlob(0))
    await expectBlob(backend, slot, sampleBlob(200, 1))
    assert.equal((await allRevisions(backend, slot.name)).length, 1)
  }),

  backendCase('create: slots are told apart by name and by revision', async ({ backend }) => {
    const slots = ['one', 'one/two', 'two', 'One'].flatMap((name) => [
      { name, revision: 1 },
      { name, revision: 2 },
    ])
    for (const [i, each] of slots.entries()) await fill(backend, each, sampleBlob(50, i + 1))
    for (const [i, each] of slots.entries()) await expectBlob(backend, each, sampleBlob(50, i + 1))
    await expectEmpty(backend, { name: 'one', revision: 3 })
    await expectEmpty(backend, { name: 'one/two/three', revision: 1 })
  }),

  backendCase('create: the same bytes may be in many slots', async ({ backend }) => {
    await fill(backend, { name: 'one', revision: 1 }, sampleBlob(100))
    await fill(backend, { name: 'one', revision: 2 }, sampleBlob(100))
    await fill(backend, { name: 'two', revision: 1 }, sampleBlob(100))
    assert.equal((await allRevisions(backend, 'one')).length, 2)
  }),

  backendCase('create: an acknowledged create is seen at once by another backend object', async (trial) => {
    const other = await trial.location.reopen()
    for (let revision = 1; revision <= 5; revision++) {
      await fill(trial.backend, { name: slot.name, revision }, sampleBlob(64, revision))
      assert.equal((await other.latest(slot.name))?.revision, revision)
      await expectBlob(other, { name: slot.name, revision }, sampleBlob(64, revision))
    }
  }),

  backendCase('create: a blob may come in small and empty pieces', async ({ backend }) => {
    const bytes = sampleBytes(1000, 3)
    const blob = {
      ...sealedBlob(bytes),
      stream: async function* () {
        for (let i = 0; i < bytes.length; i += 7) {
          yield bytes.subarray(i, i + 7)
          yield bytes.subarray(0, 0)
        }
      },
    }
    await fill(backend, slot, blob)
    await expectBlob(backend, slot, blob)
  }),

  backendCase(
    'create: of twenty racing creators exactly one wins',
    async ({ backend }) => {
      const blobs = Array.from({ length: 20 }, (_, i) => sampleBlob(500 + i, i + 1))
      const results = await Promise.all(blobs.map((blob) => backend.create(slot, blob)))
      const winner = onlyWinner(results)
      await expectBlob(backend, slot, blobs[winner]!)
      for (const result of results)
        if (result.outcome === 'exists') assert.equal(result.digest, blobs[winner]!.digest)
    },
    unlessConditionalCreate,
  ),

  backendCase(
    'create: of creators racing through several backend objects exactly one wins',
    async ({ backend, location }) => {
      const backends = [backend, await location.reopen(), await location.reopen()]
      for (let revision = 1; revision <= 5; revision++) {
        const blobs = backends.flatMap((_, i) => [sampleBlob(300, 2 * i + 1), sampleBlob(300, 2 * i + 2)])
        const results = await Promise.all(
          blobs.map((blob, i) => backends[i % backends.length]!.create({ name: slot.name, revision }, blob)),
        )
        await expectBlob(backend, { name: slot.name, revision }, blobs[onlyWinner(results)]!)
      }
    },
    unlessConditionalCreate,
  ),

  backendCase('create: creators of different slots do not disturb each other', async ({ backend }) => {
    const names = Array.from({ length: 24 }, (_, i) => `parallel/${i % 8}/${i}`)
    await Promise.all(names.map((name, i) => fill(backend, { name, revision: 1 }, sampleBlob(100, i + 1))))
    for (const [i, name] of names.entries())
      await expectBlob(backend, { name, revision: 1 }, sampleBlob(100, i + 1))
    assert.deepEqual((await allNames(backend)).toSorted(), names.toSorted())
  }),
]

function onlyWinner(results: readonly { outcome: string }[]): number {
  const winners = results.flatMap(({ outcome }, i) => (outcome === 'created' ? [i] : []))
  assert.equal(winners.length, 1, `${winners.length} creators were told "created"`)
  return winners[0]!
}
