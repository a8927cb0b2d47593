import { KeyringError } from '../errors.js'
import { checkGetOptions, findServed, requireContext } from './get.js'
import type { MessageStream } from './message-stream.js'
import { nothingServed } from './not-served.js'
import type { StoreParts } from './parts.js'
import { readStreamed } from './read-streamed.js'
import { reading, type Reading } from './reading.js'
import { refusesBytes } from './refuses-bytes.js'
import type { GetOptions } from './operation-options.js'
import type { StreamedEntry } from './entry.js'

/** See Store.getStream. `over` is called when the stream that this resolves with is read, closed, or aborted. */
export async function getStream(
  parts: StoreParts,
  name: string,
  options: GetOptions = {},
  over?: () => void,
): Promise<StreamedEntry> {
  const { context, signal } = checkGetOptions(name, options)
  const run = reading(parts, name, signal, readStreamed)
  const served = await findServed(run, options)
  const { message: stream, revision } = served
  if (!stream) throw new Error('A copy that was read as a stream has no stream.')
  try {
    signal?.throwIfAborted()
    requireContext(run, served, context)
  } catch (error) {
    stream.close()
    throw error
  }
  if (over) stream.closed.addEventListener('abort', over, { once: true })
  return {
    name,
    revision,
    get digest() {
      return stream.source.digest
    },
    get size() {
      return stream.source.size
    },
    context: served.context,
    get servedBy() {
      return stream.source.location.id
    },
    get failures() {
      return [...run.failures.list]
    },
    body: once(
      () =>
        stream.plaintext({
          // Before, nobody knows that these are the bytes of the digest.
          onEnd() {
            parts.floors.raise(name, { revision, digest: stream.source.digest })
            // In the background even where a get would wait: the reader has its bytes.
            void parts.readRepair?.after(parts, { name, revision }, run.failures.list, signal)
          },
          exhausted: (error) => exhausted(run, revision, error),
        }),
      stream,
    ),
    close: () => stream.close(),
  }
}

function exhausted(run: Reading, revision: number, error: unknown): unknown {
  if (error instanceof KeyringError && !refusesBytes(error)) return error
  return nothingServed(run, 'UNREADABLE', `no location can give the rest of revision ${revision}`)
}

/** A generator that was never asked for a piece does nothing on `return`: the location would never be let go. */
function once(start: () => AsyncIterableIterator<Buffer>, stream: MessageStream): AsyncIterable<Uint8Array> {
  const pieces = start()
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => pieces.next(),
      async return() {
        stream.close()
        await pieces.return?.()
        return { done: true, value: undefined }
      },
    }),
  }
}
