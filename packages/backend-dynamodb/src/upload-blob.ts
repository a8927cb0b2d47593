import { randomUUID } from 'node:crypto'
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { checkedStream } from '@sealring/core'
import type { SealedBlob } from '@sealring/core'
import { batchChunks, batchesAtOnce, writeBatch } from './batches.js'
import { countOf, cut, grouped } from './chunks.js'
import type { Chunks } from './chunks.js'
import { isUnsettled } from './dynamodb-errors.js'
import { inParallel } from './in-parallel.js'
import { maxItemBytes } from './layout.js'
import { problem } from './location.js'
import type { Caller, DynamodbLocation } from './location.js'
import { send } from './send.js'
import { markerItem, sweepUpload } from './sweep-upload.js'
import type { Marker } from './sweep-upload.js'

/** The chunks of a blob, all stored, and the marker by which a sweeper finds them as long as no head names them. */
export interface Upload {
  readonly chunks: Chunks
  readonly marker: Marker
  /** Remove it, now that no head can come of it. What can't be removed is left to the sweeper. */
  discard(): Promise<void>
}

/**
 * Store the chunks of a blob. Fails with INVALID_ARGUMENT when the bytes contradict the blob's digest or size. After
 * a failure no chunk is left, or the marker.
 */
export async function uploadBlob(
  location: DynamodbLocation,
  blob: SealedBlob,
  lifetimeSeconds: number,
  caller: Caller,
): Promise<Upload> {
  const { table, layout } = location
  const chunks = { upload: randomUUID(), size: blob.size, chunkBytes: maxItemBytes }
  const begun = Date.now()
  const expiry = Math.ceil(begun / 1000) + lifetimeSeconds
  const marker = {
    key: layout.marker(chunks.upload, expiry),
    upload: chunks.upload,
    count: countOf(chunks),
  }
  // A chunk that arrived after a sweeper had been there would never be found. So none is sent in the second half of
  // the upload's life, and where one may still be under way, only the sweeper removes the upload.
  const checkTime = () => {
    if (Date.now() - begun > (lifetimeSeconds * 1000) / 2)
      throw problem(location, 'BACKEND_FAILED', 'the upload took too long', caller, { retryable: true })
  }
  let lingering = false
  const onFailedAttempt = (failure: unknown) => {
    lingering ||= isUnsettled(failure)
  }
  const discard = async () => {
    if (lingering || caller.signal?.aborted) return
    // What led here is what the caller has to know.
    await sweepUpload(location, marker, caller).catch(() => false)
  }

  await send(
    location,
    new PutItemCommand({ TableName: table, Item: markerItem(marker, 'uploading') }),
    caller,
  )
  try {
    let index = 0
    const pieces = cut(checkedStream(blob), chunks.chunkBytes)
    await inParallel(grouped(numbered(), batchChunks), batchesAtOnce, async (batch) => {
      checkTime()
      await writeBatch(location, batch, caller, onFailedAttempt)
    })
    async function* numbered() {
      for await (const bytes of pieces)
        yield { PutRequest: { Item: { ...layout.chunk(chunks.upload, index++), b: { B: bytes } } } }
    }
  } catch (error) {
    await discard()
    throw error
  }
  return { chunks, marker, discard }
}
