import { EnvelopeError, InputError, SealringError } from '../errors.js'
import { asBuffer } from '../materials/byte-reader.js'
import type { SeekableSource } from './seekable-source.js'
import { unlessAborted } from './unless-aborted.js'

/** Reads a source that isn't trusted to keep to its contract. */
export interface SourceReader {
  /** Bytes of the source: as it says, or as was found where an answer was short; `undefined` until then. */
  readonly size: number | undefined
  /** The first `length` bytes, or all when there are fewer. They are kept. */
  readonly head: (length: number) => Promise<Buffer>
  /**
   * What there is from `start` up to, not including, `end`. Behind it the size is known, unless all was there.
   * Throws MESSAGE_TRUNCATED (the source ends before the size that it states), SOURCE_FAILED, what the source
   * throws when that has a code, the signal's reason.
   */
  readonly read: (start: number, end: number) => Promise<Buffer>
}

const nothing: Buffer = Buffer.alloc(0)

function isSeekable(source: unknown): source is SeekableSource {
  return (
    typeof source === 'object' && source !== null && 'read' in source && typeof source.read === 'function'
  )
}

function bytesSource(bytes: Uint8Array): SeekableSource {
  return {
    size: bytes.byteLength,
    read: (start, end) => Promise.resolve(bytes.subarray(start, end)),
  }
}

function checkedSource(source: unknown): SeekableSource {
  if (source instanceof Uint8Array) return bytesSource(source)
  if (!isSeekable(source)) {
    throw new InputError(
      'INVALID_ARGUMENT',
      'The source must be a Uint8Array, a Buffer, or have a method read',
    )
  }
  const { size } = source
  if (size !== undefined && !(Number.isSafeInteger(size) && size >= 0)) {
    throw new InputError('INVALID_ARGUMENT', 'The size of the source must be a number of bytes')
  }
  return source
}

function failed(message: string, options?: { cause: unknown }): EnvelopeError {
  return new EnvelopeError('SOURCE_FAILED', message, options)
}

/** Throws INVALID_ARGUMENT. */
export function sourceReader(given: unknown, signal: AbortSignal | undefined): SourceReader {
  const source = checkedSource(given)
  let { size } = source
  let head = nothing

  async function ask(start: number, end: number): Promise<Buffer> {
    signal?.throwIfAborted()
    let bytes: unknown
    try {
      bytes = await unlessAborted(Promise.resolve(source.read(start, end, { signal })), signal)
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof SealringError) throw error
      throw failed('The source could not be read', { cause: error })
    }
    if (!(bytes instanceof Uint8Array)) throw failed('The source gave something else than bytes')
    // As a server does that ignores the Range header: then they need not be those that were asked for.
    if (bytes.byteLength > end - start) throw failed('The source gave more bytes than it was asked for')
    return asBuffer(bytes)
  }

  /** The first offset without a byte, between `low` and `high`. */
  async function findEnd(low: number, high: number): Promise<number> {
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2)
      if ((await ask(middle, middle + 1)).length === 0) high = middle
      else low = middle + 1
    }
    return low
  }

  async function read(start: number, end: number): Promise<Buffer> {
    signal?.throwIfAborted()
    const limit = size ?? Number.MAX_SAFE_INTEGER
    const stop = Math.min(end, limit)
    if (stop <= head.length) return head.subarray(start, stop)
    const bytes = start < stop ? await ask(start, stop) : nothing
    if (start + bytes.length < stop && size !== undefined) {
      throw new EnvelopeError('MESSAGE_TRUNCATED', `The source ends before its ${size} bytes`)
    }
    if (size === undefined && start + bytes.length < end) {
      size = bytes.length > 0 ? start + bytes.length : await findEnd(head.length, Math.min(start, limit))
    }
    return bytes
  }

  return {
    get size() {
      return size
    },
    read,
    async head(length) {
      const more = await read(head.length, length)
      head = head.length === 0 ? more : Buffer.concat([head, more])
      return head
    },
  }
}
