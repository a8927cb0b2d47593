import { setTimeout as sleep } from 'node:timers/promises'
import {
  CreateTableCommand,
  DescribeTableCommand,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb'
import type { CreateTableCommandInput, DynamoDBClient, TableDescription } from '@aws-sdk/client-dynamodb'
import { BackendError } from '@sealring/core'
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

/** What a table must be for its purpose. */
export interface TableShape {
  readonly input: Pick<
    CreateTableCommandInput,
    'AttributeDefinitions' | 'KeySchema' | 'LocalSecondaryIndexes'
  >
  /** How a table that is there differs from it, if it does. */
  readonly flawOf: (table: TableDescription) => string | undefined
}

/**
 * Create a table of this shape, billed on demand, and wait until it is active; or find one that fits. See createTable.
 */
export async function ensureTable(
  client: DynamoDBClient,
  options: CreateTableOptions,
  operation: string,
  { input, flawOf }: TableShape,
): Promise<{ outcome: 'created' | 'exists' }> {
  const { table, pointInTimeRecovery = false, deletionProtection = false, timeoutSeconds = 120 } = options
  const location = { id: table, client, table }
  const caller = { operation, signal: options.signal }
  const deadline = Date.now() + timeoutSeconds * 1000

  const protection = deletionProtection && { DeletionProtectionEnabled: true }
  const wanted = { TableName: table, BillingMode: 'PAY_PER_REQUEST' as const, ...input, ...protection }
  const outcome = await create(location, wanted, caller)
  const description = await whenActive(location, deadline, caller)
  const flaw = flawOf(description) ?? unprotected(description, deletionProtection)
  if (flaw !== undefined) throw failure(location, flaw, caller)
  if (pointInTimeRecovery) await enableRecovery(location, deadline, caller)
  return { outcome }
}

/** Key names and kinds, such as 'pk HASH, sk RANGE'. */
export function keysOf(schema: TableDescription['KeySchema']): string {
  return (schema ?? []).map(({ AttributeName, KeyType }) => `${AttributeName} ${KeyType}`).join(', ')
}

export function keyTypesOf(table: TableDescription): Map<string | undefined, string | undefined> {
  return new Map(table.AttributeDefinitions?.map((a) => [a.AttributeName, a.AttributeType]))
}

function unprotected(table: TableDescription, deletionProtection: boolean): string | undefined {
  return deletionProtection && table.DeletionProtectionEnabled !== true
    ? 'is not protected from deletion although that was asked for'
    : undefined
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
      throw failure(location, 'has no point-in-time recovery although it was asked for', caller)
    } catch (error) {
      if (causeName(error) === 'UnknownOperationException')
        throw failure(location, 'is on a server without point-in-time recovery', caller, error)
      if (causeName(error) !== 'ContinuousBackupsUnavailableException') throw error
    }
    await pause(location, deadline, caller, 'has no backups yet')
  }
}

async function pause(location: Table, deadline: number, caller: Caller, state: string): Promise<void> {
  if (Date.now() > deadline) throw failure(location, state, caller)
  await sleep(500)
  caller.signal?.throwIfAborted()
}

function failure({ table }: Table, flaw: string, { operation }: Caller, cause?: unknown): BackendError {
  return new BackendError('BACKEND_FAILED', `The table "${table}" ${flaw}.`, {
    backend: table,
    operation,
    ...(cause !== undefined && { cause }),
  })
}

function causeName(error: unknown): string | undefined {
  return error instanceof BackendError && error.cause instanceof Error ? error.cause.name : undefined
}
