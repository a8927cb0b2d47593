import type { Backend } from '../backend/backend.js'
import { StoreError } from '../errors.js'
import { blobBytes, type Sought, type Source } from './blob-bytes.js'
import { blobSupply } from './blob-supply.js'
import type { FailureLog } from './failure-log.js'
import { linkAbort } from './link-abort.js'
import { openMessage, type OpenMessage } from './open-message.js'
import type { StoreParts } from './parts.js'

/** An entry that is being read as a stream, from one location and, where that fails, from the others. */
export interface MessageStream {
  /** Of the header. */
  readonly message: OpenMessage
  /** Of the sealed bytes. */
  readonly size: number
  /** The location that is read from now. */
  readonly location: Backend
  plaintext(options: PlaintextOptions): AsyncIterableIterator<Buffer>
  /** Let go of the location. Safe to repeat. */
  close(): void
}

export interface PlaintextOptions {
  /** Called when all is authentic, and the bytes were those of the digest. */
  readonly onEnd: () => void
  /** What the iteration fails with when no location can go on. */
  readonly exhausted: (lastError: unknown) => unknown
}

export interface MessageStreamOptions {
  readonly parts: StoreParts
  readonly failures: FailureLog
  /** Of the caller: as long as anything is read. */
  readonly signal: AbortSignal | undefined
  /** With whose signal the first source was asked; ends all that is read. */
  readonly calls: AbortController
}

/** Open a blob as a stream, from one location. Rejects with why its copy doesn't open. */
export async function messageStream(
  sought: Sought,
  first: Source,
  { parts, failures, signal, calls }: MessageStreamOptions,
): Promise<MessageStream> {
  const unlink = linkAbort(calls, signal)
  const supply = blobSupply(parts.locations, sought, {
    first: first.location,
    failures,
    signal: calls.signal,
  })

  function open(source: Source): Promise<OpenMessage> {
    const bytes = blobBytes(source, { sought, signal: calls.signal, supply })
    return openMessage(parts, sought.slot, bytes, calls.signal)
  }

  /** The same message from its start, from another location than the one whose bytes turned out wrong. */
  async function reopen(
    wrong: Backend,
    cause: unknown,
  ): Promise<{ location: Backend; message: OpenMessage }> {
    let location = wrong
    let error = cause
    for (;;) {
      supply.giveUp(location, error)
      const source = await supply.another(0, error)
      ;({ location } = source)
      try {
        const opened = await open(source)
        if (opened.isSame(message)) return { location, message: opened }
        opened.close()
        error = otherMessage(location, sought)
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
    let delivered = 0
    try {
      for (;;) {
        // Authentic, and the same message: what was delivered is passed over.
        let known = delivered
        const pieces = reading.message.plaintext[Symbol.asyncIterator]()
        const next = () => pieces.next().catch((error: unknown) => ({ error }))
        let piece = await next()
        while (!('error' in piece) && piece.done !== true) {
          const fresh = piece.value.subarray(known)
          known -= piece.value.byteLength - fresh.byteLength
          delivered += fresh.byteLength
          if (fresh.byteLength > 0) yield fresh
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
    size: sought.size,
    get location() {
      return supply.current
    },
    close,
    plaintext,
  }
}

function otherMessage({ id }: Backend, { slot, digest }: Sought): StoreError {
  return new StoreError(
    'COPY_DIFFERS',
    `"${id}" holds another message as ${JSON.stringify(slot.name)} revision ${slot.revision} than its record says.`,
    { details: { location: id, ...slot, digest } },
  )
}
