import assert from 'node:assert/strict'
import type {
  Backend,
  NamesFilter,
  Page,
  PageOptions,
  SealedBlob,
  SidecarKey,
  Slot,
  SlotStat,
  StoredBlob,
} from '../backend/backend.js'
import { collect } from '../backend/collect.js'
import { sealedBlob } from '../backend/sealed-blob.js'

/** Bytes that look random, the same for the same seed: a xorshift generator. */
export function sampleBytes(size: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(size)
  let state = (seed * 2654435761) >>> 0 || 1
  for (let i = 0; i < size; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[i] = state & 0xff
  }
  return bytes
}

export const sampleBlob = (size: number, seed = 1): SealedBlob => sealedBlob(sampleBytes(size, seed))

export const textBlob = (text: string): SealedBlob => sealedBlob(Buffer.from(text))

/** Create an empty slot, and expect to be told so. */
export async function fill(backend: Backend, slot: Slot, blob: SealedBlob): Promise<string> {
  const result = await backend.create(slot, blob)
  assert.equal(result.outcome, 'created', `the first create of ${show(slot)}`)
  return result.versionToken
}

/** The whole blob of an occupied slot. */
export async function readBlob(backend: Backend, slot: Slot): Promise<StoredBlob & { bytes: Uint8Array }> {
  const stored = await backend.read(slot)
  assert.ok(stored, `${show(slot)} reads as empty`)
  return { ...stored, bytes: await collect(stored.body) }
}

/** Expect a slot to hold exactly this blob, by every way of looking at it. */
export async function expectBlob(backend: Backend, slot: Slot, blob: SealedBlob): Promise<void> {
  const stored = await readBlob(backend, slot)
  expectSameBytes(stored.bytes, await blob.bytes(), show(slot))
  expectStat(stored, slot, blob)
  expectStat(await backend.stat(slot), slot, blob)
}

export function expectStat(stat: SlotStat | undefined, slot: Slot, blob: SealedBlob): void {
  assert.ok(stat, `${show(slot)} is empty`)
  const { name, revision, digest, size } = stat
  assert.deepEqual(
    { name, revision, digest, size },
    { name: slot.name, revision: slot.revision, digest: blob.digest, size: blob.size },
  )
  assert.equal(typeof stat.attested, 'boolean')
  assert.equal(typeof stat.versionToken, 'string')
}

export async function expectEmpty(backend: Backend, slot: Slot): Promise<void> {
  assert.equal(await backend.stat(slot), undefined, `stat of ${show(slot)}`)
  assert.equal(await backend.read(slot), undefined, `read of ${show(slot)}`)
}

export function expectCode(error: unknown, code: string): void {
  assert.ok(error instanceof Error && 'code' in error, `${String(error)} has no code`)
  assert.equal(error.code, code)
}

export function expectSameBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  assert.equal(actual.byteLength, expected.byteLength, `the number of bytes of ${what}`)
  assert.ok(Buffer.compare(actual, expected) === 0, `the bytes of ${what} are not those that were stored`)
}

/** All items of a listing; expects every page to keep its limit and the listing to end. */
async function drain<Item>(page: (options: PageOptions) => Promise<Page<Item>>, limit?: number) {
  const items: Item[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < 10_000; pages++) {
    const { items: more, cursor: next } = await page({ limit, cursor })
    assert.ok(limit === undefined || more.length <= limit, `a page of ${more.length} for limit ${limit}`)
    items.push(...more)
    if (next === undefined) return items
    cursor = next
  }
  return assert.fail('the listing did not end within 10,000 pages')
}

export const allNames = (backend: Backend, options: NamesFilter & { limit?: number } = {}) =>
  drain((page) => backend.names({ ...options, ...page }), options.limit)

export const allRevisions = (backend: Backend, name: string, limit?: number) =>
  drain((page) => backend.revisions(name, page), limit)

export const allSidecars = (backend: Backend, slot: Slot, limit?: number) =>
  drain((page) => backend.listSidecars(slot, page), limit)

/** One string for each sidecar, sorted, to compare listings with. */
export const sidecarTexts = (keys: readonly SidecarKey[]) =>
  keys.map(({ name, revision, kind, id }) => `${name} ${revision} ${kind} ${id}`).toSorted()

export const show = ({ name, revision }: Slot) => `${JSON.stringify(name)} revision ${revision}`
