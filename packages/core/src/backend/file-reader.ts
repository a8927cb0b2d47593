import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import type { ByteRange, CallOptions, Slot, SlotStat, StoredBlob } from './backend.js'
import { clipRange } from './check-listing.js'
import { bodyOf, hashFile } from './file-pieces.js'
import { openSlot } from './file-slot.js'

/** Reads revisions, and vouches for their digests. */
export interface FileReader {
  /** Hash what a slot holds; with the number of its generation. */
  stat(
    slot: Slot,
    folder: string,
    signal: AbortSignal | undefined,
  ): Promise<{ stat: SlotStat; generation: number } | undefined>
  read(
    slot: Slot,
    folder: string,
    call: (CallOptions & { range?: ByteRange }) | undefined,
  ): Promise<StoredBlob | undefined>
}

/** Blobs up to this size are read in one go; larger ones are hashed first, then read a piece at a time. */
const readAtOnce = 1024 * 1024
const digestsKept = 1000

/** `translate` turns what a body fails with into what the caller is told. */
export function fileReader(translate: (error: unknown) => unknown): FileReader {
  // The digests of large files, by their identity: reading a blob range by range must not hash it each time.
  const digests = new Map<string, string>()

  async function readLarge(
    { name, revision }: Slot,
    handle: FileHandle,
    call: Parameters<FileReader['read']>[2],
  ): Promise<StoredBlob> {
    const { dev, ino, size, mtimeNs, ctimeNs } = await handle.stat({ bigint: true })
    const identity = [dev, ino, size, mtimeNs, ctimeNs].join(' ')
    const known = call?.range && digests.get(identity)
    const digest = known ?? (await hashFile(handle, call?.signal)).digest
    if (digests.size >= digestsKept) digests.clear()
    digests.set(identity, digest)
    const range = clipRange(call?.range, Number(size))
    const body = bodyOf(handle, range, call?.signal, translate)
    const attested = known === undefined
    return { name, revision, digest, size: Number(size), attested, versionToken: digest, body }
  }

  return {
    async stat({ name, revision }, folder, signal) {
      const open = await openSlot(folder, revision)
      if (!open) return undefined
      try {
        const { digest, size } = await hashFile(open.handle, signal)
        const stat = { name, revision, digest, size, attested: true, versionToken: digest }
        return { stat, generation: open.generation }
      } finally {
        await open.handle.close()
      }
    },

    async read(slot, folder, call) {
      const open = await openSlot(folder, slot.revision)
      if (!open) return undefined
      const { handle } = open
      let handedOver = false
      try {
        if ((await handle.stat()).size > readAtOnce) {
          const large = await readLarge(slot, handle, call)
          handedOver = true
          return large
        }
        const bytes = await handle.readFile()
        const digest = createHash('sha256').update(bytes).digest('hex')
        const { start, end } = clipRange(call?.range, bytes.byteLength)
        const { name, revision } = slot
        const stat = { name, revision, digest, size: bytes.byteLength, attested: true, versionToken: digest }
        return { ...stat, body: once(bytes.subarray(start, end)) }
      } finally {
        if (!handedOver) await handle.close()
      }
    },
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
