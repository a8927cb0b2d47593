import { ask } from './ask.js'
import { dropBody } from './message-bytes.js'
import { messageStream } from './message-stream.js'
import { checkSize } from './read-copy.js'
import type { CopyReader } from './reading.js'

/** Opens copies as streams: that their bytes are those of their record is known only in the end. */
export const readStreamed: CopyReader = async (run, location, slot, opening) => {
  const { parts, failures, signal } = run
  // The body outlives the question that finds it: it is aborted by the caller's signal only.
  const calls = new AbortController()
  const abort = (): void => calls.abort(opening?.reason)
  if (opening?.aborted === true) abort()
  opening?.addEventListener('abort', abort)
  const stored = await ask(location, 'read', opening, () =>
    location.read(slot, { signal: calls.signal }),
  ).finally(() => opening?.removeEventListener('abort', abort))
  if (!stored) return undefined
  const { digest, size } = stored
  const drop = (): void => {
    calls.abort()
    dropBody(stored)
  }
  try {
    checkSize(location, stored)
  } catch (error) {
    drop()
    throw error
  }
  return {
    blob: { digest },
    intact: true,
    identity: `${digest} ${location.id}`,
    drop,
    async open() {
      const first = { location, body: stored.body, stop: () => calls.abort() }
      const message = await messageStream({ parts, failures, signal }, { slot, digest, size }, first, opening)
      return {
        plaintext: new Uint8Array(),
        context: message.message.context,
        binding: message.message.binding,
        message,
      }
    },
  }
}
