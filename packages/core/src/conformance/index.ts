export type { ConformanceCase } from './case.js'
export type { BackendFixture, LocationUnderTest } from './backend-fixture.js'
export { backendConformance } from './backend-conformance.js'
export { awkwardNames } from './awkward-names.js'
