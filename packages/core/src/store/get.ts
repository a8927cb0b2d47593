import { checkName, checkRevision } from '../backend/entry-name.js'
import { InputError, StoreError } from '../errors.js'
import { checkContext } from './binding.js'
import { destroyedRevision } from './destroyed-error.js'
import { entryOf, type Entry } from './entry.js'
import { latestByArbiter, latestOfAll, nearestLatest } from './find-latest.js'
import { givenRevision } from './given-revision.js'
import type { StoreParts } from './parts.js'
import { reading, type Reading, type Served } from './reading.js'
import type { GetOptions } from './operation-options.js'

const latestBy = { nearest: nearestLatest, arbiter: latestByArbiter, all: latestOfAll }

/** See Store.get. */
export async function get(parts: StoreParts, name: string, options: GetOptions = {}): Promise<Entry> {
  const { context, signal } = checkGetOptions(name, options)
  const run = reading(parts, name, signal)
  const mend = (found: number) =>
    parts.readRepair?.after(parts, { name, revision: found }, run.failures.list, signal)
  const served = await findServed(run, options).catch(async (error: unknown) => {
    const destroyed = destroyedRevision(error)
    if (destroyed !== undefined) await mend(destroyed)
    throw error
  })
  signal?.throwIfAborted()
  requireContext(run, served, context)
  parts.floors.raise(name, served)
  await mend(served.revision)
  return entryOf({
    name,
    revision: served.revision,
    digest: served.digest,
    plaintext: served.plaintext,
    context: served.context,
    servedBy: served.location.id,
    failures: [...run.failures.list],
  })
}

/** Fails with INVALID_NAME, INVALID_REVISION, INVALID_ARGUMENT, INVALID_CONTEXT, or the signal's reason. */
export function checkGetOptions(name: string, options: GetOptions) {
  const { revision, freshness = 'nearest', context = {}, signal } = options
  checkName(name)
  if (revision !== undefined) checkRevision(revision)
  if (!Object.hasOwn(latestBy, freshness))
    throw new InputError('INVALID_ARGUMENT', `freshness must be one of ${Object.keys(latestBy).join(', ')}.`)
  signal?.throwIfAborted()
  checkContext(context)
  return { context, signal }
}

/** The copy to serve. */
export function findServed(
  run: Reading,
  { revision, freshness = 'nearest' }: Pick<GetOptions, 'revision' | 'freshness'>,
): Promise<Served> {
  return revision === undefined ? latestBy[freshness](run) : givenRevision(run, revision, freshness)
}

/** Fails with CONTEXT_MISMATCH. */
export function requireContext(
  run: Reading,
  served: Served,
  required: Readonly<Record<string, string>>,
): void {
  const wrong = Object.keys(required).filter((key) => served.context[key] !== required[key])
  if (wrong.length === 0) return
  throw new StoreError(
    'CONTEXT_MISMATCH',
    `Revision ${served.revision} of ${JSON.stringify(run.name)} opens, but its encryption context lacks or ` +
      `contradicts the required ${wrong.map((key) => JSON.stringify(key)).join(', ')}.`,
    { details: { name: run.name, revision: served.revision, keys: wrong } },
  )
}
