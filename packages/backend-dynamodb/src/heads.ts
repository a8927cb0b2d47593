import { randomUUID } from 'node:crypto'
import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import type { QueryCommandInput } from '@aws-sdk/client-dynamodb'
import {
  BackendError,
  InputError,
  checkNameGrammar,
  checkPage,
  checkSlot,
  clipRange,
  sealedBlob,
} from '@sealring/core'
import type { Backend, SealedBlob, Slot, SlotStat } from '@sealring/core'
import { send } from './call.js'
import type { Call, TableContext } from './call.js'
import { headItem, headStat, indexKeyOf, maxItemBytes, revisionIndex } from './layout.js'
import type { Item, Layout } from './layout.js'
import type { NameIndex } from './name-index.js'
import { putItemIf } from './put-item.js'

export type Heads = Pick<Backend, 'create' | 'read' | 'stat' | 'latest' | 'revisions' | 'replace'>

/** Blobs by name and revision: one item each. */
export function heads(context: TableContext, layout: Layout, index: NameIndex): Heads {
  const { id, table } = context

  const fail = (
    code: 'BLOB_DAMAGED' | 'BACKEND_FAILED',
    operation: string,
    message: string,
    retryable = false,
  ) => new BackendError(code, message, { backend: id, operation, retryable })

  const statOf = (name: string, item: Item, operation: string): SlotStat => {
    const stat = headStat(name, item)
    if (!stat)
      throw fail(
        'BLOB_DAMAGED',
        operation,
        `A head of ${JSON.stringify(name)} in table "${table}" is malformed.`,
      )
    index.saw(name)
    return stat
  }

  /** Heads without their bytes, by revision: the local index makes it cheap whatever the blobs weigh. */
  const query = (condition: Partial<QueryCommandInput> & { values: Item }, call: Call) => {
    const { values, ...rest } = condition
    const input = {
      TableName: table,
      IndexName: revisionIndex.name,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: values,
      ...rest,
    }
    return send(context, new QueryCommand(input), call)
  }

  const prepare = async (slot: Slot, blob: SealedBlob, operation: string) => {
    checkSlot(slot)
    if (blob.size > maxItemBytes)
      throw new BackendError(
        'BLOB_TOO_LARGE',
        `${blob.size} bytes are more than the ${maxItemBytes} that one item of table "${table}" takes.`,
        { backend: id, operation },
      )
    const bytes = await blob.bytes()
    checkBytes(blob, bytes)
    const key = layout.head(slot)
    const versionToken = randomUUID()
    return {
      key,
      item: headItem(key, slot.revision, { digest: blob.digest, bytes, versionToken }),
      versionToken,
    }
  }

  return {
    async create(slot, blob, options) {
      const call = { operation: 'create', signal: options?.signal }
      const { key, item, versionToken } = await prepare(slot, blob, 'create')
      await index.add(slot.name, options)
      const condition = { ConditionExpression: 'attribute_not_exists(pk)' }
      const there = await putItemIf(context, { key, item, condition }, call)
      if (!there) return { outcome: 'created', versionToken }
      if (there === 'nothing')
        throw fail(
          'BACKEND_FAILED',
          'create',
          `An item of table "${table}" vanished while it was looked at.`,
          true,
        )
      const { digest, versionToken: existing } = statOf(slot.name, there, 'create')
      return { outcome: 'exists', digest, versionToken: existing }
    },

    async read(slot, options) {
      checkSlot(slot)
      clipRange(options?.range, 0)
      const get = new GetItemCommand({ TableName: table, Key: layout.head(slot), ConsistentRead: true })
      const { Item: item } = await send(context, get, { operation: 'read', signal: options?.signal })
      if (!item) return undefined
      const stat = statOf(slot.name, item, 'read')
      const bytes = item['b']?.B
      if (!bytes && item['u'])
        throw fail(
          'BACKEND_FAILED',
          'read',
          'The blob is in chunks, which a newer version of this package reads.',
        )
      if (bytes?.byteLength !== stat.size)
        throw fail(
          'BLOB_DAMAGED',
          'read',
          `The item holds ${bytes?.byteLength ?? 'no'} bytes, not ${stat.size}.`,
        )
      const { start, end } = clipRange(options?.range, stat.size)
      return { ...stat, body: once(bytes.subarray(start, end)) }
    },

    async stat(slot, options) {
      checkSlot(slot)
      const { Items } = await query(
        {
          KeyConditionExpression: 'pk = :pk AND r = :r',
          values: { ':pk': { S: layout.heads(slot.name) }, ':r': { N: String(slot.revision) } },
          Limit: 1,
        },
        { operation: 'stat', signal: options?.signal },
      )
      return Items?.[0] && statOf(slot.name, Items[0], 'stat')
    },

    async latest(name, options) {
      checkNameGrammar(name)
      const { Items } = await query(
        { values: { ':pk': { S: layout.heads(name) } }, ScanIndexForward: false, Limit: 1 },
        { operation: 'latest', signal: options?.signal },
      )
      return Items?.[0] && statOf(name, Items[0], 'latest')
    },

    async revisions(name, options) {
      checkNameGrammar(name)
      const Limit = checkPage(options, 1000)
      const after = options?.cursor === undefined ? undefined : revisionOf(options.cursor)
      const { Items = [], LastEvaluatedKey } = await query(
        {
          values: { ':pk': { S: layout.heads(name) } },
          Limit,
          ...(after !== undefined && {
            ExclusiveStartKey: indexKeyOf(layout.head({ name, revision: after }), after),
          }),
        },
        { operation: 'revisions', signal: options?.signal },
      )
      const items = Items.map((item) => statOf(name, item, 'revisions'))
      const cursor = LastEvaluatedKey?.['r']?.N
      return cursor === undefined ? { items } : { items, cursor }
    },

    async replace(slot, blob, options) {
      const call = { operation: 'replace', signal: options.signal }
      const { key, item, versionToken } = await prepare(slot, blob, 'replace')
      const condition = {
        ConditionExpression: 'v = :expect',
        ExpressionAttributeValues: { ':expect': { S: options.expect } },
      }
      const there = await putItemIf(context, { key, item, condition }, call)
      return there ? { outcome: 'changed' } : { outcome: 'replaced', versionToken }
    },
  }
}

function checkBytes(blob: SealedBlob, bytes: Uint8Array): void {
  const { digest, size } = sealedBlob(bytes)
  if (digest !== blob.digest || size !== blob.size)
    throw new InputError('INVALID_ARGUMENT', 'The bytes of the blob contradict its digest or its size.')
}

function revisionOf(cursor: string): number {
  if (!/^[1-9]\d{0,11}$/u.test(cursor))
    throw new InputError('INVALID_ARGUMENT', 'The cursor is not one that revisions() returned.')
  return Number(cursor)
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
