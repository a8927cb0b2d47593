import { GetItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb'
import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { BackendError, InputError } from '@sealring/core'
import type { BranchKeyRecord, BranchKeyRecordId, BranchKeyStorage } from '@sealring/core'
import { branchKeyItem, branchKeyRecord } from './branch-key-item.js'
import { cancellationReasons } from './dynamodb-errors.js'
import { begin, problem, type Caller, type DynamodbLocation } from './location.js'
import { pace } from './pace.js'
import { rethrowUnsettled } from './put-item.js'
import { send } from './send.js'

export interface BranchKeyTableOptions {
  /** Your own client; never closed. */
  client: DynamoDBClient
  /** Name or ARN of the table: of `createBranchKeyTable`, or of another SDK's key store. */
  table: string
}

type Table = Pick<DynamodbLocation, 'id' | 'client' | 'table'>

/** framework/branch-key-store.md#writing-branch-key-and-beacon-key-to-keystore */
function putNew({ table }: Table, record: BranchKeyRecord): TransactWriteItem {
  const ConditionExpression = 'attribute_not_exists(#id)'
  const ExpressionAttributeNames = { '#id': 'branch-key-id' }
  const Put = { TableName: table, Item: branchKeyItem(record), ConditionExpression, ExpressionAttributeNames }
  return { Put }
}

/** framework/branch-key-store.md#versionkey */
function putInPlaceOf({ table }: Table, former: BranchKeyRecord, record: BranchKeyRecord): TransactWriteItem {
  return {
    Put: {
      TableName: table,
      Item: branchKeyItem(record),
      ConditionExpression: 'attribute_exists(#id) AND enc = :former',
      ExpressionAttributeNames: { '#id': 'branch-key-id' },
      ExpressionAttributeValues: { ':former': { B: former.ciphertext } },
    },
  }
}

function idOf({ attributes }: BranchKeyRecord): BranchKeyRecordId {
  return { branchKeyId: attributes['branch-key-id'] ?? '', type: attributes['type'] ?? '' }
}

/**
 * Keeps branch keys in a table of Amazon DynamoDB, in the form that every AWS Encryption SDK with a hierarchical keyring
 * has (framework/branch-key-store.md#record-format): what they wrote `branchKeyStore` reads, and the other way round. Reads are
 * consistent, writes one transaction. Its methods fail with UNREACHABLE, ACCESS_DENIED, THROTTLED, LOCATION_NOT_FOUND,
 * OUTCOME_UNKNOWN, BACKEND_FAILED, and BLOB_DAMAGED for an item with an attribute of another type. Throws INVALID_ARGUMENT.
 */
export function branchKeyTable({ client, table }: BranchKeyTableOptions): BranchKeyStorage {
  if (typeof table !== 'string' || table === '') {
    throw new InputError('INVALID_ARGUMENT', 'table must be the name of a table')
  }
  const location: Table = { id: table, client, table }

  async function get({ branchKeyId, type }: BranchKeyRecordId, caller: Caller) {
    const Key = { 'branch-key-id': { S: branchKeyId }, type: { S: type } }
    const input = { TableName: table, Key, ConsistentRead: true }
    const { Item } = await send(location, new GetItemCommand(input), caller)
    return Item
  }

  /** Whether the items were written; `version` is new in every call. */
  async function write(
    items: TransactWriteItem[],
    version: BranchKeyRecord,
    caller: Caller,
  ): Promise<boolean> {
    const waits = pace()
    for (;;) {
      try {
        const command = new TransactWriteItemsCommand({ TransactItems: items })
        await send(location, command, caller, { decides: true })
        return true
      } catch (error) {
        const reasons = cancellationReasons(error instanceof BackendError ? error.cause : undefined)
        if (reasons === undefined) throw error
        // After an answer that was lost, the SDK's next attempt meets what the first one wrote.
        const there = await get(idOf(version), caller).catch(rethrowUnsettled(error))
        if (there !== undefined) return true
        if (reasons.some(({ Code }) => Code === 'ConditionalCheckFailed')) return false
        const conflict = reasons.some(({ Code }) => Code === 'TransactionConflict')
        if (!conflict || !(await waits.wait(caller))) throw error
      }
    }
  }

  return {
    async read(id, options) {
      const caller = begin('readBranchKey', options)
      const item = await get(id, caller)
      if (item === undefined) return undefined
      const { record, flaw } = branchKeyRecord(item)
      if (record !== undefined) return record
      throw problem(location, 'BLOB_DAMAGED', `a branch key ${flaw}`, caller)
    },

    async create({ version, active, beacon }, options) {
      const items = [version, active, beacon].map((record) => putNew(location, record))
      return (await write(items, version, begin('createBranchKey', options))) ? 'created' : 'exists'
    },

    async rotate({ version, active, former }, options) {
      const items = [putNew(location, version), putInPlaceOf(location, former, active)]
      return (await write(items, version, begin('rotateBranchKey', options))) ? 'rotated' : 'changed'
    },
  }
}
