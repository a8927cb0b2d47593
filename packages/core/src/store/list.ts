import { StoreError } from '../errors.js'
import { failureLog, type FailureLog, type LocationFailure } from './failure-log.js'
import { entryNames } from './names.js'
import type { StoreParts } from './parts.js'
import { deadlineSignal } from './within-deadline.js'
import type { ListOptions } from './operation-options.js'

/** Iterate it once; `report` is complete after the end. */
export interface Listing extends AsyncIterable<string> {
  readonly report: {
    /** True when the arbiter was asked to the end. */
    readonly complete: boolean
    readonly failures: readonly LocationFailure[]
  }
}

/** See Store.list. */
export function list(parts: StoreParts, options: ListOptions = {}): Listing {
  const failures = failureLog()
  const report = { complete: false, failures: failures.list }
  return {
    report,
    [Symbol.asyncIterator]: () =>
      options.timeout === undefined
        ? walk(parts, options, failures, report)
        : timed(options, (signal) => walk(parts, { ...options, signal }, failures, report)),
  }
}

async function* timed(
  options: ListOptions,
  names: (signal: AbortSignal) => AsyncGenerator<string>,
): AsyncGenerator<string> {
  const limit = deadlineSignal('list', options)
  try {
    yield* names(limit.signal)
  } finally {
    limit.release()
  }
}

async function* walk(
  parts: StoreParts,
  { prefix, signal }: ListOptions,
  failures: FailureLog,
  report: { complete: boolean },
): AsyncGenerator<string> {
  const given = new Set<string>()
  let asked = 0
  // The arbiter knows every name. Only where it can't be asked to the end, the others' names are joined to its.
  for (const location of [parts.arbiter, ...parts.replicas]) {
    try {
      for await (const name of entryNames(location, prefix, signal)) {
        if (given.has(name)) continue
        given.add(name)
        yield name
      }
      asked += 1
    } catch (error) {
      signal?.throwIfAborted()
      failures.add(location, 'names', error)
      continue
    }
    if (location !== parts.arbiter) continue
    report.complete = given.size > 0 || (await parts.manifests.believeArbiter(failures, signal))
    if (report.complete) return
  }
  if (asked === 0)
    throw new StoreError('UNDETERMINED', 'No location could be asked for its names: try again later.', {
      cause: failures.cause(),
      details: { failures: failures.list },
    })
}
