import { createHash } from 'node:crypto'
import type { Backend, Slot } from '../backend/backend.js'
import { StoreError } from '../errors.js'
import { blobBytes, type Source } from './blob-bytes.js'
import { blobSupply } from './blob-supply.js'
import type { FailureLog } from './failure-log.js'
import { linkAbort } from './link-abort.js'
import { openMessage, type OpenMessage } from './open-message.js'
import type { StoreParts } from './parts.js'

/** An entry that is being read as a stream, from one location and, where that fails, from the others. */
export interface MessageStream {
  /** Of the header. */
  readonly message: OpenMessage
  /** What is read now: location, digest, size. */
  readonly source: Source
  plaintext(options: PlaintextOptions): AsyncIterableIterator<Buffer>
  /** Let go of the location. Safe to repeat. */
  close(): void
  /** Aborted when it is closed, by whatever. */
  readonly closed: AbortSignal
}

export interface PlaintextOptions {
  /** Called when all is authentic, and the bytes were those of the digest. */
  readonly onEnd: () => void
  /** What the iteration fails with when no location can go on. */
  readonly exhausted: (lastError: unknown) => unknown
}

export interface MessageStreamOptions {
  readonly parts: StoreParts
  readonly slot: Slot
  /** The only digest that will do, where one was seen before. */
  readonly digest: string | undefined
  readonly failures: FailureLog
  /** Of the caller: as long as anything is read. */
  readonly signal: AbortSignal | undefined
  /** With whose signal the first source was asked; ends all that is read. */
  readonly calls: AbortController
}

/** Open a blob as a stream, from one location. Rejects with why its copy doesn't open. */
export async function messageStream(
  first: Source,
  { parts, slot, digest, failures, signal, calls }: MessageStreamOptions,
): Promise<MessageStream> {
  const unlink = linkAbort(calls, signal)
  const supply = blobSupply(parts.locations, slot, { first, failures, signal: calls.signal })

  function open(source: Source): Promise<OpenMessage> {
    const bytes = blobBytes(source, { slot, signal: calls.signal, supply })
    return openMessage(parts, slot, bytes, calls.signal)
  }

  /**
   * The same message from its start, from another location than the one whose bytes turned out wrong. Not of the same digest:
   * where a service vouches for what it holds, damage takes the record along.
   */
  async function reopen(
    wrong: Backend,
    cause: unknown,
  ): Promise<{ location: Backend; message: OpenMessage }> {
    let location = wrong
    let error = cause
    for (;;) {
      supply.giveUp(location, error)
      const source = await supply.another({ offset: 0, digest }, error)
      ;({ location } = source)
      try {
        const opened = await open(source)
        if (opened.isSame(message)) return { location, message: opened }
        opened.close()
        error = otherMessage(location, slot)
      } catch (failure) {
        calls.signal.throwIfAborted()
        error = failure
      }
    }
  }

  const message = await open(first).catch((error: unknown) => {
    unlink()
    throw error
  })
  let reading = { location: first.location, message }

  function close(): void {
    unlink()
    reading.message.close()
    calls.abort()
  }

  async function* plaintext({ onEnd, exhausted }: PlaintextOptions): AsyncGenerator<Buffer> {
    // Who holds the data key could have made what was given, and its location's record, too.
    const given = createHash('sha256')
    let length = 0
    try {
      for (;;) {
        const pieces = sameStart(reading, length, length > 0 ? given.copy().digest() : undefined, slot)
        const next = () => pieces.next().catch((error: unknown) => ({ error }))
        let piece = await next()
        while (!('error' in piece) && piece.done !== true) {
          given.update(piece.value)
          length += piece.value.byteLength
          yield piece.value
          piece = await next()
        }
        if (!('error' in piece)) return onEnd()
        calls.signal.throwIfAborted()
        reading.message.close()
        try {
          reading = await reopen(reading.location, piece.error)
        } catch (error) {
          calls.signal.throwIfAborted()
          throw exhausted(error)
        }
      }
    } finally {
      close()
    }
  }

  return {
    message,
    get source() {
      return supply.current
    },
    close,
    closed: calls.signal,
    plaintext,
  }
}

/** The plaintext behind the first bytes, which must have the digest. Fails with COPY_DIFFERS when they don't. */
async function* sameStart(
  { message, location }: { readonly message: OpenMessage; readonly location: Backend },
  length: number,
  digest: Buffer | undefined,
  slot: Slot,
): AsyncGenerator<Buffer> {
  const start = createHash('sha256')
  let known = length
  for await (const piece of message.plaintext) {
    const rest = piece.subarray(known)
    if (known > 0) {
      start.update(piece.subarray(0, known))
      known -= piece.byteLength - rest.byteLength
      if (known === 0 && digest?.equals(start.digest()) === false) throw otherMessage(location, slot)
    }
    if (rest.byteLength > 0) yield rest
  }
  if (known > 0) throw otherMessage(location, slot)
}

function otherMessage({ id }: Backend, { name, revision }: Slot): StoreError {
  return new StoreError(
    'COPY_DIFFERS',
    `"${id}" holds another message as ${JSON.stringify(name)} revision ${revision} than what was read before.`,
    { details: { location: id, name, revision } },
  )
}
