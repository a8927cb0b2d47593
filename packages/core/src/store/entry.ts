import { inspect } from 'node:util'
import type { Entry } from './store.js'

/**
 * An entry whose plaintext is only had by asking for it: it is neither enumerable nor shown by `util.inspect`,
 * JSON, or a logger that walks properties.
 */
export function entryOf(entry: Entry): Entry {
  const redacted = { ...entry, plaintext: `[${entry.plaintext.byteLength} bytes redacted]` }
  return Object.defineProperties(
    { ...entry },
    {
      plaintext: { enumerable: false, writable: false },
      toJSON: { value: () => redacted },
      [inspect.custom]: { value: () => redacted },
    },
  )
}
