import { reservedName } from '../backend/entry-name.js'
import type { Backend, SidecarKey } from '../backend/backend.js'
import { StoreError } from '../errors.js'

/** The small document in every location that says whose it is and who orders the writers. */
export interface Manifest {
  readonly format: 1
  readonly store: string
  readonly arbiter: string
  readonly location: string
}

/** A sidecar of the location itself. */
export const manifestKey: SidecarKey = { name: reservedName, revision: 0, kind: 'manifest', id: 'manifest' }

const fields = ['arbiter', 'format', 'location', 'store'] as const

/** Canonical JSON: sorted keys, no white space, so that equal manifests are equal bytes. */
export function writeManifest(manifest: Manifest): Uint8Array {
  return Buffer.from(JSON.stringify(manifest, [...fields]), 'utf8')
}

/**
 * Parse the manifest of a location and compare it with what the store expects of it. Fails with
 * MANIFEST_INVALID, STORE_MISMATCH, LOCATION_MISMATCH or ARBITER_MISMATCH.
 */
export function checkManifest(bytes: Uint8Array, expected: Manifest): void {
  const { location } = expected
  const found = readManifest(bytes, location)
  for (const [code, field] of comparisons) {
    if (found[field] === expected[field]) continue
    throw new StoreError(
      code,
      `The manifest at location "${location}" says ${field} "${found[field]}", this store was opened with ` +
        `"${expected[field]}". Correct the configuration; nothing was written.`,
      { details: { location, field, found: found[field], expected: expected[field] } },
    )
  }
}

const comparisons = [
  ['STORE_MISMATCH', 'store'],
  ['LOCATION_MISMATCH', 'location'],
  ['ARBITER_MISMATCH', 'arbiter'],
] as const

/** Fails with MANIFEST_INVALID. `location` is for the message. */
export function readManifest(bytes: Uint8Array, location: string): Manifest {
  const invalid = (why: string, cause?: unknown) =>
    new StoreError(
      'MANIFEST_INVALID',
      `The manifest at location "${location}" ${why}. Compare it with that of another location; ` +
        'nothing was written.',
      { cause, details: { location } },
    )
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch (cause) {
    throw invalid('is not JSON', cause)
  }
  if (!isManifest(value)) throw invalid('is not one that this version knows')
  return value
}

function isManifest(value: unknown): value is Manifest {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== fields.length) return false
  const found = new Map<string, unknown>(Object.entries(value))
  const strings = ['arbiter', 'location', 'store'].every((field) => typeof found.get(field) === 'string')
  return found.get('format') === 1 && strings
}

/** The manifest that a store expects at one of its locations. */
export function manifestFor(store: string, arbiter: Backend, location: Backend): Manifest {
  return { format: 1, store, arbiter: arbiter.id, location: location.id }
}
