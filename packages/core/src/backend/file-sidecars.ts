import { open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Backend, Slot } from './backend.js'
import { checkPage } from './check-listing.js'
import { checkSidecarKey, checkSidecarSlot } from './check-slot.js'
import type { DurableFiles } from './durable-files.js'
import { errnoOf } from './file-errors.js'
import type { FileGuard } from './file-guard.js'
import { sidecarFile, sidecarOf, sidecarsFolder } from './file-layout.js'
import { sealedBlob } from './sealed-blob.js'

type Sidecars = Pick<Backend, 'createSidecar' | 'readSidecar' | 'listSidecars' | 'deleteSidecar'>

/** The part of the file backend that keeps small documents beside the revisions in `folderOf(name)`. */
export function fileSidecars(
  folderOf: (name: string) => string,
  files: DurableFiles,
  guard: FileGuard,
  maxSidecarBytes: number,
): Sidecars {
  const folderBeside = ({ name, revision }: Slot) => join(folderOf(name), sidecarsFolder(revision))

  return {
    createSidecar: (key, bytes, call) =>
      guard.run('createSidecar', call, async (signal) => {
        checkSidecarKey(key)
        guard.refuseLarge('createSidecar', bytes.byteLength, maxSidecarBytes)
        const path = join(folderBeside(key), sidecarFile(key))
        const file = await files.write(sealedBlob(bytes).stream(), signal)
        try {
          const created = await files.publish(file, path)
          await guard.settle('createSidecar', () => files.settle(path))
          return { outcome: created ? 'created' : 'exists' }
        } finally {
          await files.discard(file)
        }
      }),

    readSidecar: (key, call) =>
      guard.run('readSidecar', call, async (signal) => {
        checkSidecarKey(key)
        const path = join(folderBeside(key), sidecarFile(key))
        const file = await ifThere(open(path), () => guard.absent('readSidecar'))
        if (!file) return undefined
        try {
          // Whoever wrote it: it is held in memory.
          guard.refuseLarge('readSidecar', (await file.stat()).size, maxSidecarBytes)
          return await file.readFile({ signal })
        } finally {
          await file.close()
        }
      }),

    listSidecars: (slot, call) =>
      guard.run('listSidecars', call, async () => {
        checkSidecarSlot(slot)
        const limit = checkPage(call, 1000)
        const files = (await ifThere(readdir(folderBeside(slot)), () => guard.absent('listSidecars'))) ?? []
        const { name, revision } = slot
        const rest = files
          .filter((file) => sidecarOf(file) && file > (call?.cursor ?? ''))
          .toSorted((a, b) => (a < b ? -1 : 1))
        const page = rest.slice(0, limit)
        const items = page.flatMap((file) => {
          const key = sidecarOf(file)
          return key ? [{ name, revision, ...key }] : []
        })
        const last = page.at(-1)
        return rest.length > limit && last !== undefined ? { items, cursor: last } : { items }
      }),

    deleteSidecar: (key, call) =>
      guard.run('deleteSidecar', call, async () => {
        checkSidecarKey(key)
        const path = join(folderBeside(key), sidecarFile(key))
        const removed = await ifThere(
          rm(path).then(() => true),
          () => guard.absent('deleteSidecar'),
        )
        if (removed) await guard.settle('deleteSidecar', () => files.settle(path))
      }),
  }
}

async function ifThere<T>(found: Promise<T>, absent: () => Promise<undefined>): Promise<T | undefined> {
  try {
    return await found
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return absent()
    throw error
  }
}
