import type { Backend } from '../backend/backend.js'
import { StoreError } from '../errors.js'
import { ask, askAll } from './ask.js'
import { isOutcomeUnknown } from './copies.js'
import { manifestFor, manifestKey, readManifest, writeManifest, type Manifest } from './manifest.js'
import { unkept } from './manifests.js'
import type { StoreParts } from './parts.js'

/** Every location of a store, with its manifest where there is one that can be understood. */
export type StandingManifests = ReadonlyMap<Backend, Manifest | undefined>

/**
 * The manifest of each location, as far as there is one that can be understood. Fails when one can't be asked, and with
 * STORE_MISMATCH or LOCATION_MISMATCH: then the configuration is wrong.
 */
export async function standingManifests(
  { id, arbiter, locations }: StoreParts,
  signal: AbortSignal | undefined,
): Promise<StandingManifests> {
  const found = new Map<Backend, Manifest | undefined>()
  const answers = await askAll(locations, 'readSidecar', signal, (location) =>
    location.readSidecar(manifestKey, { signal }),
  )
  for (const [location, answer] of answers) {
    if ('error' in answer) throw answer.error
    const manifest = answer.value && understood(answer.value, location)
    if (manifest) checkOrigin(manifest, manifestFor(id, arbiter, location))
    found.set(location, manifest)
  }
  return found
}

function understood(bytes: Uint8Array, { id }: Backend): Manifest | undefined {
  try {
    return readManifest(bytes, id)
  } catch (error) {
    if (error instanceof StoreError && error.code === 'MANIFEST_INVALID') return undefined
    throw error
  }
}

function checkOrigin(found: Manifest, expected: Manifest): void {
  const { location } = expected
  for (const [code, field] of [
    ['STORE_MISMATCH', 'store'],
    ['LOCATION_MISMATCH', 'location'],
  ] as const)
    if (found[field] !== expected[field])
      throw new StoreError(
        code,
        `The manifest at location "${location}" says ${field} "${found[field]}", this store was opened with ` +
          `"${expected[field]}". Correct the configuration; nothing was written.`,
        { details: { location, field, found: found[field], expected: expected[field] } },
      )
}

/** Make a location's manifest name the arbiter; whether it had to be made anew. */
export async function renewManifest(
  { id, arbiter }: StoreParts,
  location: Backend,
  found: Manifest | undefined,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (found?.arbiter === arbiter.id) return false
  const bytes = writeManifest(manifestFor(id, arbiter, location))
  await ask(location, 'deleteSidecar', signal, () => location.deleteSidecar(manifestKey, { signal }))
  await ask(location, 'createSidecar', signal, () =>
    location.createSidecar(manifestKey, bytes, { signal }),
  ).catch((error: unknown) => {
    // Reading settles it.
    if (!isOutcomeUnknown(error)) throw error
  })
  const kept = await ask(location, 'readSidecar', signal, () => location.readSidecar(manifestKey, { signal }))
  if (!kept || Buffer.compare(kept, bytes) !== 0) throw unkept(location)
  return true
}
