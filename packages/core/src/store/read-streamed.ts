import { sealedBlob } from '../backend/sealed-blob.js'
import { ask } from './ask.js'
import { dropBody } from './blob-bytes.js'
import { linkAbort } from './link-abort.js'
import { messageStream } from './message-stream.js'
import { checkSize, collectUpTo } from './read-copy.js'
import type { CopyReader } from './reading.js'
import { claimsOf, maxTombstoneBytes } from './tombstone.js'

/** Opens copies as streams: that their bytes are those of their record is known only in the end, of small ones before. */
export const readStreamed: CopyReader = async (run, location, slot, asking) => {
  const { parts, failures, signal } = run
  const seen = run.floor?.revision === slot.revision ? run.floor.digest : undefined
  // The body outlives the question that finds it.
  const calls = new AbortController()
  const found = linkAbort(calls, asking)
  const drop = (): void => {
    found()
    calls.abort()
  }
  try {
    const read = () => location.read(slot, { signal: calls.signal })
    const stored = await ask(location, 'read', asking, read, dropBody)
    if (!stored) {
      found()
      return undefined
    }
    const { digest, size } = stored
    try {
      checkSize(location, stored)
    } catch (error) {
      dropBody(stored)
      throw error
    }
    // What may be a tombstone must be seen before it is opened. Larger ones are none.
    const small =
      size <= maxTombstoneBytes
        ? await ask(location, 'read', asking, () => collectUpTo(location, stored))
        : undefined
    const held = small && sealedBlob(small)
    const body = held?.stream() ?? stored.body
    return {
      blob: { digest },
      intact: held === undefined || held.digest === digest,
      identity: `${digest} ${location.id}`,
      claims: async () => held && claimsOf(held),
      drop() {
        drop()
        dropBody(stored)
      },
      async open() {
        try {
          const options = { parts, slot, digest: seen, failures, signal, calls }
          const stream = await messageStream({ location, digest, size, body }, options)
          found()
          const { context, binding } = stream.message
          return { plaintext: new Uint8Array(), context, binding, message: stream }
        } catch (error) {
          drop()
          // What was aborted before its first piece was asked for has closed nothing.
          dropBody(stored)
          throw error
        }
      },
    }
  } catch (error) {
    drop()
    throw error
  }
}
