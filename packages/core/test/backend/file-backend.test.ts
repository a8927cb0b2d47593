import { describe } from 'mocha'
import { hostBackendConformance } from './conformance-host.js'
import { fileFixture } from './file-fixture.js'

describe('fileBackend', () => {
  hostBackendConformance(fileFixture)
})
