import type { Backend, Slot } from '../backend/backend.js'
import { InputError, StoreError } from '../errors.js'
import { unfit } from './manifests.js'
import type { StoreParts } from './parts.js'
import { probeArbiter } from './probe-arbiter.js'
import { refuseConflicts, unbrought, unfitBlob } from './refuse-conflicts.js'
import { beginRepair, repairNames } from './repair.js'
import type { AbortOptions, RepairOptions } from './operation-options.js'
import type { RepairReport } from './repair-report.js'
import { renewManifest, standingManifests, type StandingManifests } from './standing-manifests.js'
import { createVetting } from './vetting.js'

export interface AppointOptions extends AbortOptions, Pick<RepairOptions, 'onProgress'> {
  /** `id` of the location, once more: the one that the store was opened with. */
  arbiter: string
  /**
   * Appoint it although a location that was an arbiter holds other blobs in some of its slots, which are saved as forks, or
   * revisions that can't be brought there, which are left where they are; and although it has blobs itself that nobody vouches
   * for and that don't open, which are copied nowhere. Not instead of the key. Default false.
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
  const { signal, onProgress, overrule = false } = options
  const { arbiter, replicas } = parts
  if (options.arbiter !== arbiter.id)
    throw new InputError(
      'INVALID_ARGUMENT',
      `The store was opened with the arbiter "${arbiter.id}": to appoint another location, open it with that one.`,
    )
  if (typeof overrule !== 'boolean')
    throw new InputError('INVALID_ARGUMENT', '`overrule` must be true or false.')
  if (!arbiter.capabilities.conditionalCreate) throw unfit(arbiter)
  const manifests = await standingManifests(parts, signal)
  await probeArbiter(arbiter, signal)
  const named = namedIn(manifests)
  const rivals = replicas.filter(({ id }) => named.has(id))
  if (!overrule) await refuseConflicts(parts, rivals, manifests, signal)
  const settled = isSettled(manifests, arbiter)
  const vetting = createVetting({ vouchers: rivals.length > 0 ? rivals : replicas, overrule })
  const { run, report } = beginRepair(parts, new Map(), signal, settled ? undefined : vetting.admits)
  // Of all names: with another option that repair knows the rest would be appointed unseen.
  await repairNames(run, report, { onProgress })
  if (report.failures.some(({ code }) => !findings.has(code)) || report.left.some(({ needsKey }) => needsKey))
    throw undecided(arbiter, report)
  // Of an old arbiter that is gone, any location may hold the last copy of something.
  const witnesses = namesUnlisted(parts, named) || rivals.length === 0 ? replicas : rivals
  if (!overrule && !settled) refuseLosses(parts, witnesses, vetting.unfit(), report)
  const rewritten: string[] = []
  // The arbiter's last: until then every writer is refused, and the appointment can be repeated.
  for (const location of [...replicas, arbiter])
    if (await renewManifest(parts, location, manifests.get(location), signal)) rewritten.push(location.id)
  return { arbiter: arbiter.id, rewritten, repair: report }
}

/** Failures that say something of one copy: they will come again, whenever it is asked for. */
const findings: ReadonlySet<string> = new Set(['BLOB_DAMAGED', 'BLOB_TOO_LARGE'])

function namedIn(manifests: StandingManifests): Set<string> {
  return new Set([...manifests.values()].flatMap((manifest) => manifest?.arbiter ?? []))
}

function namesUnlisted({ locations }: StoreParts, named: ReadonlySet<string>): boolean {
  const listed = new Set(locations.map(({ id }) => id))
  return [...named].some((id) => !listed.has(id))
}

/**
 * Whether it is the arbiter already: nobody else is named, and it is not named by a manifest of its own alone, which somebody who
 * writes only there can have made.
 */
function isSettled(manifests: StandingManifests, arbiter: Backend): boolean {
  const others = [...manifests].filter(([location]) => location !== arbiter)
  return (
    manifests.get(arbiter) !== undefined &&
    namedIn(manifests).size === 1 &&
    others.some(([, manifest]) => manifest?.arbiter === arbiter.id)
  )
}

function refuseLosses(
  { arbiter }: StoreParts,
  witnesses: readonly Backend[],
  [unfitSlot]: readonly Slot[],
  report: RepairReport,
): void {
  if (unfitSlot) throw unfitBlob(arbiter, unfitSlot, report)
  const lost = report.left.find(
    ({ state, location }) =>
      (state === 'foreign' && witnesses.some(({ id }) => id === location)) ||
      // Only what was found of a copy is left of the failures.
      (state === 'unreachable' && location === arbiter.id),
  )
  if (lost) throw unbrought(arbiter, lost, report)
}

function undecided({ id }: Backend, report: RepairReport): StoreError<{ readonly repair: RepairReport }> {
  return new StoreError(
    'UNDETERMINED',
    `"${id}" may lack entries that other locations have: not all could be asked, written to, or opened. Appoint it again when ` +
      'they can; the manifests are unchanged.',
    { details: { repair: report } },
  )
}
