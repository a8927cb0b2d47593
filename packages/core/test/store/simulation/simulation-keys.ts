import type { SimulationKeys } from './simulate.js'
import { SynchronousKeyring } from './synchronous-keyring.js'

export function simulationKeys(): SimulationKeys {
  return { keyring: new SynchronousKeyring(), strangersKeyring: new SynchronousKeyring() }
}
