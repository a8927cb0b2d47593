import type { Backend, Slot } from '../backend/backend.js'
import { BackendError, errorCodes } from '../errors.js'
import { describeError } from './failure-log.js'
import type { StoreParts } from './parts.js'
import { beginRepair } from './repair.js'
import { repairRevision } from './repair-name.js'
import type { LocationFailure, ReadRepairOptions, ReadRepairReport } from './store.js'

/** Mends, after a read, the copies of the revision that were found wanting on the way. */
export interface ReadRepair {
  /** Never rejects. Fulfilled at once, unless reads shall wait. */
  after(
    parts: StoreParts,
    slot: Slot,
    failures: readonly LocationFailure[],
    signal: AbortSignal | undefined,
  ): Promise<void>
}

/** Milliseconds for one run: a silent location must not keep its slot from being repaired ever again. */
const patience = 60_000
/** Milliseconds in which a location that refused to be written to is left alone. */
const respite = 10 * 60_000
/** Runs at the same time; what is skipped, a later read finds again. */
const limit = 16

export function createReadRepair({ wait = false, onReport }: ReadRepairOptions): ReadRepair {
  const underWay = new Map<string, Promise<void>>()
  const refusals = new Map<string, { readonly until: number; readonly error: BackendError }>()

  const refusalOf = (location: string): BackendError | undefined => {
    const refusal = refusals.get(location)
    return refusal && refusal.until > performance.now() ? refusal.error : undefined
  }

  async function mend(parts: StoreParts, slot: Slot): Promise<void> {
    const signal = AbortSignal.timeout(patience)
    const report = await repaired(parts, slot, refusalOf, signal)
    for (const { location, code, message } of report.failures) {
      if (code !== 'ACCESS_DENIED' || refusalOf(location)) continue
      const error = new BackendError(code, message, { backend: location, operation: 'repair' })
      refusals.set(location, { until: performance.now() + respite, error })
    }
    tell(onReport, { ...slot, ...report })
  }

  return {
    async after(parts, { name, revision }, failures, signal) {
      if (!failures.some(({ code, location }) => isCopysFault(code) && !refusalOf(location))) return
      const key = `${revision} ${name}`
      let run = underWay.get(key)
      if (!run) {
        if (underWay.size >= limit) return
        run = mend(parts, { name, revision }).finally(() => underWay.delete(key))
        underWay.set(key, run)
      }
      if (wait) await orAborted(run, signal)
    },
  }
}

async function repaired(
  parts: StoreParts,
  slot: Slot,
  refusalOf: (location: string) => BackendError | undefined,
  signal: AbortSignal,
): Promise<Omit<ReadRepairReport, 'name' | 'revision'>> {
  let begun: ReturnType<typeof beginRepair> | undefined
  try {
    const closed = new Map<Backend, unknown>(await parts.manifests.openForWriting(signal))
    for (const location of parts.locations) {
      const refusal = refusalOf(location.id)
      if (refusal) closed.set(location, refusal)
    }
    begun = beginRepair(parts, closed, signal)
    await repairRevision(begun.run, slot)
    return begun.report
  } catch (error) {
    const { writes = [], left = [], retained = [], failures = [] } = begun?.report ?? {}
    const location = error instanceof BackendError ? error.backend : parts.arbiter.id
    return {
      writes,
      left,
      retained,
      failures: [...failures, { location, operation: 'repair', ...describeError(error) }],
    }
  }
}

const faultyCopies: ReadonlySet<string> = new Set([
  ...Object.entries(errorCodes).flatMap(([code, layer]) => (layer === 'envelope' ? [code] : [])),
  'COPY_MISSING',
  'COPY_STALE',
  'COPY_DIFFERS',
  'BLOB_DAMAGED',
  'BINDING_MISMATCH',
  'TAMPERED',
])

/** Whether a failure says something about a copy, and not about a location that is away or a key that can't be had. */
function isCopysFault(code: string): boolean {
  return faultyCopies.has(code)
}

/** A read that was served doesn't fail because its caller no longer wants to wait. */
function orAborted(run: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return run
  return new Promise((resolve) => {
    const settle = () => {
      signal.removeEventListener('abort', settle)
      resolve()
    }
    signal.addEventListener('abort', settle)
    if (signal.aborted) settle()
    void run.then(settle)
  })
}

/** What a caller's function throws must not reach a read that was served, and must not be lost. */
function tell(onReport: ReadRepairOptions['onReport'], report: ReadRepairReport): void {
  const warn = (error: unknown): void =>
    process.emitWarning(`onReport of readRepair: ${describeError(error).message}`, 'SealringWarning')
  try {
    // It may be an async function.
    Promise.resolve<unknown>(onReport?.(report)).catch(warn)
  } catch (error) {
    warn(error)
  }
}
