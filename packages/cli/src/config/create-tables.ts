import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createTable } from '@sealring/backend-dynamodb'
import type { Session } from '../session.js'
import { awsClientConfig } from './aws-client-config.js'
import type { Config } from './config.js'

/** Create the DynamoDB tables of a configuration that don't exist. Errors: those of `createTable`. */
export async function createTables(
  { locations }: Config,
  { signal }: Session,
): Promise<{ table: string; outcome: 'created' | 'exists' }[]> {
  const results: { table: string; outcome: 'created' | 'exists' }[] = []
  for (const location of locations) {
    if (location.type !== 'dynamodb') continue
    const client = new DynamoDBClient(awsClientConfig(location))
    const { outcome } = await createTable(client, { table: location.table, signal })
    results.push({ table: location.table, outcome })
  }
  return results
}
