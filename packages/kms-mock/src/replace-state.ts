import { allKeys } from './state/state.js'
import type { KmsState } from './state/state.js'

/** Puts another state in the place of one that others hold; the key material that goes is wiped. */
export const replaceState = (state: KmsState, other: KmsState): void => {
  for (const { materials } of allKeys(state)) for (const { bytes } of materials) bytes?.fill(0)
  Object.assign(state, other)
}
