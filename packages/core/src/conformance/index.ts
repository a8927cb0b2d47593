export type { ConformanceCase } from './case.js'
export type { BackendFixture, LocationUnderTest } from './backend-fixture.js'
