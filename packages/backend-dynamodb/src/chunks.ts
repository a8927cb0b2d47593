import type { Item } from './layout.js'

/** Where the bytes of a blob beyond one item are. */
export interface Chunks {
  /** Id of the upload: a UUID. */
  readonly upload: string
  /** Of the blob. */
  readonly size: number
  /** Bytes in each chunk but the last. */
  readonly chunkBytes: number
}

/** Six digits number them. */
const maxChunks = 1_000_000

export function countOf({ size, chunkBytes }: Chunks): number {
  return Math.ceil(size / chunkBytes)
}

/** Length of a chunk. */
export function bytesOf({ size, chunkBytes }: Chunks, index: number): number {
  return Math.min(chunkBytes, size - index * chunkBytes)
}

/** The chunks that a head names; `undefined` when it names none, or none that this library wrote. */
export function chunksOf(head: Item): Chunks | undefined {
  const upload = head['u']?.S
  const chunks = { upload: upload ?? '', size: Number(head['z']?.N), chunkBytes: Number(head['k']?.N) }
  const count = countOf(chunks)
  const counts = [chunks.size, chunks.chunkBytes, count]
  if (!isUploadId(upload) || !counts.every((each) => Number.isSafeInteger(each) && each > 0)) return undefined
  return count > maxChunks ? undefined : chunks
}

export function isUploadId(id: string | undefined): boolean {
  return id !== undefined && /^[0-9a-f-]{36}$/.test(id)
}

/** Cut a stream into chunks. The pieces are copied: whoever made them may use their memory again. */
export async function* cut(
  pieces: AsyncIterable<Uint8Array>,
  chunkBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let chunk = Buffer.alloc(chunkBytes)
  let filled = 0
  for await (const piece of pieces)
    for (let start = 0; start < piece.byteLength;) {
      const part = piece.subarray(start, start + chunkBytes - filled)
      chunk.set(part, filled)
      filled += part.byteLength
      start += part.byteLength
      if (filled < chunkBytes) continue
      yield chunk
      chunk = Buffer.alloc(chunkBytes)
      filled = 0
    }
  if (filled > 0) yield chunk.subarray(0, filled)
}

/** Groups of so many. */
export async function* grouped<T>(
  items: AsyncIterable<T> | Iterable<T>,
  size: number,
): AsyncGenerator<T[], void, undefined> {
  let group: T[] = []
  for await (const item of items) {
    group.push(item)
    if (group.length < size) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}
