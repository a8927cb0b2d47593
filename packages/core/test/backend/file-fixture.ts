import { fileBackend, type Slot } from '@sealring/core'
import type { BackendFixture } from '@sealring/core/conformance'
import { encodeName, revisionFile, revisionsFolder } from '#src/backend/file-layout.js'
import { existsSync } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Run something with a folder of its own. */
export async function inFolder<T>(run: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'sealring-file-'))
  try {
    return await run(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** The file of a revision, or of its replacement. */
export const pathOf = (directory: string, { name, revision }: Slot, generation = 0) =>
  join(directory, ...encodeName(name), revisionsFolder, revisionFile(revision, generation))

/** Flip one bit in the file that a slot is read from. */
export async function damageFile(directory: string, slot: Slot): Promise<void> {
  let generation = 0
  while (existsSync(pathOf(directory, slot, generation + 1))) generation++
  const handle = await open(pathOf(directory, slot, generation), 'r+')
  try {
    const position = (await handle.stat()).size >> 1
    const byte = Buffer.alloc(1)
    await handle.read(byte, 0, 1, position)
    byte[0]! ^= 1
    await handle.write(byte, 0, 1, position)
  } finally {
    await handle.close()
  }
}

export const fileFixture: BackendFixture = {
  capabilities: fileBackend({ id: 'file', directory: tmpdir() }).capabilities,
  async open() {
    const directory = await mkdtemp(join(tmpdir(), 'sealring-file-'))
    const open = () => fileBackend({ id: 'file', directory })
    return {
      backend: open(),
      reopen: async () => open(),
      damage: (slot) => damageFile(directory, slot),
      dispose: () => rm(directory, { recursive: true, force: true }),
    }
  },
}
