import { giveUp } from '../backend/give-up.js'
import { createHash, timingSafeEqual } from 'node:crypto'
import { Readable } from 'node:stream'
import { EnvelopeError, InputError } from '../errors.js'
import { unlessAborted } from '../envelope/unless-aborted.js'
import type { Plaintext } from './store.js'

/** A plaintext, by how it can be had: at once, as a stream again and again, or as a stream once. */
export type PlaintextSource =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  | { readonly kind: 'replayable' | 'once'; readonly open: () => AsyncIterable<unknown> }

const loneSurrogate = /\p{Cs}/u

/** Fails with INVALID_ARGUMENT: no plaintext, or a string whose lone surrogate has no UTF-8 form. */
export function plaintextSource(plaintext: Plaintext): PlaintextSource {
  if (plaintext instanceof Uint8Array) return { kind: 'whole', bytes: plaintext }
  if (typeof plaintext === 'string') {
    if (loneSurrogate.test(plaintext)) refuse('The plaintext is not well-formed Unicode: pass bytes instead.')
    return { kind: 'whole', bytes: Buffer.from(plaintext, 'utf8') }
  }
  if (typeof plaintext === 'function') return { kind: 'replayable', open: plaintext }
  if (isIterable(plaintext)) return { kind: 'once', open: () => plaintext }
  return refuse(
    'The plaintext must be a Uint8Array, a string, a stream, or a function that returns a stream.',
  )
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

/** Hashes a plaintext piece by piece. The hash is never kept or shown: it would let anybody try guesses. */
export function plaintextHash() {
  const hash = createHash('sha256')
  let size = 0
  return {
    update(piece: Uint8Array): void {
      hash.update(piece)
      size += piece.byteLength
    },
    /** Whether the plaintext is that of the source. Fails as `piecesOf` does. */
    async isThatOf(source: PlaintextSource, signal: AbortSignal | undefined): Promise<boolean> {
      const other = plaintextHash()
      const pieces = source.kind === 'whole' ? [source.bytes] : piecesOf(source.open, signal)
      for await (const piece of pieces) other.update(piece)
      return other.equals(size, hash.digest())
    },
    equals: (length: number, digest: Uint8Array): boolean =>
      size === length && timingSafeEqual(hash.digest(), digest),
  }
}

/**
 * The pieces of a caller's stream, which is closed in the end. Fails with SOURCE_FAILED (`cause` is what it threw, or says
 * that it was read before), INVALID_ARGUMENT (no stream of bytes), or the signal's reason, whatever it waits for.
 */
export async function* piecesOf(
  open: () => AsyncIterable<unknown>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const { source, pieces } = opened(open)
  let ended = false
  const next = async (): Promise<IteratorResult<unknown>> => {
    try {
      return await unlessAborted(Promise.resolve(pieces.next()), signal)
    } catch (cause) {
      signal?.throwIfAborted()
      ended = true
      throw sourceFailed(cause)
    }
  }
  try {
    for (;;) {
      const { done, value } = await next()
      if (done === true) {
        ended = true
        return
      }
      if (!(value instanceof Uint8Array)) refuse('The plaintext stream gives something else than bytes.')
      yield value
    }
  } finally {
    if (!ended) close(source, pieces)
  }
}

interface OpenedSource {
  readonly source: AsyncIterable<unknown>
  readonly pieces: AsyncIterator<unknown>
}

/** Streams that were begun. A spent one ends at once, as an empty one does, and most don't tell which of the two they are. */
const begun = new WeakSet<object>()

function opened(open: () => AsyncIterable<unknown>): OpenedSource {
  let source: unknown
  try {
    source = open()
  } catch (cause) {
    throw sourceFailed(cause)
  }
  if (!isIterable(source)) return refuse('The plaintext function must return a stream of bytes.')
  if (begun.has(source) || isDisturbed(source)) throw sourceFailed(new Error(readBefore))
  begun.add(source)
  try {
    return { source, pieces: source[Symbol.asyncIterator]() }
  } catch (cause) {
    // Somebody else reads it: a web stream that is locked.
    throw sourceFailed(cause)
  }
}

const readBefore =
  'The stream was read before: put a new one, or pass a function that returns a new one each time it is called.'

/** Streams of Node and of the web know when somebody else has read them. */
function isDisturbed(source: object): boolean {
  return isStream(source) && Readable.isDisturbed(source)
}

/** Also of the web, which isDisturbed takes, but its type does not. */
function isStream(source: object): source is NodeJS.ReadableStream {
  return source instanceof Readable || source instanceof ReadableStream
}

/** Without waiting: what it is stuck in may never end, and then a generator's `return` doesn't either. */
function close(source: AsyncIterable<unknown>, pieces: AsyncIterator<unknown>): void {
  if ('destroy' in source && typeof source.destroy === 'function') source.destroy()
  giveUp(pieces)
}

function sourceFailed(cause: unknown): EnvelopeError {
  return new EnvelopeError('SOURCE_FAILED', 'The stream of the plaintext failed. Nothing was written.', {
    cause,
  })
}

function refuse(message: string): never {
  throw new InputError('INVALID_ARGUMENT', message)
}
