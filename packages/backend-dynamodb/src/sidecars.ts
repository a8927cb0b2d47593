import { randomUUID } from 'node:crypto'
import { DeleteItemCommand, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import { BackendError, InputError, checkPage, checkSidecarKey, checkSidecarSlot } from '@sealring/core'
import type { Backend, Slot } from '@sealring/core'
import { send } from './call.js'
import type { TableContext } from './call.js'
import { indexKeyOf, maxItemBytes, revisionIndex, sidecarItem, sidecarKeyOf } from './layout.js'
import type { Item, Layout } from './layout.js'
import { putItemIf } from './put-item.js'

export type Sidecars = Pick<Backend, 'createSidecar' | 'readSidecar' | 'listSidecars' | 'deleteSidecar'>

/** Documents beside the slots, in partitions of their own. */
export function sidecars(context: TableContext, layout: Layout): Sidecars {
  const { id, table } = context
  return {
    async createSidecar(key, bytes, options) {
      checkSidecarKey(key)
      if (bytes.byteLength > maxItemBytes)
        throw new BackendError(
          'BLOB_TOO_LARGE',
          `${bytes.byteLength} bytes are more than the ${maxItemBytes} that one item of table "${table}" takes.`,
          { backend: id, operation: 'createSidecar' },
        )
      const itemKey = layout.sidecar(key)
      const there = await putItemIf(
        context,
        {
          key: itemKey,
          item: sidecarItem(itemKey, key.revision, bytes, randomUUID()),
          condition: { ConditionExpression: 'attribute_not_exists(pk)' },
        },
        { operation: 'createSidecar', signal: options?.signal },
      )
      return { outcome: there ? 'exists' : 'created' }
    },

    async readSidecar(key, options) {
      checkSidecarKey(key)
      const get = new GetItemCommand({ TableName: table, Key: layout.sidecar(key), ConsistentRead: true })
      const { Item: item } = await send(context, get, { operation: 'readSidecar', signal: options?.signal })
      if (!item) return undefined
      if (!item['b']?.B)
        throw new BackendError('BLOB_DAMAGED', `A sidecar of table "${table}" has no bytes.`, {
          backend: id,
          operation: 'readSidecar',
        })
      return item['b'].B
    },

    async listSidecars(slot, options) {
      checkSidecarSlot(slot)
      const { name, revision } = slot
      const query = new QueryCommand({
        TableName: table,
        IndexName: revisionIndex.name,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND r = :r',
        ExpressionAttributeValues: { ':pk': { S: layout.sidecars(name) }, ':r': { N: String(revision) } },
        Limit: checkPage(options, 1000),
        ...(options?.cursor !== undefined && { ExclusiveStartKey: startKey(layout, slot, options.cursor) }),
      })
      const answer = await send(context, query, { operation: 'listSidecars', signal: options?.signal })
      const items = (answer.Items ?? []).flatMap(({ sk }) => sidecarKeyOf(name, sk?.S) ?? [])
      const last = answer.LastEvaluatedKey && sidecarKeyOf(name, answer.LastEvaluatedKey['sk']?.S)
      return last ? { items, cursor: `${last.kind}#${last.id}` } : { items }
    },

    async deleteSidecar(key, options) {
      checkSidecarKey(key)
      const remove = new DeleteItemCommand({ TableName: table, Key: layout.sidecar(key) })
      await send(context, remove, { operation: 'deleteSidecar', signal: options?.signal, decides: true })
    },
  }
}

function startKey(layout: Layout, { name, revision }: Slot, cursor: string): Item {
  const [kind = '', id = '', ...rest] = cursor.split('#')
  if (kind === '' || id === '' || rest.length > 0)
    throw new InputError('INVALID_ARGUMENT', 'The cursor is not one that listSidecars() returned.')
  return indexKeyOf(layout.sidecar({ name, revision, kind, id }), revision)
}
