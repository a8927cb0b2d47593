import { PassThrough, Readable, Writable } from 'node:stream'
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

/** Old streams have no iterator, and imitations may have `pipe` alone. */
function chunksOf(source: NodeJS.ReadableStream): AsyncIterable<unknown> {
  if (source instanceof Readable) return source
  const through = new PassThrough({ objectMode: true })
  if ('on' in source) source.on('error', (error) => through.destroy(error))
  source.pipe(through)
  return through
}

/** All that comes out of `through` when `source` is written into it. Rejects with the error of either. */
export async function readThrough(
  source: NodeJS.ReadableStream,
  through: NodeJS.ReadWriteStream,
): Promise<Buffer> {
  if (!source.readable) throw new InputError('INVALID_ARGUMENT', 'The stream has ended or was destroyed')
  const pieces: Buffer[] = []
  const sink = new Writable({
    write(piece: Buffer, _encoding, done) {
      pieces.push(piece)
      done()
    },
  })
  await pipeline(checked(chunksOf(source)), through, sink)
  return Buffer.concat(pieces)
}
