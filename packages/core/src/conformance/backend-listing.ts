import assert from 'node:assert/strict'
import type { Backend } from '../backend/backend.js'
import { maxRevision } from '../backend/entry-name.js'
import { awkwardNames } from './awkward-names.js'
import { backendCase } from './backend-case.js'
import {
  allNames,
  allRevisions,
  expectBlob,
  expectStat,
  fill,
  sampleBlob,
  textBlob,
} from './backend-steps.js'

const names = ['a', 'a/b', 'a/b/c', 'a/c', 'ab', 'b', 'b/a', 'c', 'd/e/f', 'd/e/g', 'É/x']

async function fillNames(backend: Backend) {
  await Promise.all(names.map((name, i) => fill(backend, { name, revision: 1 }, sampleBlob(20, i + 1))))
}

export const backendListing = [
  backendCase('latest: the highest revision, compared as a number', async ({ backend, location }) => {
    for (const revision of [9, 1, 10, 2, 12, 3, 11, 4, 5, 6, 7, 8])
      await fill(backend, { name: 'n', revision }, sampleBlob(30, revision))
    expectStat(await backend.latest('n'), { name: 'n', revision: 12 }, sampleBlob(30, 12))
    expectStat(await (await location.reopen()).latest('n'), { name: 'n', revision: 12 }, sampleBlob(30, 12))
  }),

  backendCase('latest: revisions may have gaps and be large', async ({ backend }) => {
    const revisions = [2, 10, 99_999, 100_000, 5_000_000_000, maxRevision]
    for (const revision of revisions) {
      await fill(backend, { name: 'n', revision }, sampleBlob(30, revision % 1000))
      assert.equal((await backend.latest('n'))?.revision, revision)
    }
    assert.deepEqual(await revisionNumbers(backend, 'n'), revisions)
    await expectBlob(backend, { name: 'n', revision: maxRevision }, sampleBlob(30, maxRevision % 1000))
  }),

  backendCase('latest: one name’s revisions are no other’s', async ({ backend }) => {
    const tips = { n: 3, 'n/m': 7, nm: 5, N: 2, 'n/m/o': 9 }
    for (const [name, tip] of Object.entries(tips))
      for (let revision = 1; revision <= tip; revision++)
        await fill(backend, { name, revision }, textBlob(`${name} ${revision}`))
    for (const [name, tip] of Object.entries(tips)) {
      expectStat(await backend.latest(name), { name, revision: tip }, textBlob(`${name} ${tip}`))
      assert.equal((await allRevisions(backend, name)).length, tip)
    }
  }),

  ...[1, 3, 5, 12, 100].map((limit) =>
    backendCase(`revisions: in order in pages of ${limit}`, async ({ backend }) => {
      for (const revision of [9, 1, 10, 2, 12, 3, 11, 4, 5, 6, 7, 8])
        await fill(backend, { name: 'n', revision }, sampleBlob(30, revision))
      const stats = await allRevisions(backend, 'n', limit)
      assert.deepEqual(
        stats.map(({ revision }) => revision),
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
      )
      for (const stat of stats)
        expectStat(stat, { name: 'n', revision: stat.revision }, sampleBlob(30, stat.revision))
    }),
  ),

  backendCase('revisions: a cursor is good in another backend object', async ({ backend, location }) => {
    for (let revision = 1; revision <= 5; revision++)
      await fill(backend, { name: 'n', revision }, sampleBlob(30, revision))
    const first = await backend.revisions('n', { limit: 2 })
    assert.ok(first.cursor, 'a first page of two out of five has a cursor')
    const rest = await (await location.reopen()).revisions('n', { cursor: first.cursor, limit: 100 })
    const all = [...first.items, ...rest.items].map(({ revision }) => revision)
    assert.deepEqual(all, [1, 2, 3, 4, 5])
  }),

  ...[1, 2, 3, undefined].map((limit) =>
    backendCase(
      `names: each exactly once in pages of ${limit ?? 'the default size'}`,
      async ({ backend }) => {
        await fillNames(backend)
        await fill(backend, { name: 'a', revision: 2 }, sampleBlob(20))
        await fill(backend, { name: 'd/e/f', revision: 12 }, sampleBlob(20))
        assert.deepEqual((await allNames(backend, { limit })).toSorted(), names.toSorted())
      },
    ),
  ),

  backendCase('names: a cursor is good in another backend object', async ({ backend, location }) => {
    await fillNames(backend)
    const found: string[] = []
    let cursor: string | undefined
    do {
      const page = await (await location.reopen()).names({ limit: 2, cursor })
      found.push(...page.items)
      cursor = page.cursor
    } while (cursor !== undefined && found.length <= names.length)
    assert.deepEqual(found.toSorted(), names.toSorted())
  }),

  backendCase('names: a prefix is compared character by character', async ({ backend }) => {
    await fillNames(backend)
    for (const prefix of ['', 'a', 'a/', 'a/b', 'a/b/', 'A', 'd/e', 'd/e/', 'É', 'É/x', 'É/x/', 'e', '%'])
      for (const limit of [1, 3, undefined])
        assert.deepEqual(
          (await allNames(backend, { prefix, limit })).toSorted(),
          names.filter((name) => name.startsWith(prefix)).toSorted(),
          `prefix ${JSON.stringify(prefix)}, limit ${limit}`,
        )
  }),

  backendCase('names: shards are disjoint and complete', async ({ backend, location }) => {
    await fillNames(backend)
    const other = await location.reopen()
    for (const count of [1, 2, 5]) {
      const shards = await Promise.all(
        Array.from({ length: count }, (_, index) =>
          allNames(index % 2 ? other : backend, { shard: { index, count }, limit: 2 }),
        ),
      )
      assert.deepEqual(shards.flat().toSorted(), names.toSorted(), `${count} shards`)
    }
    const below = await Promise.all(
      [0, 1].map((index) => allNames(backend, { shard: { index, count: 2 }, prefix: 'a' })),
    )
    assert.deepEqual(below.flat().toSorted(), names.filter((name) => name.startsWith('a')).toSorted())
  }),

  backendCase('names: those that were there are all found while others are created', async ({ backend }) => {
    await fillNames(backend)
    const found: string[] = []
    let cursor: string | undefined
    for (let page = 0; page < 100; page++) {
      await fill(backend, { name: `${'AaMmZz'[page % 6]}/new-${page}`, revision: 1 }, sampleBlob(5))
      const { items, cursor: next } = await backend.names({ limit: 2, cursor })
      found.push(...items)
      if (next === undefined) break
      cursor = next
    }
    assert.equal(new Set(found).size, found.length, 'a name was listed twice')
    assert.deepEqual(
      names.filter((name) => !found.includes(name)),
      [],
    )
  }),

  backendCase(
    'names: awkward names are kept apart, and listed as they are',
    async ({ backend, location }) => {
      // In small groups: a service behind the backend may limit how much goes on at once.
      for (let i = 0; i < awkwardNames.length; i += 8)
        await Promise.all(
          awkwardNames
            .slice(i, i + 8)
            .map((name) => fill(backend, { name, revision: 1 }, textBlob(`content of ${name}`))),
        )
      const again = await location.reopen()
      for (const name of awkwardNames) {
        await expectBlob(again, { name, revision: 1 }, textBlob(`content of ${name}`))
        expectStat(await again.latest(name), { name, revision: 1 }, textBlob(`content of ${name}`))
      }
      assert.deepEqual((await allNames(again, { limit: 10 })).toSorted(), awkwardNames.toSorted())
    },
  ),

  backendCase('listing: impossible limits and shards are refused', async ({ backend }) => {
    const refused = { code: 'INVALID_ARGUMENT' }
    for (const limit of [0, -1, 1.5, Number.NaN]) {
      await assert.rejects(backend.names({ limit }), refused)
      await assert.rejects(backend.revisions('n', { limit }), refused)
      await assert.rejects(backend.listSidecars({ name: 'n', revision: 1 }, { limit }), refused)
    }
    for (const shard of [
      { index: 2, count: 2 },
      { index: -1, count: 2 },
      { index: 0, count: 0 },
      { index: 0.5, count: 2 },
    ])
      await assert.rejects(backend.names({ shard }), refused)
  }),
]

const revisionNumbers = async (backend: Backend, name: string) =>
  (await allRevisions(backend, name)).map(({ revision }) => revision)
