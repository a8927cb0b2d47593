import { createStore, memoryBackend, memoryLocation, readOnly, sealedBlob } from '@sealring/core'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { faultyBackend } from '../store/faulty-backend.js'
import { rawAesKeyring } from '../store/fixture.js'
import { failureOf } from './failure-of.js'
import { layers } from './layers.js'

const slot = { name: 'fixed', revision: 1 }
const blob = sealedBlob(Buffer.from('sealed bytes'))
const key = { ...slot, kind: 'fork', id: 'x' }

async function filled() {
  const inner = memoryBackend({ id: 'memory' })
  const { versionToken } = await inner.create(slot, blob)
  await inner.createSidecar(key, Buffer.from('sidecar'))
  return { ...faultyBackend(inner), versionToken }
}

const stacks = {
  alone: readOnly,
  ...Object.fromEntries(
    Object.entries(layers).flatMap(([name, layer]) => [
      [`around ${name}`, (backend) => readOnly(layer(backend))],
      [`inside ${name}`, (backend) => layer(readOnly(backend))],
    ]),
  ),
} satisfies Record<string, typeof readOnly>

describe('readOnly', () => {
  for (const [name, stack] of Object.entries(stacks)) {
    it(`${name} refuses what writes before the backend hears of it`, async () => {
      const { backend: inner, calls, versionToken } = await filled()
      const backend = stack(inner)
      const refused = {
        create: backend.create({ ...slot, revision: 2 }, blob),
        replace: backend.replace(slot, blob, { expect: versionToken }),
        purge: backend.purge(slot),
        createSidecar: backend.createSidecar({ ...key, id: 'y' }, Buffer.from('x')),
        deleteSidecar: backend.deleteSidecar(key),
      }
      for (const [operation, call] of Object.entries(refused))
        expect(await failureOf(call)).to.include({
          name: 'BackendError',
          code: 'ACCESS_DENIED',
          backend: 'memory',
          operation,
          retryable: false,
        })
      expect(calls).to.deep.equal([])
    })

    it(`${name} passes on what reads`, async () => {
      const { backend: inner, calls } = await filled()
      const backend = stack(inner)
      expect(await backend.read(slot)).to.include({ digest: blob.digest })
      expect(await backend.stat(slot)).to.include({ digest: blob.digest })
      expect(await backend.latest(slot.name)).to.include({ revision: 1 })
      expect((await backend.revisions(slot.name)).items).to.have.length(1)
      expect((await backend.names()).items).to.deep.equal([slot.name])
      expect(Buffer.from((await backend.readSidecar(key))!).toString()).to.equal('sidecar')
      expect((await backend.listSidecars(slot)).items).to.deep.equal([key])
      expect(calls).to.have.length(7)
    })
  }

  it('lets an aborted signal reject with its reason', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    const call = readOnly((await filled()).backend).create(slot, blob, { signal })
    expect(await failureOf(call)).to.equal(signal.reason)
  })

  it('serves a store that only reads', async () => {
    const places = ['a', 'b'].map((id) => ({ id, location: memoryLocation() }))
    const keyring = rawAesKeyring()
    const open = (layer: typeof readOnly) =>
      createStore({ id: 'test', keyring, locations: places.map((place) => layer(memoryBackend(place))) })
    await open((backend) => backend).put('app/token', 'one')
    const store = open(readOnly)
    expect(Buffer.from((await store.get('app/token')).plaintext).toString()).to.equal('one')
    expect((await store.history('app/token')).revisions).to.have.length(1)
    expect((await store.verify({ open: true })).clean).to.equal(true)
    const refused: unknown = await failureOf(store.put('app/token', 'two'))
    expect(refused).to.include({ code: 'ACCESS_DENIED' })
    expect(places.map(({ location }) => location.blobs.get('app/token')?.size)).to.deep.equal([1, 1])
  })
})
