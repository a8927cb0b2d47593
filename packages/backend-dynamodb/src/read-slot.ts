import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { checkSlot, clipRange } from '@sealring/core'
import type { Backend, BackendError, SlotStat } from '@sealring/core'
import { chunksOf } from './chunks.js'
import { begin, problem } from './location.js'
import type { Caller, DynamodbLocation } from './location.js'
import { getStamp } from './put-item.js'
import { readChunks } from './read-chunks.js'
import { send } from './send.js'
import type { StatOf } from './stat-of.js'

/** How often a read starts over because the blob was replaced under it. */
const maxStarts = 10

/**
 * `Backend.read`. A missing chunk means that the blob has been replaced, if the head has another token by now, and
 * damage if it hasn't. Before the first chunk has been handed out, the read starts over.
 */
export function readSlot(location: DynamodbLocation, statOf: StatOf): Backend['read'] {
  const { table, layout } = location

  return async (slot, call) => {
    const caller = begin('read', call)
    checkSlot(slot)
    clipRange(call?.range, 0)
    const Key = layout.head(slot)
    let missedOf: string | undefined
    for (let starts = 0; starts < maxStarts; starts++) {
      const get = new GetItemCommand({ TableName: table, Key, ConsistentRead: true })
      const { Item: item } = await send(location, get, caller)
      if (!item) return undefined
      const stat = statOf(slot.name, item, caller)
      if (stat.versionToken === missedOf) throw missing(caller)
      const range = clipRange(call?.range, stat.size)
      const bytes = item['b']?.B
      const chunks = chunksOf(item)
      if (bytes?.byteLength === stat.size)
        return { ...stat, body: once(bytes.subarray(range.start, range.end)) }
      if (bytes || !chunks)
        throw problem(
          location,
          'BLOB_DAMAGED',
          `${bytes?.byteLength ?? 'no'} bytes, not ${stat.size}`,
          caller,
        )

      const pieces = readChunks(location, chunks, range, caller)
      const first = await pieces.next()
      if (first.done || first.value) return { ...stat, body: body(first, pieces, stat, caller) }
      missedOf = stat.versionToken
    }
    throw replaced(caller)
  }

  async function* body(
    first: IteratorResult<Uint8Array | undefined, void>,
    pieces: AsyncGenerator<Uint8Array | undefined, void>,
    stat: SlotStat,
    caller: Caller,
  ): AsyncGenerator<Uint8Array> {
    try {
      for (let next = first; !next.done; next = await pieces.next()) {
        if (!next.value) throw await verdict(stat, caller)
        yield next.value
      }
    } finally {
      await pieces.return()
    }
  }

  /** What a chunk that is missing in the middle of a blob means. */
  async function verdict(stat: SlotStat, caller: Caller): Promise<BackendError> {
    const head = await getStamp(location, layout.head(stat), caller)
    return head?.['v']?.S === stat.versionToken ? missing(caller) : replaced(caller)
  }

  function missing(caller: Caller): BackendError {
    return problem(location, 'BLOB_DAMAGED', 'a chunk is missing', caller)
  }

  function replaced(caller: Caller): BackendError {
    return problem(location, 'BACKEND_FAILED', 'the blob was replaced while it was read', caller, {
      retryable: true,
    })
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
