export type { ConformanceCase } from './case.js'
export type { BackendFixture, LocationUnderTest } from './backend-fixture.js'
export { backendConformance } from './backend-conformance.js'
export { awkwardNames } from './awkward-names.js'
export { runConformance } from './run-conformance.js'
export type { ConformanceResult } from './run-conformance.js'
export type {
  EquivalentKeyring,
  KeyringCapabilities,
  KeyringFixture,
  KeyringUnderTest,
} from './keyring-fixture.js'
export { keyringConformance } from './keyring-conformance.js'
