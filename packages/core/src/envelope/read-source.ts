import { finished, PassThrough, Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { InputError } from '../errors.js'

/** All that client-node asks of a stream is `readable` and `pipe`. */
export function isReadable(value: unknown): value is NodeJS.ReadableStream {
  return (
    !(value instanceof Uint8Array) &&
    typeof value === 'object' &&
    value !== null &&
    'pipe' in value &&
    typeof value.pipe === 'function' &&
    'readable' in value
  )
}

async function* checked(chunks: AsyncIterable<unknown>): AsyncGenerator<Uint8Array | string> {
  for await (const chunk of chunks) {
    if (!(chunk instanceof Uint8Array) && typeof chunk !== 'string') {
      throw new InputError('INVALID_ARGUMENT', 'The stream gives something else than bytes or text')
    }
    yield chunk
  }
}

/** Other streams than Node's own may have an iterator that waits for ever, none, or `pipe` alone. */
function chunksOf(source: NodeJS.ReadableStream): AsyncIterable<unknown> {
  if (source instanceof Readable) return source
  const through = new PassThrough({ objectMode: true })
  if ('on' in source) {
    finished(source, { writable: false }, (error) => {
      if (error) through.destroy(error)
    })
  }
  source.pipe(through)
  return through
}

/** A generator that waits for a chunk can't be ended. Without an error: that is told to whoever called. */
function close(stream: object): void {
  if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy()
}

/** In memory of its own. */
function joined(pieces: readonly Buffer[], length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length)
  let offset = 0
  for (const piece of pieces) {
    bytes.set(piece, offset)
    offset += piece.length
  }
  return bytes
}

/**
 * All that comes out of `through` when `source` is written into it. Rejects with the error of either, and closes the
 * source then, whatever it waits for.
 */
export async function readThrough(
  source: NodeJS.ReadableStream,
  through: NodeJS.ReadWriteStream,
): Promise<Buffer> {
  if (!source.readable) throw new InputError('INVALID_ARGUMENT', 'The stream has ended or was destroyed')
  const pieces: Buffer[] = []
  let length = 0
  const sink = new Writable({
    write(piece: Buffer, _encoding, done) {
      pieces.push(piece)
      length += piece.length
      done()
    },
  })
  const chunks = chunksOf(source)
  let isOpen = true
  function closeSource(): void {
    if (!isOpen) return
    isOpen = false
    close(chunks)
    close(source)
  }
  // From Node 22 on, the pipeline waits for the source's next chunk before it says that `through` failed.
  finished(through, (error) => {
    if (error) closeSource()
  })
  try {
    await pipeline(checked(chunks), through, sink)
    return joined(pieces, length)
  } catch (error) {
    closeSource()
    throw error
  } finally {
    // They may be plaintext, and it may not be authentic as a whole.
    for (const piece of pieces) piece.fill(0)
  }
}
