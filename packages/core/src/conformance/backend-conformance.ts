import { backendCreate } from './backend-create.js'
import type { BackendFixture } from './backend-fixture.js'
import { backendLimits } from './backend-limits.js'
import { backendListing } from './backend-listing.js'
import { backendRead } from './backend-read.js'
import { backendReplace } from './backend-replace.js'
import { backendSetup } from './backend-setup.js'
import { backendSidecars } from './backend-sidecars.js'
import type { ConformanceCase } from './case.js'

/**
 * What every backend must do, as cases for any test runner. The cases of the fixture come first: when one of
 * them fails, the rest says nothing. Each case opens and disposes a location of its own.
 */
export const backendConformance: readonly ConformanceCase<BackendFixture>[] = [
  ...backendSetup,
  ...backendCreate,
  ...backendRead,
  ...backendListing,
  ...backendReplace,
  ...backendSidecars,
  ...backendLimits,
]
