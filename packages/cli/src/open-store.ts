import type { Backend, Store } from '@sealring/core'
import { configPath, loadConfig } from './config/load-config.js'
import { locationsFromConfig } from './config/locations-from-config.js'
import { storeFromConfig } from './config/store-from-config.js'
import type { GlobalOptions, Session } from './session.js'

/** The store that the configuration describes. Errors: those of the configuration. */
export async function openStore(options: GlobalOptions, session: Session): Promise<Store> {
  return storeFromConfig(await loadConfig(configPath(options.config, session)), session)
}

/** The locations alone: no key is touched. Errors: those of the configuration. */
export async function openLocations(options: GlobalOptions, session: Session): Promise<Backend[]> {
  return locationsFromConfig(await loadConfig(configPath(options.config, session)))
}
