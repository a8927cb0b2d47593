import { tmpdir } from 'node:os'
import { InputError } from '../errors.js'
import { checkBackendId } from '../backend/check-slot.js'
import { appointArbiter } from './appoint-arbiter.js'
import { complete } from './complete.js'
import { destroy } from './destroy.js'
import { createFloors } from './floors.js'
import { get } from './get.js'
import { getStream } from './get-stream.js'
import { history } from './history.js'
import { list } from './list.js'
import { createManifests } from './manifests.js'
import type { StoreParts } from './parts.js'
import { put } from './put.js'
import { createReadRepair } from './read-repair.js'
import { repair } from './repair.js'
import type { SpoolLimits } from './spool.js'
import { stat } from './stat.js'
import type { SpoolOptions, Store, StoreOptions } from './store.js'
import { verify } from './verify.js'
import { withinDeadline } from './within-deadline.js'

/**
 * A store over several locations. Nothing is contacted before the first operation. The store object remembers
 * the highest revision of each name that it acknowledged or returned, so keep one for as long as possible.
 * Fails with INVALID_ARGUMENT.
 */
export function createStore(options: StoreOptions): Store {
  const parts = checkOptions(options)
  return {
    id: parts.id,
    put: (name, plaintext, putOptions) =>
      withinDeadline('put', putOptions, (limited) => put(parts, name, plaintext, limited)),
    complete: (receipt, abortOptions) =>
      withinDeadline('complete', abortOptions, (limited) => complete(parts, receipt, limited)),
    get: (name, getOptions) => withinDeadline('get', getOptions, (limited) => get(parts, name, limited)),
    getStream: (name, getOptions) =>
      withinDeadline('getStream', getOptions, (limited, over) => getStream(parts, name, limited, over), {
        goesOn: true,
      }),
    destroy: (name, destroyOptions) =>
      withinDeadline('destroy', destroyOptions, (limited) => destroy(parts, name, limited)),
    history: (name, abortOptions) =>
      withinDeadline('history', abortOptions, (limited) => history(parts, name, limited)),
    stat: (name, statOptions) => withinDeadline('stat', statOptions, (limited) => stat(parts, name, limited)),
    list: (listOptions) => list(parts, listOptions),
    verify: (verifyOptions) => withinDeadline('verify', verifyOptions, (limited) => verify(parts, limited)),
    repair: (repairOptions) => withinDeadline('repair', repairOptions, (limited) => repair(parts, limited)),
    appointArbiter: (appointOptions) =>
      withinDeadline('appointArbiter', appointOptions, (limited) => appointArbiter(parts, limited)),
  }
}

/** Of setTimeout: beyond it, Node doesn't wait at all. */
const longestTimer = 2 ** 31 - 1
const idForm = /^[a-z0-9][a-z0-9._-]{0,62}$/

function checkOptions(options: StoreOptions): StoreParts {
  const { id, keyring, locations, suite = 'signed', maxAttempts = 8, hedgeAfter = 200 } = options
  if (typeof id !== 'string' || !idForm.test(id)) refuse(`The id of a store must match ${idForm.source}.`)
  if (typeof keyring !== 'object' || keyring === null)
    refuse('A store needs a keyring or a materials manager.')
  if (!Array.isArray(locations) || locations.length === 0) refuse('A store needs at least one location.')
  for (const location of locations) checkBackendId(location.id)
  const twice = locations.find(({ id }, index) => locations.findIndex((other) => other.id === id) !== index)
  if (twice) refuse(`Two locations have the id "${twice.id}".`)
  const arbiter = locations.find((location) => location.id === (options.arbiter ?? locations[0]!.id))
  if (!arbiter) refuse(`The arbiter "${options.arbiter}" is none of the locations.`)
  if (suite !== 'signed' && suite !== 'unsigned') refuse('suite must be "signed" or "unsigned".')
  if (!Number.isSafeInteger(maxAttempts) || maxAttempts < 1) refuse('maxAttempts must be an integer from 1.')
  if (
    hedgeAfter !== false &&
    !(typeof hedgeAfter === 'number' && hedgeAfter >= 0 && hedgeAfter <= longestTimer)
  )
    refuse('hedgeAfter must be a number of milliseconds, or false.')
  const readRepair = options.readRepair ?? false
  if (typeof readRepair !== 'boolean' && (typeof readRepair !== 'object' || readRepair === null))
    refuse('readRepair must be true, false, or { wait, onReport }.')
  const replicas = locations.filter((location) => location !== arbiter)
  return {
    id,
    keyring,
    locations: [...locations],
    arbiter,
    replicas,
    suite,
    maxAttempts,
    hedgeAfter,
    spool: checkSpool(options.spool),
    floors: createFloors(),
    manifests: createManifests({ id, arbiter, replicas, chosen: options.arbiter !== undefined }),
    readRepair: readRepair === false ? undefined : createReadRepair(readRepair === true ? {} : readRepair),
  }
}

function checkSpool({ memoryBytes = 8 * 1024 * 1024, directory = tmpdir() }: SpoolOptions = {}): SpoolLimits {
  if (!Number.isSafeInteger(memoryBytes) || memoryBytes < 0)
    refuse('spool.memoryBytes must be a number of bytes.')
  if (typeof directory !== 'string' || directory === '')
    refuse('spool.directory must be the path of a folder.')
  return { memoryBytes, directory }
}

function refuse(message: string): never {
  throw new InputError('INVALID_ARGUMENT', message)
}
