import assert from 'node:assert/strict'
import type { Backend } from '../backend/backend.js'
import { collect } from '../backend/collect.js'
import { sealedBlob } from '../backend/sealed-blob.js'
import { backendCase, unlessRange } from './backend-case.js'
import {
  allRevisions,
  expectBlob,
  expectEmpty,
  expectSameBytes,
  expectStat,
  fill,
  readBlob,
  sampleBlob,
  sampleBytes,
} from './backend-steps.js'

const slot = { name: 'read', revision: 1 }

// Bytes that a helpful layer underneath might recode, trim, unpack or mistake for its own framing.
const lookalikes = [
  '{"json": true}\n',
  '[1,2,3]',
  '  leading and trailing space  ',
  'line\r\nline\nline\r',
  'Zm9vYmFy',
  '<?xml version="1.0"?><a/>',
  '400;chunk-signature=0\r\nabc\r\n0\r\n\r\n',
  Buffer.from('efbbbf616263', 'hex'),
  Buffer.from('fffe61006200', 'hex'),
  Buffer.from('feff00610062', 'hex'),
  Buffer.from('1f8b0800000000000003', 'hex'),
  Buffer.from('c080eda080f4908080ff', 'hex'),
  Buffer.alloc(64),
  Buffer.alloc(64, 0xff),
]

export const backendRead = [
  backendCase('read: what is absent is undefined', async ({ backend }) => {
    await expectEmpty(backend, slot)
    assert.equal(await backend.latest(slot.name), undefined)
    assert.deepEqual(await backend.revisions(slot.name), { items: [] })
    await fill(backend, slot, sampleBlob(10))
    await expectEmpty(backend, { name: slot.name, revision: 2 })
    await expectEmpty(backend, { name: 'other', revision: 1 })
    assert.equal(await backend.latest('rea'), undefined)
    assert.equal(await backend.latest('read/below'), undefined)
  }),

  ...[0, 1, 1024, 300_000].map((size) =>
    backendCase(`read: ${size} bytes come back identical`, async ({ backend, location }) => {
      const blob = sampleBlob(Math.min(size, backend.capabilities.maxBlobBytes), 7)
      await fill(backend, slot, blob)
      await expectBlob(backend, slot, blob)
      await expectBlob(await location.reopen(), slot, blob)
      expectStat(await backend.latest(slot.name), slot, blob)
    }),
  ),

  backendCase('read: every value of a byte survives', async ({ backend }) => {
    const blob = sealedBlob(Uint8Array.from({ length: 512 }, (_, i) => i))
    await fill(backend, slot, blob)
    await expectBlob(backend, slot, blob)
  }),

  backendCase('read: bytes that look like text, JSON or framing are left alone', async ({ backend }) => {
    for (const [i, content] of lookalikes.entries()) {
      const blob = sealedBlob(Buffer.from(content))
      await fill(backend, { name: slot.name, revision: i + 1 }, blob)
      await expectBlob(backend, { name: slot.name, revision: i + 1 }, blob)
    }
  }),

  backendCase('read: stat, latest, revisions and read tell the same', async ({ backend }) => {
    const versionToken = await fill(backend, slot, sampleBlob(300))
    const stat = await backend.stat(slot)
    assert.equal(stat?.versionToken, versionToken)
    assert.deepEqual(await backend.latest(slot.name), stat)
    assert.deepEqual(await allRevisions(backend, slot.name), [stat])
    const stored = await readBlob(backend, slot)
    assert.equal(stored.versionToken, versionToken)
    expectStat(stored, slot, sampleBlob(300))
  }),

  backendCase('read: the bytes are the caller’s own', async ({ backend }) => {
    const given = sampleBytes(300)
    await fill(backend, slot, sealedBlob(given))
    given.fill(0)
    await expectBlob(backend, slot, sampleBlob(300))
    const { bytes } = await readBlob(backend, slot)
    bytes.fill(0)
    await expectBlob(backend, slot, sampleBlob(300))
  }),

  backendCase('read: a body can be left early, and read many times', async ({ backend }) => {
    await fill(backend, slot, sampleBlob(100_000))
    for (let i = 0; i < 5; i++) {
      const stored = await backend.read(slot)
      assert.ok(stored)
      for await (const piece of stored.body) {
        assert.ok(piece instanceof Uint8Array)
        break
      }
    }
    const bodies = await Promise.all(Array.from({ length: 5 }, () => readBlob(backend, slot)))
    for (const { bytes } of bodies) expectSameBytes(bytes, sampleBytes(100_000), 'a parallel read')
  }),

  backendCase('read: an attested digest is that of the bytes which are there now', async (trial) => {
    const { backend, location } = trial
    await fill(backend, slot, sampleBlob(500))
    await location.damage(slot)
    for (const look of [() => backend.stat(slot), () => backend.latest(slot.name)]) {
      const stat = await look()
      assert.ok(stat, 'a damaged blob is still there')
      if (stat.attested) assert.notEqual(stat.digest, sampleBlob(500).digest)
    }
  }),

  backendCase(
    'read: a range gives exactly its bytes',
    async ({ backend }) => {
      await fill(backend, slot, sampleBlob(1000))
      const ranges = [
        [0, 1],
        [0, 1000],
        [1, 999],
        [500, 501],
        [999, 1000],
      ] as const
      for (const [start, end] of ranges) await expectRange(backend, start, end, start, end)
    },
    unlessRange,
  ),

  backendCase(
    'read: an empty range is empty, and the end is cut to the size',
    async ({ backend }) => {
      await fill(backend, slot, sampleBlob(1000))
      await expectRange(backend, 0, 0, 0, 0)
      await expectRange(backend, 500, 500, 0, 0)
      await expectRange(backend, 1000, 1000, 0, 0)
      await expectRange(backend, 990, 2000, 990, 1000)
      await expectRange(backend, 1000, 2000, 0, 0)
      await expectRange(backend, 5000, 6000, 0, 0)
      assert.equal(
        await backend.read({ name: 'absent', revision: 1 }, { range: { start: 0, end: 1 } }),
        undefined,
      )
    },
    unlessRange,
  ),

  backendCase(
    'read: an impossible range is refused',
    async ({ backend }) => {
      await fill(backend, slot, sampleBlob(10))
      for (const range of [
        { start: 2, end: 1 },
        { start: -1, end: 1 },
        { start: 0, end: 1.5 },
      ])
        await assert.rejects(backend.read(slot, { range }), { code: 'INVALID_ARGUMENT' })
    },
    unlessRange,
  ),
]

async function expectRange(backend: Backend, start: number, end: number, from: number, to: number) {
  const stored = await backend.read(slot, { range: { start, end } })
  expectStat(stored, slot, sampleBlob(1000))
  const bytes = await collect(stored!.body)
  expectSameBytes(bytes, sampleBytes(1000).subarray(from, to), `the range from ${start} to ${end}`)
}
