import type { Backend } from '../backend/backend.js'
import type { BackendFixture, LocationUnderTest } from './backend-fixture.js'
import type { ConformanceCase } from './case.js'

/** What a case works with: a location of its own, opened before and disposed after. */
export interface BackendTrial {
  readonly fixture: BackendFixture
  readonly location: LocationUnderTest
  readonly backend: Backend
}

/** A case of the backend suite. `skip` may look at the declared capabilities only. */
export function backendCase(
  name: string,
  run: (trial: BackendTrial) => Promise<void>,
  skip?: (fixture: BackendFixture) => string | undefined,
): ConformanceCase<BackendFixture> {
  return {
    name,
    ...(skip && { skip }),
    run: async (fixture) => {
      const location = await fixture.open()
      try {
        await run({ fixture, location, backend: location.backend })
      } finally {
        await location.dispose()
      }
    },
  }
}

export const unlessConditionalCreate = ({ capabilities }: BackendFixture) =>
  capabilities.conditionalCreate ? undefined : 'The backend declares conditionalCreate: false.'

export const unlessConditionalReplace = ({ capabilities }: BackendFixture) =>
  capabilities.conditionalReplace ? undefined : 'The backend declares conditionalReplace: false.'

export const unlessRange = ({ capabilities }: BackendFixture) =>
  capabilities.range ? undefined : 'The backend declares range: false.'
