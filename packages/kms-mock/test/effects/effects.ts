import { cryptographyEffects } from './cryptography.js'
import { grantAndStoreEffects } from './grants-and-stores.js'
import { keyLifeEffects } from './key-life.js'
import { keyEffects } from './keys.js'
import type { Effects } from './scene.js'

/** What shows the effect of each operation. */
export const effects: Effects = {
  ...keyEffects,
  ...cryptographyEffects,
  ...keyLifeEffects,
  ...grantAndStoreEffects,
}
