import { inspect } from 'node:util'
import type { LocationFailure } from './failure-log.js'

/** An opened entry. Redacts its plaintext in `util.inspect` and JSON. */
export interface Entry {
  readonly name: string
  readonly revision: number
  readonly digest: string
  readonly plaintext: Uint8Array
  /** The caller's pairs: those of the library are left out. */
  readonly context: Readonly<Record<string, string>>
  /** `id` of the location whose copy was opened. */
  readonly servedBy: string
  /** What went wrong on the way, in the order it happened. */
  readonly failures: readonly LocationFailure[]
}

/** An entry whose plaintext is read as a stream: iterate `body` to its end or leave it, or call `close`. */
export interface StreamedEntry {
  readonly name: string
  readonly revision: number
  /** As recorded at the location that is read from now; proven when `body` has ended. */
  readonly digest: string
  /** Of the sealed bytes, likewise. */
  readonly size: number
  /** The caller's pairs: those of the library are left out. */
  readonly context: Readonly<Record<string, string>>
  /** `id` of the location that is read from now. */
  readonly servedBy: string
  /** What went wrong so far, in the order it happened. */
  readonly failures: readonly LocationFailure[]
  /** The plaintext, once. Leaving the loop lets go of the location. */
  readonly body: AsyncIterable<Uint8Array>
  /** Let go of the location without reading on. Safe to repeat. */
  close(): void
}

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
