import type { ByteRange } from '@sealring/core'
import { batchChunks, batchesAtOnce, getBatch } from './batches.js'
import { bytesOf } from './chunks.js'
import type { Chunks } from './chunks.js'
import { problem } from './location.js'
import type { Caller, DynamodbLocation } from './location.js'

/**
 * The bytes of a range in pieces, a few batches of chunks ahead of whoever takes them. `undefined` in the place of
 * a chunk that isn't there, and nothing after it. Fails with BLOB_DAMAGED for a chunk of another length.
 */
export async function* readChunks(
  location: DynamodbLocation,
  chunks: Chunks,
  { start, end }: ByteRange,
  caller: Caller,
): AsyncGenerator<Uint8Array | undefined, void, undefined> {
  const { chunkBytes } = chunks
  const last = Math.ceil(end / chunkBytes)
  const from = start < end ? Math.floor(start / chunkBytes) : last
  // Ends what is under way when nobody wants it any more.
  const stop = new AbortController()
  const signal = caller.signal ? AbortSignal.any([caller.signal, stop.signal]) : stop.signal
  const begin = (first: number) => {
    const after = Math.min(last, first + batchChunks)
    const batch = oneBatch(location, chunks, { first, after }, { ...caller, signal })
    batch.catch(() => undefined) // It is awaited in its turn, or not at all.
    return batch
  }

  const ahead: ReturnType<typeof oneBatch>[] = []
  let begun = from
  try {
    for (let first = from; first < last; first += batchChunks) {
      for (; begun < last && ahead.length < batchesAtOnce; begun += batchChunks) ahead.push(begin(begun))
      for (const [position, bytes] of ((await ahead.shift()) ?? []).entries()) {
        const offset = (first + position) * chunkBytes
        yield bytes?.subarray(Math.max(0, start - offset), end - offset)
        if (!bytes) return
      }
    }
  } finally {
    stop.abort()
  }
}

async function oneBatch(
  location: DynamodbLocation,
  chunks: Chunks,
  { first, after }: { first: number; after: number },
  caller: Caller,
): Promise<readonly (Uint8Array | undefined)[]> {
  const keys = Array.from({ length: after - first }, (_, i) =>
    location.layout.chunk(chunks.upload, first + i),
  )
  const items = new Map((await getBatch(location, keys, caller)).map(({ sk, b }) => [sk?.S, b?.B]))
  return keys.map(({ sk }, i) => {
    const bytes = items.get(sk.S)
    if (bytes && bytes.byteLength !== bytesOf(chunks, first + i))
      throw problem(location, 'BLOB_DAMAGED', `chunk ${first + i} has ${bytes.byteLength} bytes`, caller)
    return bytes
  })
}
