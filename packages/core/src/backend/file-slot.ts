import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf } from './file-errors.js'
import { revisionFile } from './file-layout.js'

/** The file that a revision is read from, open. */
export interface OpenSlot {
  readonly handle: FileHandle
  readonly generation: number
}

/**
 * Open the current generation of a revision. A generation, once there, never changes before the next one is
 * there, and numbers have no gaps: so the last one that can be opened was current when its successor was
 * looked for.
 */
export async function openSlot(folder: string, revision: number): Promise<OpenSlot | undefined> {
  let current: OpenSlot | undefined
  for (let generation = 0; ; generation++) {
    const handle = await openIfThere(join(folder, revisionFile(revision, generation)), current)
    if (!handle) return current
    await current?.handle.close()
    current = { handle, generation }
  }
}

async function openIfThere(path: string, current: OpenSlot | undefined): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    await current?.handle.close()
    throw error
  }
}
