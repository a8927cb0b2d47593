import { BackendError, checkName, collect } from '@sealring/core'
import type { Backend, LocationFailure, StoredBlob } from '@sealring/core'
import { createHash } from 'node:crypto'
import { CliError } from '../cli-error.js'
import type { InspectOptions } from '../commands/inspect.js'
import { openLocations } from '../open-store.js'
import type { Session } from '../session.js'

/** The sealed bytes of one location, as they are: not opened, not compared with other copies. */
export interface StoredCopy {
  readonly name: string
  readonly revision: number
  readonly location: string
  /** SHA-256 of the bytes that were read. */
  readonly digest: string
  readonly bytes: Uint8Array
  readonly failures: readonly LocationFailure[]
}

/**
 * Read the first copy of an entry, or that of one location, without a key.
 * Errors: USAGE, INVALID_NAME, NOT_FOUND, UNDETERMINED, and the location's own when one is named.
 */
export async function readStoredCopy(
  name: string,
  options: InspectOptions,
  session: Session,
): Promise<StoredCopy> {
  checkName(name)
  const all = await openLocations(options, session)
  const locations = options.location === undefined ? all : all.filter(({ id }) => id === options.location)
  if (locations.length === 0)
    throw new CliError('USAGE', 'No location has that id.', {
      hint: `the configuration has ${all.map(({ id }) => id).join(', ')}`,
    })
  const failures: LocationFailure[] = []
  for (const location of locations) {
    try {
      const stored = await readFrom(location, name, options.revision, session.signal)
      if (stored) return { ...stored, failures }
    } catch (error) {
      if (!(error instanceof BackendError) || options.location !== undefined) throw error
      const { operation, code, message } = error
      failures.push({ location: location.id, operation, code, message })
    }
  }
  throw new CliError(
    failures.length === 0 ? 'NOT_FOUND' : 'UNDETERMINED',
    failures.length === 0
      ? 'No location that was asked has such an entry or revision.'
      : `No location that answers has it; ${failures.map(({ location, code }) => `${location}: ${code}`).join(', ')}.`,
    { document: { failures } },
  )
}

async function readFrom(
  location: Backend,
  name: string,
  asked: number | undefined,
  signal: AbortSignal,
): Promise<Omit<StoredCopy, 'failures'> | undefined> {
  const revision = asked ?? (await location.latest(name, { signal }))?.revision
  if (revision === undefined) return undefined
  const blob: StoredBlob | undefined = await location.read({ name, revision }, { signal })
  if (!blob) return undefined
  const bytes = await collect(blob.body)
  const digest = createHash('sha256').update(bytes).digest('hex')
  return { name, revision, location: location.id, digest, bytes }
}
