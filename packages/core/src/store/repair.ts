import type { Backend } from '../backend/backend.js'
import { failureLog } from './failure-log.js'
import { forEachConcurrently } from './for-each-concurrently.js'
import type { StoreParts } from './parts.js'
import { repairName } from './repair-name.js'
import type { RepairRun } from './repair-run.js'
import type { RepairOptions } from './operation-options.js'
import type { RepairReport } from './repair-report.js'
import { namesAnywhere } from './survey.js'

/** Names that are repaired at the same time. */
const concurrency = 4

/** See Store.repair. */
export async function repair(parts: StoreParts, options: RepairOptions = {}): Promise<RepairReport> {
  const { signal } = options
  const { run, report } = beginRepair(parts, await parts.manifests.openForWriting(signal), signal)
  await repairNames(run, report, options)
  return report
}

/** Repair name after name. */
export async function repairNames(
  run: RepairRun,
  report: RepairReport,
  { prefix, onProgress }: Pick<RepairOptions, 'prefix' | 'onProgress'>,
): Promise<void> {
  const progress = { names: 0, revisions: 0 }
  await forEachConcurrently(
    await namesAnywhere(run.parts, prefix, run.failures, run.signal),
    concurrency,
    async (name) => {
      const revisions = await repairName(run, name)
      progress.revisions += revisions
      progress.names += 1
      onProgress?.({ ...progress, writes: report.writes.length })
    },
  )
}

/** A run and its report, which grows as the run goes on. */
export function beginRepair(
  parts: StoreParts,
  closed: ReadonlyMap<Backend, unknown>,
  signal: AbortSignal | undefined,
  admits?: RepairRun['admits'],
): { readonly run: RepairRun; readonly report: RepairReport } {
  const failures = failureLog()
  const writes: RepairReport['writes'][number][] = []
  const left: RepairReport['left'][number][] = []
  const retained: RepairReport['retained'][number][] = []
  for (const [location, error] of closed) failures.add(location, 'readSidecar', error)
  const run: RepairRun = {
    parts,
    signal,
    failures,
    closed,
    admits,
    wrote: ({ name, revision }, location, action) =>
      writes.push({ name, revision, location: location.id, action }),
    leave: ({ name, revision }, location, state, reason) =>
      left.push({
        name,
        revision,
        location: location.id,
        state,
        ...(typeof reason === 'string' ? { reason } : reason),
      }),
    retains: ({ name, revision }, location, each) => {
      for (const one of each) retained.push({ name, revision, location: location.id, ...one })
    },
  }
  return { run, report: { writes, left, retained, failures: failures.list } }
}
