import { describe } from 'mocha'
import { hostBackendConformance } from './conformance-host.js'
import { memoryFixture } from './memory-fixture.js'

describe('memoryBackend', () => {
  hostBackendConformance(memoryFixture)
})
