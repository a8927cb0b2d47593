import type { Backend, Slot } from '../backend/backend.js'
import { InputError, StoreError } from '../errors.js'
import { ask, askAll } from './ask.js'
import { needsKey } from './candidates.js'
import { isOutcomeUnknown } from './copies.js'
import { failureLog } from './failure-log.js'
import { manifestFor, manifestKey, readManifest, writeManifest, type Manifest } from './manifest.js'
import { unfit, unkept } from './manifests.js'
import type { StoreParts } from './parts.js'
import { probeArbiter } from './probe-arbiter.js'
import { beginRepair, repairNames } from './repair.js'
import type { AbortOptions, RepairOptions, RepairReport } from './store.js'
import { namesAnywhere, survey } from './survey.js'

export interface AppointOptions extends AbortOptions, Pick<RepairOptions, 'onProgress'> {
  /** `id` of the location, once more: the one that the store was opened with. */
  arbiter: string
  /**
   * Appoint it although a location that was an arbiter holds other blobs in some of its slots, which are saved as forks, or
   * revisions that can't be brought there, which are left where they are. Default false.
   */
  overrule?: boolean
}

/** What an appointment did. */
export interface Appointment {
  readonly arbiter: string
  /** `id`s of the locations whose manifests were made anew, in this order. */
  readonly rewritten: readonly string[]
  /** What was repaired before that. */
  readonly repair: RepairReport
}

/** See Store.appointArbiter. */
export async function appointArbiter(parts: StoreParts, options: AppointOptions): Promise<Appointment> {
  const { signal, overrule = false } = options
  const { arbiter, replicas } = parts
  if (options.arbiter !== arbiter.id)
    throw new InputError(
      'INVALID_ARGUMENT',
      `The store was opened with the arbiter "${arbiter.id}": to appoint another location, open it with that one.`,
    )
  if (!arbiter.capabilities.conditionalCreate) throw unfit(arbiter)
  const manifests = await manifestsNow(parts, signal)
  await probeArbiter(arbiter, signal)
  const rivals = replicas.filter((replica) => isNamed(replica, manifests))
  if (!overrule) await refuseConflicts(parts, rivals, signal)
  const { run, report } = beginRepair(parts, new Map(), signal)
  await repairNames(run, report, options)
  if (report.failures.length > 0 || report.left.some(({ reason }) => reason === needsKey))
    throw undecided(arbiter, report)
  const lost = report.left.find(
    ({ state, location }) => state === 'foreign' && rivals.some(({ id }) => id === location),
  )
  if (lost && !overrule)
    throw conflict(
      arbiter,
      lost.location,
      lost,
      'the chain does not lead to it; repair it under the old arbiter, or overrule it',
    )
  const rewritten: string[] = []
  // The arbiter's last: until then every writer is refused, and the appointment can be repeated.
  for (const location of [...replicas, arbiter])
    if (await renew(parts, location, manifests.get(location), signal)) rewritten.push(location.id)
  return { arbiter: arbiter.id, rewritten, repair: report }
}

/**
 * The manifest of each location, as far as there is one that can be understood. Fails when one can't be asked, and with
 * STORE_MISMATCH or LOCATION_MISMATCH: then the configuration is wrong.
 */
async function manifestsNow(
  { id, arbiter, locations }: StoreParts,
  signal: AbortSignal | undefined,
): Promise<Map<Backend, Manifest | undefined>> {
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

function isNamed({ id }: Backend, manifests: ReadonlyMap<Backend, Manifest | undefined>): boolean {
  return [...manifests.values()].some((manifest) => manifest?.arbiter === id)
}

/** Repair would take the new arbiter's word against that of the one before it. */
async function refuseConflicts(
  parts: StoreParts,
  rivals: readonly Backend[],
  signal: AbortSignal | undefined,
): Promise<void> {
  if (rivals.length === 0) return
  const { arbiter } = parts
  const failures = failureLog()
  const names = await namesAnywhere(parts, undefined, failures, signal)
  if (failures.list.length > 0) throw failures.cause()
  for (const name of names) {
    const holdings = await survey(parts, name, signal)
    for (const answer of holdings.values()) if ('error' in answer) throw answer.error
    const own = holdings.get(arbiter)
    for (const rival of rivals) {
      const theirs = holdings.get(rival)
      if (!own || 'error' in own || !theirs || 'error' in theirs) continue
      for (const { revision, digest } of theirs.value.values()) {
        const found = own.value.get(revision)?.digest
        if (found === undefined || found === digest) continue
        const why = `run repair under "${rival.id}" first, or overrule it`
        throw conflict(arbiter, rival.id, { name, revision }, why)
      }
    }
  }
}

function conflict({ id }: Backend, rival: string, { name, revision }: Slot, why: string): StoreError {
  return new StoreError(
    'ARBITER_MISMATCH',
    `"${rival}", which manifests name as arbiter, holds another blob than "${id}" as ${JSON.stringify(name)} revision ` +
      `${revision}: ${why}. The manifests are unchanged.`,
    { details: { arbiter: id, rival, name, revision } },
  )
}

/** Whether the manifest had to be made anew. */
async function renew(
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

function undecided({ id }: Backend, report: RepairReport): StoreError<{ readonly repair: RepairReport }> {
  return new StoreError(
    'UNDETERMINED',
    `"${id}" may lack entries that other locations have: not all could be asked, written to, or opened. Appoint it again when ` +
      'they can; the manifests are unchanged.',
    { details: { repair: report } },
  )
}
