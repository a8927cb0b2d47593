import { randomUUID } from 'node:crypto'
import { DeleteItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { InputError, checkPage, checkSidecarKey, checkSidecarSlot } from '@sealring/core'
import type { Backend, Slot } from '@sealring/core'
import { indexKeyOf, maxItemBytes, sidecarItem, sidecarKeyOf } from './layout.js'
import type { Item, Layout } from './layout.js'
import { begin, problem } from './location.js'
import type { DynamodbLocation } from './location.js'
import { putItemIf } from './put-item.js'
import { queryRevisions } from './query-revisions.js'
import { send } from './send.js'

/** The methods of a Backend that concern documents beside slots: they have partitions of their own. */
export function sidecars(
  location: DynamodbLocation,
): Pick<Backend, 'createSidecar' | 'readSidecar' | 'listSidecars' | 'deleteSidecar'> {
  const { table, layout } = location
  return {
    async createSidecar(key, bytes, call) {
      const caller = begin('createSidecar', call)
      checkSidecarKey(key)
      if (bytes.byteLength > maxItemBytes)
        throw problem(
          location,
          'BLOB_TOO_LARGE',
          `${bytes.byteLength} bytes are more than ${maxItemBytes}`,
          caller,
        )
      const itemKey = layout.sidecar(key)
      const there = await putItemIf(
        location,
        {
          key: itemKey,
          item: sidecarItem(itemKey, key.revision, bytes, randomUUID()),
          condition: { ConditionExpression: 'attribute_not_exists(pk)' },
        },
        caller,
      )
      return { outcome: there ? 'exists' : 'created' }
    },

    async readSidecar(key, call) {
      const caller = begin('readSidecar', call)
      checkSidecarKey(key)
      const get = new GetItemCommand({ TableName: table, Key: layout.sidecar(key), ConsistentRead: true })
      const { Item: item } = await send(location, get, caller)
      if (!item) return undefined
      if (!item['b']?.B) throw problem(location, 'BLOB_DAMAGED', 'a sidecar has no bytes', caller)
      return item['b'].B
    },

    async listSidecars(slot, call) {
      const caller = begin('listSidecars', call)
      checkSidecarSlot(slot)
      const { name, revision } = slot
      const start = call?.cursor === undefined ? {} : { after: startKey(layout, slot, call.cursor) }
      const page = { revision, Limit: checkPage(call, 1000), ...start }
      const answer = await queryRevisions(location, layout.sidecars(name), page, caller)
      const keyOf = ({ sk }: Item) => {
        const key = sidecarKeyOf(name, sk?.S)
        if (key?.revision === revision) return key
        throw problem(location, 'BLOB_DAMAGED', `a sidecar of ${JSON.stringify(name)} is malformed`, caller)
      }
      const items = (answer.Items ?? []).map(keyOf)
      const last = answer.LastEvaluatedKey && keyOf(answer.LastEvaluatedKey)
      return last ? { items, cursor: `${last.kind}#${last.id}` } : { items }
    },

    async deleteSidecar(key, call) {
      const caller = begin('deleteSidecar', call)
      checkSidecarKey(key)
      const remove = new DeleteItemCommand({ TableName: table, Key: layout.sidecar(key) })
      await send(location, remove, caller, { decides: true })
    },
  }
}

function startKey(layout: Layout, { name, revision }: Slot, cursor: string): Item {
  const [kind = '', id = '', ...rest] = cursor.split('#')
  if (kind === '' || id === '' || rest.length > 0)
    throw new InputError('INVALID_ARGUMENT', 'The cursor is not one that listSidecars() returned.')
  return indexKeyOf(layout.sidecar({ name, revision, kind, id }), revision)
}
