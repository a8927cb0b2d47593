import type { Backend } from '../backend/backend.js'
import { BackendError, StoreError } from '../errors.js'
import type { FailureLog } from './failure-log.js'
import { bytesFrom, messageBytes, type Sought, type Source } from './message-bytes.js'
import { openMessage, type OpenMessage } from './open-message.js'
import type { StoreParts } from './parts.js'

/** An entry that is being read as a stream, from one location and, where that fails, from the others. */
export interface MessageStream {
  readonly message: OpenMessage
  readonly size: number
  /** The location that is read from now. */
  readonly location: Backend
  /** Iterated once. Fails with the signal's reason, or when no location can go on with what `exhausted` makes of it. */
  plaintext(options: PlaintextOptions): AsyncIterableIterator<Buffer>
  /** Let go of the location. Safe to repeat. */
  close(): void
}

export interface PlaintextOptions {
  readonly onEnd: () => void
  readonly exhausted: (lastError: unknown) => unknown
}

export interface MessageStreamOptions {
  readonly parts: StoreParts
  readonly failures: FailureLog
  readonly signal: AbortSignal | undefined
}

/**
 * Open a blob at a location as a stream. `opening` aborts until the header is authentic, the signal of the options
 * as long as anything is read. Rejects with why this location's copy doesn't open.
 */
export async function messageStream(
  { parts, failures, signal }: MessageStreamOptions,
  sought: Sought,
  first: Source & { readonly stop: () => void },
  opening: AbortSignal | undefined,
): Promise<MessageStream> {
  const { slot } = sought
  const calls = new AbortController()
  // The first body was asked for before.
  calls.signal.addEventListener('abort', first.stop)
  const abort = (): void => calls.abort(signal?.reason ?? opening?.reason)
  const unlink = [signal, opening].map((each) => {
    if (each?.aborted === true) abort()
    each?.addEventListener('abort', abort)
    return () => each?.removeEventListener('abort', abort)
  })
  /** Locations that could not be read, and those whose bytes, read from the start, turned out wrong. */
  const out = new Set<Backend>()
  let starter: Backend | undefined
  let current: Source = first

  const log = (location: Backend, error: unknown): void =>
    failures.add(location, error instanceof BackendError ? error.operation : 'open', error)

  /** The nearest location that is left. */
  async function another(offset: number, lastError: unknown): Promise<Source> {
    for (const location of parts.locations) {
      if (out.has(location)) continue
      try {
        return (current = await bytesFrom(location, sought, offset, calls.signal))
      } catch (error) {
        calls.signal.throwIfAborted()
        out.add(location)
        log(location, error)
      }
    }
    throw lastError
  }

  /** The bytes of one attempt. */
  const bytes = (source: Source): AsyncIterable<Uint8Array> => {
    starter = source.location
    return messageBytes(source, {
      sought,
      signal: calls.signal,
      next(failed, error, offset) {
        out.add(failed.location)
        log(failed.location, error)
        return another(offset, error)
      },
    })
  }

  const open = (source: Source) => openMessage(parts, slot, bytes(source), calls.signal)

  /** From the start, at another location than the one whose bytes were wrong. */
  async function reopen(cause: unknown): Promise<OpenMessage> {
    let error = cause
    for (;;) {
      if (starter && !out.has(starter)) {
        out.add(starter)
        log(starter, error)
      }
      const source = await another(0, error)
      try {
        const opened = await open(source)
        if (opened.isSame(message)) return opened
        opened.close()
        error = otherMessage(source.location, sought)
      } catch (failure) {
        calls.signal.throwIfAborted()
        error = failure
      }
    }
  }

  let message: OpenMessage
  try {
    message = await open(first)
  } catch (error) {
    for (const each of unlink) each()
    const aborted = calls.signal.aborted
    calls.abort()
    if (aborted) throw signal?.aborted === true ? signal.reason : (opening?.reason ?? error)
    throw error
  }
  unlink[1]?.()
  let reading = message

  function close(): void {
    for (const each of unlink) each()
    reading.close()
    calls.abort()
  }

  async function* plaintext({ onEnd, exhausted }: PlaintextOptions): AsyncGenerator<Buffer> {
    let delivered = 0
    try {
      for (;;) {
        let skip = delivered
        const pieces = reading.plaintext[Symbol.asyncIterator]()
        let failure: { readonly error: unknown } | undefined
        for (;;) {
          const next = await pieces.next().catch((error: unknown) => ({ error }))
          if ('error' in next) {
            failure = next
            break
          }
          if (next.done === true) break
          const fresh = next.value.subarray(skip)
          skip -= next.value.byteLength - fresh.byteLength
          delivered += fresh.byteLength
          if (fresh.byteLength > 0) yield fresh
        }
        if (!failure) {
          onEnd()
          return
        }
        calls.signal.throwIfAborted()
        reading.close()
        try {
          reading = await reopen(failure.error)
        } catch (error) {
          calls.signal.throwIfAborted()
          throw exhausted(error)
        }
      }
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason
      throw error
    } finally {
      close()
    }
  }

  return {
    message,
    size: sought.size,
    get location() {
      return current.location
    },
    close,
    plaintext: (options) => plaintext(options),
  }
}

function otherMessage({ id }: Backend, { slot, digest }: Sought): StoreError {
  return new StoreError(
    'COPY_DIFFERS',
    `"${id}" holds another message as ${JSON.stringify(slot.name)} revision ${slot.revision} than its record says.`,
    { details: { location: id, ...slot, digest } },
  )
}
