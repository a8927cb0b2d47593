import { chooseServers, startChosen } from './choose-servers.js'
import type { ServerTable } from './choose-servers.js'
import { dynamodbServerKinds } from './dynamodb-servers.js'
import { environmentServer } from './environment-server.js'
import type { ClientOptions, RunningServer, ServerKind } from './server-kind.js'

const table = (): ServerTable<ClientOptions> => ({
  environment: environmentServer('dynamodb', 'SEALRING_TEST_DYNAMODB_ENDPOINT', {}),
  kinds: dynamodbServerKinds(),
})

/**
 * Starts a DynamoDB server. Without an id: the endpoint in `SEALRING_TEST_DYNAMODB_ENDPOINT` if there is one,
 * otherwise dynoxide from npm, or dynalite where dynoxide has no build for the platform. Throws `SERVER_UNKNOWN`,
 * `SERVER_UNAVAILABLE` or `SERVER_START_FAILED`.
 */
export function startDynamodb(id?: string): Promise<RunningServer> {
  return startChosen(table(), id)
}

/** The DynamoDB servers that tests run on here; see `chooseServers` for `SEALRING_TEST_SERVERS`. */
export function availableDynamodbServers(): Promise<readonly ServerKind[]> {
  return chooseServers(table())
}
