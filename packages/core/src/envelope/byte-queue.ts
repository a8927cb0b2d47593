/**
 * Bytes that came in chunks and leave in pieces of other lengths, without copying where a piece lies within a chunk.
 * Small chunks are gathered, so that a writer of single bytes costs no object for each.
 */
export interface ByteQueue {
  readonly length: number
  /** The chunk stays the caller's: see `keep`. */
  readonly push: (chunk: Buffer) => void
  /** An unsigned integer of `size` bytes at `offset`; all of them must be there. */
  readonly uint: (offset: number, size: number) => number
  /** A copy of the first `length` bytes, or of all when there are less. They stay in the queue. */
  readonly peek: (length: number) => Buffer
  /** Removes `length` bytes, which must be there. What it returns is valid until the next call. */
  readonly take: (length: number) => Buffer
  /** Copies what is left of foreign chunks: a writer may use its memory again once it was called back. */
  readonly keep: () => void
  /** Forgets all; zeroes what was gathered, copied or put together here. */
  readonly clear: () => void
}

const smallChunk = 1024
const slabLength = 16 * 1024
const nothing: Buffer = Buffer.alloc(0)

export function byteQueue(): ByteQueue {
  let chunks: Buffer[] = []
  /** Index of the first chunk that is still wanted, and of its first byte. */
  let first = 0
  let start = 0
  let length = 0
  /** Where small chunks are gathered; then the last chunk is the used part of it. */
  let slab: Buffer | undefined
  let slabUsed = 0
  /** Memory that is ours. It may hold plaintext. */
  const ours = new WeakSet<ArrayBufferLike>()
  /** What was left of it; the last piece taken may still be looked at. */
  let left: Buffer[] = []
  /** Where a piece is put together that spans several chunks. */
  let scratch = nothing

  function ownMemory(size: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(size)
    ours.add(bytes.buffer)
    return bytes
  }

  function wipeLeft(): void {
    for (const chunk of left) chunk.fill(0)
    left = []
  }

  function gather(chunk: Buffer): void {
    if (slab === undefined || slab.length - slabUsed < chunk.length) {
      slab = ownMemory(slabLength)
      slabUsed = 0
      chunks.push(slab.subarray(0, 0))
    }
    slab.set(chunk, slabUsed)
    slabUsed += chunk.length
    chunks[chunks.length - 1] = slab.subarray(0, slabUsed)
  }

  function copyTo(target: Buffer, count: number): void {
    let copied = 0
    for (let index = first, from = start; copied < count; index += 1, from = 0) {
      const chunk = chunks[index]!
      const part = chunk.subarray(from, from + count - copied)
      target.set(part, copied)
      copied += part.length
    }
  }

  function skip(count: number): void {
    length -= count
    start += count
    while (first < chunks.length && start >= chunks[first]!.length) {
      // The slab's last chunk may still grow.
      if (first === chunks.length - 1 && slab !== undefined) break
      const chunk = chunks[first]!
      if (ours.has(chunk.buffer)) left.push(chunk)
      start -= chunk.length
      // Not held any longer than it is wanted.
      chunks[first] = nothing
      first += 1
    }
    if (first > 64 || first === chunks.length) {
      chunks = chunks.slice(first)
      first = 0
    }
  }

  function scratchOf(size: number): Buffer {
    if (scratch.length < size) {
      scratch.fill(0)
      scratch = Buffer.allocUnsafeSlow(size)
    }
    return scratch.subarray(0, size)
  }

  return {
    get length() {
      return length
    },
    push(chunk) {
      if (chunk.length === 0) return
      length += chunk.length
      // Where a slab has room, larger ones, too: otherwise each would leave one behind that is almost empty.
      if (chunk.length < smallChunk || (slab !== undefined && chunk.length <= slab.length - slabUsed)) {
        gather(chunk)
        return
      }
      slab = undefined
      chunks.push(chunk)
    },
    uint(offset, size) {
      let index = first
      let at = start + offset
      let value = 0
      for (let n = 0; n < size; n += 1) {
        while (at >= chunks[index]!.length) {
          at -= chunks[index]!.length
          index += 1
        }
        value = value * 256 + chunks[index]![at]!
        at += 1
      }
      return value
    },
    peek(count) {
      const bytes = Buffer.allocUnsafe(Math.min(count, length))
      copyTo(bytes, bytes.length)
      return bytes
    },
    take(count) {
      wipeLeft()
      const chunk = chunks[first]
      let bytes: Buffer
      if (chunk !== undefined && chunk.length - start >= count) {
        bytes = chunk.subarray(start, start + count)
      } else {
        bytes = scratchOf(count)
        copyTo(bytes, count)
      }
      skip(count)
      return bytes
    },
    keep() {
      for (let index = first, from = start; index < chunks.length; index += 1, from = 0) {
        const chunk = chunks[index]!
        if (ours.has(chunk.buffer)) continue
        const rest = chunk.subarray(from)
        const copy = ownMemory(rest.length)
        copy.set(rest)
        chunks[index] = copy
        if (index === first) start = 0
      }
    },
    clear() {
      wipeLeft()
      for (const chunk of chunks) if (ours.has(chunk.buffer)) chunk.fill(0)
      scratch.fill(0)
      chunks = []
      slab = undefined
      first = start = length = 0
    },
  }
}
