import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { InputError } from '../errors.js'

/** Old streams, too: all that client-node asks for is `readable` and `pipe`. */
export function isReadable(value: unknown): value is NodeJS.ReadableStream {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pipe' in value &&
    typeof value.pipe === 'function' &&
    'readable' in value
  )
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
  const readable = source instanceof Readable ? source : new Readable().wrap(source)
  await pipeline(readable, through, sink)
  return Buffer.concat(pieces)
}
