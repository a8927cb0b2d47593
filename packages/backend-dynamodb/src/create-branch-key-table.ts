import type { DynamoDBClient, TableDescription } from '@aws-sdk/client-dynamodb'
import { ensureTable, keysOf, keyTypesOf, type CreateTableOptions, type TableShape } from './ensure-table.js'

/** framework/branch-key-store.md#keyschema */
const input: TableShape['input'] = {
  AttributeDefinitions: [
    { AttributeName: 'branch-key-id', AttributeType: 'S' },
    { AttributeName: 'type', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'branch-key-id', KeyType: 'HASH' },
    { AttributeName: 'type', KeyType: 'RANGE' },
  ],
}

function flawOf(table: TableDescription): string | undefined {
  const types = keyTypesOf(table)
  if (keysOf(table.KeySchema) !== 'branch-key-id HASH, type RANGE')
    return 'has other keys than branch-key-id and type'
  if (types.get('branch-key-id') !== 'S' || types.get('type') !== 'S') return 'has keys that are not strings'
  return undefined
}

/**
 * Create a table for `branchKeyTable`, as every SDK's CreateKeyStore does, billed on demand, and wait until it is active.
 * `exists` when a fitting table is there already. Options and failures are those of `createTable`.
 */
export async function createBranchKeyTable(
  client: DynamoDBClient,
  options: CreateTableOptions,
): Promise<{ outcome: 'created' | 'exists' }> {
  return ensureTable(client, options, 'createBranchKeyTable', { input, flawOf })
}
