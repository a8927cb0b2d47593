import type { Backend, SealedBlob, Slot } from '../backend/backend.js'
import { sealedBlob } from '../backend/sealed-blob.js'
import { BackendError } from '../errors.js'
import type { Binding } from './binding.js'
import { dropBody } from '../backend/give-up.js'
import { linkAbort } from './link-abort.js'
import { messageStream } from './message-stream.js'
import { blobAt, collectUpTo } from './read-copy.js'
import { readStored, takeIn } from './read-stored.js'
import type { CopyReader } from './reading.js'
import { claimsOf, maxTombstoneBytes } from './tombstone.js'

/** What may be a tombstone is seen before it is opened; one that has a large header is read anew for that, which is rare. */
const heldUpTo = 16_384

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
    const stored = await readStored(location, slot, { signal: calls.signal, asking })
    if (!stored) {
      found()
      return undefined
    }
    const { digest, size } = stored
    const small =
      size <= heldUpTo
        ? await takeIn(location, stored, asking, () => collectUpTo(location, stored))
        : undefined
    const held = small && sealedBlob(small)
    const body = held?.stream() ?? stored.body
    return {
      blob: { digest },
      intact: held === undefined || held.digest === digest,
      identity: `${digest} ${location.id}`,
      claims: async () => {
        if (held) return claimsOf(held)
        return size <= maxTombstoneBytes ? claimsAt(location, slot, { digest, size }, signal) : undefined
      },
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

async function claimsAt(
  location: Backend,
  slot: Slot,
  stored: Pick<SealedBlob, 'digest' | 'size'>,
  signal: AbortSignal | undefined,
): Promise<Binding | undefined> {
  try {
    return await claimsOf(blobAt(location, slot, stored, signal))
  } catch (error) {
    if (error instanceof BackendError) return undefined
    throw error
  }
}
