import assert from 'node:assert/strict'
import type { SealedBlob } from '../backend/backend.js'
import { backendCase } from './backend-case.js'
import { allSidecars, expectBlob, expectEmpty, fill, sampleBlob, sampleBytes } from './backend-steps.js'

const slot = { name: 'limits', revision: 1 }
const key = { ...slot, kind: 'fork', id: 'x' }

/** Larger blobs than this are not made for the sake of a test. */
const affordable = 8 * 1024 * 1024

export const backendLimits = [
  backendCase('capabilities: well-formed, and those of the fixture', async ({ backend, fixture }) => {
    const { maxBlobBytes, maxSidecarBytes, ...flags } = backend.capabilities
    assert.deepEqual(backend.capabilities, fixture.capabilities)
    assert.ok(Number.isSafeInteger(maxBlobBytes) && maxBlobBytes > 0)
    assert.ok(Number.isSafeInteger(maxSidecarBytes) && maxSidecarBytes >= 65_536)
    assert.deepEqual(Object.keys(flags).toSorted(), [
      'conditionalCreate',
      'conditionalReplace',
      'durable',
      'range',
    ])
    for (const flag of Object.values(flags)) assert.equal(typeof flag, 'boolean')
    assert.match(backend.id, /^[a-z0-9][a-z0-9._-]{0,62}$/)
  }),

  backendCase('capabilities: a blob of maxBlobBytes fits beside the longest name', async ({ backend }) => {
    const size = Math.min(backend.capabilities.maxBlobBytes, affordable)
    const largest = { name: 'é'.repeat(127), revision: 999_999_999_999 }
    await fill(backend, largest, sampleBlob(size))
    await expectBlob(backend, largest, sampleBlob(size))
  }),

  backendCase('limits: a blob that is too large is refused before it is read', async ({ backend }) => {
    const blob: SealedBlob = {
      digest: '0'.repeat(64),
      size: backend.capabilities.maxBlobBytes + 1,
      bytes: () => assert.fail('the blob was read'),
      stream: () => assert.fail('the blob was read'),
    }
    const versionToken = await fill(backend, slot, sampleBlob(50))
    const refused = { name: 'BackendError', code: 'BLOB_TOO_LARGE', backend: backend.id, retryable: false }
    const next = { name: slot.name, revision: 2 }
    await assert.rejects(backend.create(next, blob), { ...refused, operation: 'create' })
    await assert.rejects(backend.replace(slot, blob, { expect: versionToken }), {
      ...refused,
      operation: 'replace',
    })
    await expectEmpty(backend, next)
    await expectBlob(backend, slot, sampleBlob(50))
  }),

  backendCase('limits: a sidecar that is too large is refused', async ({ backend }) => {
    const bytes = sampleBytes(backend.capabilities.maxSidecarBytes + 1)
    await assert.rejects(backend.createSidecar(key, bytes), {
      name: 'BackendError',
      code: 'BLOB_TOO_LARGE',
      backend: backend.id,
      operation: 'createSidecar',
    })
    assert.equal(await backend.readSidecar(key), undefined)
    assert.deepEqual(await allSidecars(backend, slot), [])
  }),

  backendCase(
    'arguments: names, revisions, kinds and ids outside the grammar are refused',
    async ({ backend }) => {
      const blob = sampleBlob(10)
      const input = (code: string) => ({ name: 'InputError', code })
      for (const name of [
        '',
        '/',
        'a/',
        '/a',
        'a//b',
        '.',
        '..',
        'a/../b',
        'a\\b',
        ' a',
        'e\u0301',
        'x'.repeat(256),
      ]) {
        const bad = { name, revision: 1 }
        await assert.rejects(backend.create(bad, blob), input('INVALID_NAME'))
        await assert.rejects(backend.read(bad), input('INVALID_NAME'))
        await assert.rejects(backend.purge(bad), input('INVALID_NAME'))
        await assert.rejects(backend.latest(name), input('INVALID_NAME'))
        await assert.rejects(backend.revisions(name), input('INVALID_NAME'))
        await assert.rejects(backend.createSidecar({ ...key, name }, new Uint8Array()), input('INVALID_NAME'))
      }
      for (const revision of [0, -1, 1.5, Number.NaN, 1e12]) {
        const bad = { name: slot.name, revision }
        await assert.rejects(backend.create(bad, blob), input('INVALID_REVISION'))
        await assert.rejects(backend.stat(bad), input('INVALID_REVISION'))
        await assert.rejects(backend.replace(bad, blob, { expect: '' }), input('INVALID_REVISION'))
      }
      for (const bad of [
        { ...key, kind: 'Fork' },
        { ...key, kind: '../x' },
        { ...key, kind: '' },
        { ...key, id: '' },
        { ...key, id: '../x' },
        { ...key, id: 'X' },
        { ...key, id: 'x'.repeat(129) },
      ]) {
        await assert.rejects(backend.createSidecar(bad, new Uint8Array()), input('INVALID_ARGUMENT'))
        await assert.rejects(backend.readSidecar(bad), input('INVALID_ARGUMENT'))
        await assert.rejects(backend.deleteSidecar(bad), input('INVALID_ARGUMENT'))
      }
    },
  ),

  backendCase('abort: an aborted signal rejects every call with its reason', async ({ backend }) => {
    const versionToken = await fill(backend, slot, sampleBlob(50, 1))
    await backend.createSidecar(key, sampleBytes(10))
    const reason = new Error('enough')
    const signal = AbortSignal.abort(reason)
    const next = { name: slot.name, revision: 2 }
    const calls: Record<string, () => Promise<unknown>> = {
      create: () => backend.create(next, sampleBlob(50), { signal }),
      read: () => backend.read(slot, { signal }),
      stat: () => backend.stat(slot, { signal }),
      latest: () => backend.latest(slot.name, { signal }),
      revisions: () => backend.revisions(slot.name, { signal }),
      names: () => backend.names({ signal }),
      replace: () => backend.replace(slot, sampleBlob(50, 2), { signal, expect: versionToken }),
      purge: () => backend.purge(slot, { signal }),
      createSidecar: () => backend.createSidecar({ ...key, id: 'y' }, sampleBytes(10), { signal }),
      readSidecar: () => backend.readSidecar(key, { signal }),
      listSidecars: () => backend.listSidecars(slot, { signal }),
      deleteSidecar: () => backend.deleteSidecar(key, { signal }),
    }
    for (const [method, call] of Object.entries(calls))
      await assert.rejects(
        call,
        (error) => error === reason,
        `${method} must reject with the signal's reason`,
      )
    await expectEmpty(backend, next)
    await expectBlob(backend, slot, sampleBlob(50, 1))
    assert.equal((await allSidecars(backend, slot)).length, 1)
  }),

  backendCase('abort: an interrupted create leaves a whole blob or nothing', async ({ backend }) => {
    for (let revision = 1; revision <= 10; revision++) {
      const each = { name: slot.name, revision }
      const blob = sampleBlob(Math.min(200_000, backend.capabilities.maxBlobBytes), revision)
      const controller = new AbortController()
      const created = backend.create(each, blob, { signal: controller.signal }).then(
        ({ outcome }) => outcome,
        () => 'rejected',
      )
      for (let turn = 0; turn < revision; turn++) await new Promise(setImmediate)
      controller.abort()
      const outcome = await created
      // A service may still finish what its client has given up.
      if (outcome === 'created' || (await backend.stat(each))) await expectBlob(backend, each, blob)
    }
  }),
]
