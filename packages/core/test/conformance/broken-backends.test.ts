import type { Backend } from '@sealring/core'
import { backendConformance, runConformance, type BackendFixture } from '@sealring/core/conformance'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { memoryFixture } from '../backend/memory-fixture.js'
import { brokenBackends } from './broken-backends.js'

function brokenFixture(breakIt: (whole: Backend) => Partial<Backend>): BackendFixture {
  const broken = (whole: Backend): Backend => ({ ...whole, ...breakIt(whole) })
  return {
    capabilities: memoryFixture.capabilities,
    async open() {
      const location = await memoryFixture.open()
      const reopen = async () => broken(await location.reopen())
      return { ...location, backend: broken(location.backend), reopen }
    },
  }
}

async function failuresOf(fixture: BackendFixture): Promise<string[]> {
  const results = await runConformance(backendConformance, fixture)
  return results.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name)
}

describe('the backend conformance suite', () => {
  it('has cases with names of their own', () => {
    const names = backendConformance.map(({ name }) => name)
    expect(new Set(names).size).to.equal(names.length)
  })

  it('finds nothing in a backend without a fault', async () => {
    expect(await failuresOf(brokenFixture(() => ({})))).to.deep.equal([])
  })

  for (const { fault, caughtBy, breakIt } of brokenBackends)
    it(`catches a backend that ${fault}`, async () => {
      expect(await failuresOf(brokenFixture(breakIt))).to.include(caughtBy)
    })

  it('catches a fixture whose locations are one', async () => {
    const only = await memoryFixture.open()
    const fixture = { ...memoryFixture, open: async () => only }
    expect(await failuresOf(fixture)).to.include('fixture: two locations know nothing of each other')
  })

  it('catches a fixture that damages nothing', async () => {
    const fixture: BackendFixture = {
      ...memoryFixture,
      open: async () => ({ ...(await memoryFixture.open()), damage: async () => {} }),
    }
    expect(await failuresOf(fixture)).to.deep.equal(['fixture: damage changes what is read'])
  })

  it('skips what a backend declares it cannot do, and says why', async () => {
    const capabilities = {
      ...memoryFixture.capabilities,
      range: false,
      conditionalCreate: false,
      conditionalReplace: false,
    }
    const fixture: BackendFixture = {
      capabilities,
      async open() {
        const location = await memoryFixture.open()
        return { ...location, backend: { ...location.backend, capabilities } }
      },
    }
    const results = await runConformance(backendConformance, fixture)
    const skipped = results.filter(({ outcome }) => outcome === 'skipped')
    expect(skipped).to.have.length(7)
    for (const { reason } of skipped) expect(reason).to.match(/declares \w+: false/)
    expect(results.filter(({ outcome }) => outcome === 'failed')).to.deep.equal([])
  })
})
