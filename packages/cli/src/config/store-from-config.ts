import { createStore } from '@sealring/core'
import type { Store } from '@sealring/core'
import type { Session } from '../session.js'
import type { LoadedConfig } from './config.js'
import { keyringFromConfig } from './keyring-from-config.js'
import { lazyMaterials } from './lazy-materials.js'
import { locationsFromConfig } from './locations-from-config.js'

/** The store that a configuration describes. The key is not touched before something is sealed or opened. */
export async function storeFromConfig(loaded: LoadedConfig, session: Session): Promise<Store> {
  const { store: id, arbiter, suite } = loaded.config
  return createStore({
    id,
    keyring: lazyMaterials(() => keyringFromConfig(loaded, session)),
    locations: await locationsFromConfig(loaded),
    ...(arbiter !== undefined && { arbiter }),
    ...(suite && { suite }),
  })
}
