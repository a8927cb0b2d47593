import { backendConformance } from '@sealring/core/conformance'
import { describe, it } from 'mocha'
import { memoryFixture } from './memory-fixture.js'

describe('memoryBackend', () => {
  for (const { name, skip, run } of backendConformance) {
    const reason = skip?.(memoryFixture)
    it(reason ? `${name} (skipped: ${reason})` : name, function () {
      if (reason) this.skip()
      return run(memoryFixture)
    })
  }
})
