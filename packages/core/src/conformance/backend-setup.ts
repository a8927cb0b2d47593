import assert from 'node:assert/strict'
import { collect } from '../backend/collect.js'
import { backendCase } from './backend-case.js'
import {
  allNames,
  expectBlob,
  expectCode,
  expectEmpty,
  fill,
  sampleBlob,
  sampleBytes,
} from './backend-steps.js'

const slot = { name: 'fixture', revision: 1 }

/** The fixture itself: what every other case takes for granted. */
export const backendSetup = [
  backendCase('fixture: a new location is empty', async ({ backend }) => {
    assert.deepEqual(await allNames(backend), [])
    await expectEmpty(backend, slot)
  }),

  backendCase('fixture: two locations know nothing of each other', async ({ fixture, backend }) => {
    const other = await fixture.open()
    try {
      await fill(backend, slot, sampleBlob(100))
      await expectEmpty(other.backend, slot)
      assert.deepEqual(await allNames(other.backend), [])
    } finally {
      await other.dispose()
    }
  }),

  backendCase('fixture: a reopened location has what was written', async ({ backend, location }) => {
    await fill(backend, slot, sampleBlob(100))
    const again = await location.reopen()
    assert.notEqual(again, backend)
    await expectBlob(again, slot, sampleBlob(100))
  }),

  backendCase('fixture: damage changes what is read', async ({ backend, location }) => {
    const neighbour = { name: 'neighbour', revision: 1 }
    await fill(backend, slot, sampleBlob(100))
    await fill(backend, neighbour, sampleBlob(100))
    await location.damage(slot)
    // A backend that notices by itself may refuse instead.
    const bytes = await backend.read(slot).then(
      (stored) => stored && collect(stored.body),
      (error: unknown) => expectCode(error, 'BLOB_DAMAGED'),
    )
    if (bytes) assert.notEqual(Buffer.compare(bytes, sampleBytes(100)), 0, 'the bytes are as before')
    await expectBlob(backend, neighbour, sampleBlob(100))
  }),
]
