import { setTimeout as sleep } from 'node:timers/promises'
import {
  CreateTableCommand,
  DescribeTableCommand,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb'
import type { CreateTableCommandInput, DynamoDBClient, TableDescription } from '@aws-sdk/client-dynamodb'
import { BackendError } from '@sealring/core'
import { revisionIndex } from './layout.js'
import type { Caller, DynamodbLocation } from './location.js'
import { send } from './send.js'

type Table = Pick<DynamodbLocation, 'id' | 'client' | 'table'>

export interface CreateTableOptions {
  /** 3 to 255 characters of `a-z A-Z 0-9 _ . -`. */
  table: string
  /** Continuous backups: the table can be restored to any second of the last 35 days. Default false. */
  pointInTimeRecovery?: boolean
  /** The table can't be deleted before this is switched off. Default false. */
  deletionProtection?: boolean
  /** How long to wait for the table and its backups, in seconds. Default 120. */
  timeoutSeconds?: number
  signal?: AbortSignal | undefined
}

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
  const { table, pointInTimeRecovery = false, deletionProtection = false, timeoutSeconds = 120 } = options
  const location = { id: table, client, table }
  const caller = { operation: 'createTable', signal: options.signal }
  const deadline = Date.now() + timeoutSeconds * 1000

  const outcome = await create(location, tableInput(table, deletionProtection), caller)
  const description = await whenActive(location, deadline, caller)
  const flaw = flawOf(description, deletionProtection)
  if (flaw !== undefined) throw failure(table, flaw)
  if (pointInTimeRecovery) await enableRecovery(location, deadline, caller)
  return { outcome }
}

/** The keys and the local index of layout.ts. */
function tableInput(table: string, deletionProtection: boolean): CreateTableCommandInput {
  return {
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST',
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
    ...(deletionProtection && { DeletionProtectionEnabled: true }),
  }
}

async function create(
  location: Table,
  input: CreateTableCommandInput,
  caller: Caller,
): Promise<'created' | 'exists'> {
  try {
    await send(location, new CreateTableCommand(input), caller)
    return 'created'
  } catch (error) {
    if (causeName(error) === 'ResourceInUseException') return 'exists'
    throw error
  }
}

async function whenActive(location: Table, deadline: number, caller: Caller): Promise<TableDescription> {
  for (;;) {
    const { Table } = await send(location, new DescribeTableCommand({ TableName: location.table }), caller)
    if (Table?.TableStatus === 'ACTIVE' || Table?.TableStatus === 'UPDATING') return Table
    await pause(location, deadline, caller, `is still ${Table?.TableStatus ?? 'unknown'}`)
  }
}

/** Right after its creation a table's backups may not be available yet. */
async function enableRecovery(location: Table, deadline: number, caller: Caller): Promise<void> {
  const update = () =>
    new UpdateContinuousBackupsCommand({
      TableName: location.table,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    })
  for (;;) {
    try {
      const { ContinuousBackupsDescription: backups } = await send(location, update(), caller)
      if (backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED') return
      throw failure(location.table, 'has no point-in-time recovery although it was asked for')
    } catch (error) {
      if (causeName(error) === 'UnknownOperationException')
        throw failure(location.table, 'is on a server without point-in-time recovery', error)
      if (causeName(error) !== 'ContinuousBackupsUnavailableException') throw error
    }
    await pause(location, deadline, caller, 'has no backups yet')
  }
}

async function pause({ table }: Table, deadline: number, caller: Caller, state: string): Promise<void> {
  if (Date.now() > deadline) throw failure(table, state)
  await sleep(500)
  caller.signal?.throwIfAborted()
}

/** How a table differs from what was asked for, if it does. */
function flawOf(table: TableDescription, deletionProtection: boolean): string | undefined {
  const keys = (schema: TableDescription['KeySchema']) =>
    (schema ?? []).map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).join(', ')
  const types = new Map(table.AttributeDefinitions?.map((a) => [a.AttributeName, a.AttributeType]))
  const index = table.LocalSecondaryIndexes?.find(({ IndexName }) => IndexName === revisionIndex.name)
  const projected = new Set(index?.Projection?.NonKeyAttributes)
  const everything = index?.Projection?.ProjectionType === 'ALL'
  if (keys(table.KeySchema) !== 'pk HASH, sk RANGE') return 'has other keys than pk and sk'
  if (types.get('pk') !== 'S' || types.get('sk') !== 'S') return 'has keys that are not strings'
  if (keys(index?.KeySchema) !== `pk HASH, ${revisionIndex.sortKey} RANGE`)
    return `has no local secondary index "${revisionIndex.name}" on pk and ${revisionIndex.sortKey}`
  if (types.get(revisionIndex.sortKey) !== 'N') return `has an index that is not sorted by number`
  if (!everything && revisionIndex.projected.some((attribute) => !projected.has(attribute)))
    return `has an index without the attributes ${revisionIndex.projected.join(', ')}`
  if (deletionProtection && table.DeletionProtectionEnabled !== true)
    return 'is not protected from deletion although that was asked for'
  return undefined
}

function failure(table: string, flaw: string, cause?: unknown): BackendError {
  return new BackendError('BACKEND_FAILED', `The table "${table}" ${flaw}.`, {
    backend: table,
    operation: 'createTable',
    ...(cause !== undefined && { cause }),
  })
}

function causeName(error: unknown): string | undefined {
  return error instanceof BackendError && error.cause instanceof Error ? error.cause.name : undefined
}
