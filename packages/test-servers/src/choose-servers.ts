import { dynamodbServerKinds } from './dynamodb-servers.js'
import { gapsOf } from './gaps-of.js'
import { s3ServerKinds } from './s3-servers.js'
import type { ClientOptions, RunningServer, ServerKind } from './server-kind.js'
import { TestServerError } from './test-server-error.js'

/** The servers of one service: the user's own, if the environment names one, and those we know. */
export interface ServerTable<Options extends ClientOptions> {
  readonly environment: ServerKind<Options> | undefined
  readonly kinds: readonly ServerKind<Options>[]
}

async function requireAvailable<Options extends ClientOptions>(
  kind: ServerKind<Options>,
): Promise<ServerKind<Options>> {
  const reason = await kind.unavailable()
  if (reason !== undefined) throw new TestServerError('SERVER_UNAVAILABLE', reason)
  return kind
}

async function onlyAvailable<Options extends ClientOptions>(
  kinds: readonly ServerKind<Options>[],
): Promise<ServerKind<Options>[]> {
  const reasons = await Promise.all(kinds.map((kind) => kind.unavailable()))
  return kinds.filter((_, index) => reasons[index] === undefined)
}

function requestedIds(list: string): ReadonlySet<string> {
  const known = new Set([...s3ServerKinds(), ...dynamodbServerKinds()].map((kind) => kind.id))
  const ids = list.split(',').map((id) => id.trim())
  const unknown = ids.filter((id) => !known.has(id))
  if (unknown.length > 0) {
    const message = `SEALRING_TEST_SERVERS: ${unknown.join(', ')} is none of ${[...known].join(', ')}`
    throw new TestServerError('SERVER_UNKNOWN', message)
  }
  return new Set(ids)
}

/** Starts the server of that id; without one, the user's own or the first from npm that this machine can run. */
export async function startChosen<Options extends ClientOptions>(
  table: ServerTable<Options>,
  id: string | undefined,
): Promise<RunningServer<Options>> {
  const { environment, kinds } = table
  if (id === undefined) {
    const fromNpm = kinds.filter((kind) => kind.from === 'npm')
    const chosen = environment ?? (await onlyAvailable(fromNpm))[0]
    if (chosen === undefined) {
      const reasons = await Promise.all(fromNpm.map((kind) => kind.unavailable()))
      throw new TestServerError('SERVER_UNAVAILABLE', reasons.join('; '))
    }
    return chosen.start()
  }
  const chosen = [environment, ...kinds].find((kind) => kind?.id === id)
  if (chosen === undefined) {
    throw new TestServerError('SERVER_UNKNOWN', `${id} is none of ${kinds.map((kind) => kind.id).join(', ')}`)
  }
  return chosen.start()
}

/**
 * The servers that a backend's tests run on, as `SEALRING_TEST_SERVERS` asks:
 *
 * - unset: those from npm, and those that `.ci/install-servers` has put into `.test-servers/`;
 * - `npm`: those from npm alone;
 * - `all`: as unset, but one must pass the whole contract, and every case must pass on one of them (`NO_FAULTLESS_SERVER`);
 * - a comma list of ids, of whatever service: those of this service among them, which may be none; each must be
 *   known (`SERVER_UNKNOWN`) and there (`SERVER_UNAVAILABLE`).
 *
 * An endpoint from the environment takes the place of all of them.
 */
export async function chooseServers<Options extends ClientOptions>(
  table: ServerTable<Options>,
): Promise<readonly ServerKind<Options>[]> {
  const { environment, kinds } = table
  const wish = process.env.SEALRING_TEST_SERVERS || 'any'
  if (environment !== undefined) return [environment]
  if (wish === 'npm') return onlyAvailable(kinds.filter((kind) => kind.from === 'npm'))
  if (wish === 'any' || wish === 'all') {
    const available = await onlyAvailable(kinds)
    const gaps = wish === 'all' ? gapsOf(available) : []
    if (gaps.length === 0) return available
    const ids = available.map((kind) => kind.id).join(', ')
    throw new TestServerError('NO_FAULTLESS_SERVER', `of ${ids} ${gaps.join('; ')}: run .ci/install-servers`)
  }
  const ids = requestedIds(wish)
  return Promise.all(kinds.filter((kind) => ids.has(kind.id)).map(requireAvailable))
}
