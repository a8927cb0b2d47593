import { chooseServers, startChosen } from './choose-servers.js'
import type { ServerTable } from './choose-servers.js'
import { environmentServer } from './environment-server.js'
import { s3ServerKinds } from './s3-servers.js'
import type { RunningServer, S3ClientOptions, ServerKind } from './server-kind.js'

const table = (): ServerTable<S3ClientOptions> => ({
  environment: environmentServer('s3', 'SEALRING_TEST_S3_ENDPOINT', { forcePathStyle: true }),
  kinds: s3ServerKinds(),
})

/**
 * Starts an S3 server. Without an id: the endpoint in `SEALRING_TEST_S3_ENDPOINT` if there is one, otherwise the
 * server from npm. Throws `SERVER_UNKNOWN`, `SERVER_UNAVAILABLE` or `SERVER_START_FAILED`.
 */
export function startS3(id?: string): Promise<RunningServer<S3ClientOptions>> {
  return startChosen(table(), id)
}

/** The S3 servers that tests run on here; see `chooseServers` for `SEALRING_TEST_SERVERS`. */
export function availableS3Servers(): Promise<readonly ServerKind<S3ClientOptions>[]> {
  return chooseServers(table())
}
