import { sealedBlob, memoryBackend } from '@sealring/core'
import { backendConformance, runConformance, type BackendFixture } from '@sealring/core/conformance'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { hostBackendConformance } from '../backend/conformance-host.js'
import { fileFixture } from '../backend/file-fixture.js'
import { memoryFixture } from '../backend/memory-fixture.js'
import { allLayers, layered, layers, type Layer } from './layers.js'

async function failuresOf(fixture: BackendFixture): Promise<string[]> {
  const results = await runConformance(backendConformance, fixture)
  return results.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name)
}

const stacked: Layer = (backend) => Object.values(layers).reduce((inner, layer) => layer(inner), backend)
const fixtures = { memoryBackend: memoryFixture, fileBackend: fileFixture }

for (const [backendName, fixture] of Object.entries(fixtures))
  for (const [layerName, layer] of Object.entries({ ...layers, 'all layers': stacked }))
    describe(`${layerName} around ${backendName}`, () => {
      hostBackendConformance(layered(fixture, layer))
    })

describe('layers', () => {
  for (const [outerName, outer] of Object.entries(layers))
    for (const [innerName, inner] of Object.entries(layers))
      it(`${outerName} around ${innerName} passes every case`, async () => {
        const fixture = layered(memoryFixture, (backend) => outer(inner(backend)))
        expect(await failuresOf(fixture)).to.deep.equal([])
      })

  it('fail the cases that the backend inside fails', async () => {
    const forgetful: Layer = (backend) => ({ ...backend, latest: async () => undefined })
    const fixture = layered(memoryFixture, (backend) => stacked(forgetful(backend)))
    expect(await failuresOf(fixture)).to.include('read: stat, latest, revisions and read tell the same')
  })

  for (const [name, layer] of Object.entries(allLayers))
    it(`${name} keeps id and capabilities, and hands over what was asked`, async () => {
      const inner = memoryBackend({ id: 'inside', maxBlobBytes: 4321 })
      const asked: unknown[][] = []
      const noting = (operation: string, answer: unknown) =>
        Object.defineProperty(inner, operation, {
          value: async (...input: unknown[]) => {
            asked.push([operation, ...input])
            return answer
          },
        })
      noting('read', undefined)
      noting('names', { items: [] })
      const backend = layer(inner)
      expect(backend.id).to.equal('inside')
      expect(backend.capabilities).to.equal(inner.capabilities)
      const slot = { name: 'n', revision: 3 }
      await backend.read(slot, { range: { start: 1, end: 2 } })
      await backend.names({ prefix: 'p', shard: { index: 1, count: 2 }, limit: 5, cursor: 'c' })
      const [read, names] = asked
      expect(read!.slice(0, 2)).to.deep.equal(['read', slot])
      expect(read![2]).to.deep.include({ range: { start: 1, end: 2 } })
      expect(names![1]).to.deep.include({
        prefix: 'p',
        shard: { index: 1, count: 2 },
        limit: 5,
        cursor: 'c',
      })
    })

  it('hand the blob over as it is, unread', async () => {
    const blob = sealedBlob(Buffer.from('bytes'))
    let given: unknown
    const inner = {
      ...memoryBackend({ id: 'inside' }),
      create: async (_slot: unknown, stored: unknown) => {
        given = stored
        return { outcome: 'created' as const, versionToken: '1' }
      },
    }
    await stacked(inner).create({ name: 'n', revision: 1 }, blob)
    expect(given).to.equal(blob)
  })
})
