import type { DynamoDBClient, TableDescription } from '@aws-sdk/client-dynamodb'
import { ensureTable, keysOf, keyTypesOf, type CreateTableOptions, type TableShape } from './ensure-table.js'
import { revisionIndex } from './layout.js'

export type { CreateTableOptions } from './ensure-table.js'

/**
 * Create a table that `dynamodbBackend` can use, billed on demand, and wait until it is active. `exists` when a
 * fitting table is there already; what the options ask for is ensured of a table that is there, too, but for
 * deletion protection, which is only checked.
 *
 * Fails with BACKEND_FAILED when the table that is there doesn't fit, or when the service didn't do what was
 * asked (the table then exists without it); UNREACHABLE, ACCESS_DENIED, THROTTLED. Errors name the table as
 * their backend.
 */
export async function createTable(
  client: DynamoDBClient,
  options: CreateTableOptions,
): Promise<{ outcome: 'created' | 'exists' }> {
  return ensureTable(client, options, 'createTable', { input, flawOf })
}

/** The keys and the local index of layout.ts. */
const input: TableShape['input'] = {
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
    { AttributeName: revisionIndex.sortKey, AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  LocalSecondaryIndexes: [
    {
      IndexName: revisionIndex.name,
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: revisionIndex.sortKey, KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [...revisionIndex.projected] },
    },
  ],
}

/** How a table differs from that, if it does. */
function flawOf(table: TableDescription): string | undefined {
  const types = keyTypesOf(table)
  const index = table.LocalSecondaryIndexes?.find(({ IndexName }) => IndexName === revisionIndex.name)
  const projected = new Set(index?.Projection?.NonKeyAttributes)
  const everything = index?.Projection?.ProjectionType === 'ALL'
  if (keysOf(table.KeySchema) !== 'pk HASH, sk RANGE') return 'has other keys than pk and sk'
  if (types.get('pk') !== 'S' || types.get('sk') !== 'S') return 'has keys that are not strings'
  if (keysOf(index?.KeySchema) !== `pk HASH, ${revisionIndex.sortKey} RANGE`)
    return `has no local secondary index "${revisionIndex.name}" on pk and ${revisionIndex.sortKey}`
  if (types.get(revisionIndex.sortKey) !== 'N') return `has an index that is not sorted by number`
  if (!everything && revisionIndex.projected.some((attribute) => !projected.has(attribute)))
    return `has an index without the attributes ${revisionIndex.projected.join(', ')}`
  return undefined
}
