import { access, constants } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { answersHttp } from './answers-http.js'
import { errorCode } from './error-code.js'
import { freePort } from './free-port.js'
import type { GuardedCommand } from './guard.js'
import { dataFolder, startGuarded } from './guarded-process.js'
import type { GuardedProcess } from './guarded-process.js'
import { knownFaults } from './known-faults.js'
import type {
  ClientOptions,
  Credentials,
  RunningServer,
  ServerCheck,
  ServerKind,
  Service,
} from './server-kind.js'
import { TestServerError } from './test-server-error.js'

const START_ATTEMPTS = 3
const START_TIMEOUT_MS = 30_000
const POLL_MS = 25
const REGION = 'us-east-1'

/** How one server is launched; the rest is the same for all of them. */
export interface ServerRow<Extra> {
  readonly id: string
  readonly from: 'npm' | 'cache'
  /** Files that must be there (and executable, for the command); undefined for one that npm didn't install. */
  files(): readonly (string | undefined)[]
  /** The command line that serves `port` on 127.0.0.1 and keeps its data, if on disk, in `folder`. */
  command(port: number, folder: string): Omit<GuardedCommand, 'folder'>
  /** Default: none. */
  readonly checks?: readonly ServerCheck[]
  /** Default: `test` / `test`. */
  readonly credentials?: Credentials
  /** What the service's SDK client needs beyond endpoint, region and credentials. */
  readonly clientOptions: Extra
}

async function missingFile(row: ServerRow<unknown>): Promise<string | undefined> {
  for (const file of row.files()) {
    if (file === undefined)
      return `${row.id}: npm carries no build of it for ${process.platform}-${process.arch}`
    try {
      await access(file, constants.R_OK)
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error
      return `${row.id}: ${file} is not there${row.from === 'cache' ? '; run .ci/install-servers' : ''}`
    }
  }
  return undefined
}

async function answered(server: GuardedProcess, endpoint: string): Promise<boolean> {
  const deadline = Date.now() + START_TIMEOUT_MS
  while (Date.now() < deadline && server.ended() === undefined) {
    // Asked again after the answer: a port taken by somebody else answers as well, while our server has ended.
    if ((await answersHttp(endpoint)) && server.ended() === undefined) return true
    await sleep(POLL_MS)
  }
  return false
}

async function launch(row: ServerRow<unknown>): Promise<{ server: GuardedProcess; endpoint: string }> {
  let complaint = ''
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt++) {
    const port = await freePort()
    const folder = dataFolder()
    const endpoint = `http://127.0.0.1:${port}`
    const server = await startGuarded({ ...row.command(port, folder), folder })
    if (await answered(server, endpoint)) return { server, endpoint }
    complaint = `${server.ended() ?? `silent for ${START_TIMEOUT_MS} ms`}: ${server.output()}`
    await server.stop()
  }
  throw new TestServerError('SERVER_START_FAILED', `${row.id} did not start: ${complaint}`)
}

async function restart(row: ServerRow<unknown>, server: GuardedProcess, endpoint: string): Promise<void> {
  await server.relaunch()
  if (await answered(server, endpoint)) return
  const complaint = `${server.ended() ?? 'silent'}: ${server.output()}`
  throw new TestServerError('SERVER_START_FAILED', `${row.id} did not start again: ${complaint}`)
}

/** Makes a `ServerKind` of a row: checks that it can be had, finds a port, launches it under a guard, waits. */
export function processServer<Extra extends object>(
  service: Service,
  row: ServerRow<Extra>,
): ServerKind<ClientOptions & Extra> {
  return {
    service,
    id: row.id,
    from: row.from,
    checks: row.checks ?? [],
    unavailable: () => missingFile(row),
    async start(): Promise<RunningServer<ClientOptions & Extra>> {
      const missing = await missingFile(row)
      if (missing !== undefined) throw new TestServerError('SERVER_UNAVAILABLE', missing)
      const { server, endpoint } = await launch(row)
      const credentials = row.credentials ?? { accessKeyId: 'test', secretAccessKey: 'test' }
      return {
        service,
        id: row.id,
        endpoint,
        region: REGION,
        credentials,
        clientOptions: { endpoint, region: REGION, credentials, ...row.clientOptions },
        checks: row.checks ?? [],
        knownFaults: knownFaults({ service, id: row.id }),
        process: Object.assign(server, { restart: () => restart(row, server, endpoint) }),
        stop: () => server.stop(),
      }
    },
  }
}
