import { randomUUID } from 'node:crypto'
import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { InputError, checkSlot, clipRange, sealedBlob } from '@sealring/core'
import type { Backend, SealedBlob, Slot } from '@sealring/core'
import { headItem, maxItemBytes } from './layout.js'
import { begin, problem } from './location.js'
import type { Caller, DynamodbLocation } from './location.js'
import type { NameIndex } from './name-index.js'
import { putItemIf } from './put-item.js'
import { queryRevisions } from './query-revisions.js'
import { send } from './send.js'
import type { StatOf } from './stat-of.js'

/** The methods of a Backend that concern one slot. */
export function slots(
  location: DynamodbLocation,
  index: NameIndex,
  statOf: StatOf,
): Pick<Backend, 'create' | 'read' | 'stat' | 'replace'> {
  const { table, layout } = location

  const load = async (slot: Slot, blob: SealedBlob, caller: Caller) => {
    if (blob.size > maxItemBytes)
      throw problem(location, 'BLOB_TOO_LARGE', `${blob.size} bytes are more than ${maxItemBytes}`, caller)
    const bytes = await blob.bytes()
    const { digest, size } = sealedBlob(bytes)
    if (digest !== blob.digest || size !== blob.size)
      throw new InputError('INVALID_ARGUMENT', 'The bytes of the blob contradict its digest or size.')
    const key = layout.head(slot)
    const versionToken = randomUUID()
    return { key, versionToken, item: headItem(key, slot.revision, { digest, bytes, versionToken }) }
  }

  return {
    async create(slot, blob, call) {
      const caller = begin('create', call)
      checkSlot(slot)
      const { versionToken, ...put } = await load(slot, blob, caller)
      await index.add(slot.name, caller)
      const condition = { ConditionExpression: 'attribute_not_exists(pk)' }
      const there = await putItemIf(location, { ...put, condition }, caller)
      if (!there) return { outcome: 'created', versionToken }
      if (there === 'nothing')
        throw problem(location, 'BACKEND_FAILED', 'the item that was there has gone', caller, {
          retryable: true,
        })
      const { digest, versionToken: existing } = statOf(slot.name, there, caller)
      return { outcome: 'exists', digest, versionToken: existing }
    },

    async read(slot, call) {
      const caller = begin('read', call)
      checkSlot(slot)
      clipRange(call?.range, 0)
      const get = new GetItemCommand({ TableName: table, Key: layout.head(slot), ConsistentRead: true })
      const { Item: item } = await send(location, get, caller)
      if (!item) return undefined
      const stat = statOf(slot.name, item, caller)
      const bytes = item['b']?.B
      if (!bytes && item['u'])
        throw problem(
          location,
          'BACKEND_FAILED',
          'the blob is in chunks: only a newer version reads it',
          caller,
        )
      if (bytes?.byteLength !== stat.size)
        throw problem(
          location,
          'BLOB_DAMAGED',
          `${bytes?.byteLength ?? 'no'} bytes, not ${stat.size}`,
          caller,
        )
      const { start, end } = clipRange(call?.range, stat.size)
      return { ...stat, body: once(bytes.subarray(start, end)) }
    },

    async stat(slot, call) {
      const caller = begin('stat', call)
      checkSlot(slot)
      const { Items } = await queryRevisions(
        location,
        layout.heads(slot.name),
        { revision: slot.revision, Limit: 1 },
        caller,
      )
      return Items?.[0] && statOf(slot.name, Items[0], caller)
    },

    async replace(slot, blob, call) {
      const caller = begin('replace', call)
      checkSlot(slot)
      const { versionToken, ...put } = await load(slot, blob, caller)
      const condition = {
        ConditionExpression: 'v = :expect',
        ExpressionAttributeValues: { ':expect': { S: call.expect } },
      }
      const there = await putItemIf(location, { ...put, condition }, caller)
      return there ? { outcome: 'changed' } : { outcome: 'replaced', versionToken }
    },
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
