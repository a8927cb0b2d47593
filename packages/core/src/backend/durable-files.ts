import { createHash, randomUUID } from 'node:crypto'
import { link, mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errnoOf } from './file-errors.js'
import { temporaryFolder } from './file-layout.js'

/** Writes of whole files below one folder, which survive a crash once they are acknowledged. */
export interface DurableFiles {
  /** Write a complete temporary file. The caller passes it on to `discard` in the end. */
  write(pieces: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined): Promise<WrittenFile>
  /** Give a temporary file its name, unless that name is taken: then false. Not durable before `settle`. */
  publish(file: WrittenFile, path: string): Promise<boolean>
  /** Make durable that `path` exists, and all folders above it. */
  settle(path: string): Promise<void>
  /** Put an empty file in the place of one. Who has the old one open keeps it. */
  blank(path: string): Promise<void>
  discard(file: WrittenFile): Promise<void>
}

export interface WrittenFile {
  readonly path: string
  readonly digest: string
  readonly size: number
}

const abandonedAfter = 24 * 3600_000
const sweepEvery = 3600_000
const sweepAtMost = 1000

/** `root` must exist, or is made when `createRoot`. Folders are made with mode 0700, files with 0600. */
export function durableFiles(root: string, createRoot: boolean): DurableFiles {
  // Folders known to be durable. Only saves work: emptied when it has grown.
  const settled = new Set<string>()
  let sweepAt = 0

  /** Make a folder below the root, and those above it. */
  async function ensureFolder(path: string): Promise<void> {
    try {
      await mkdir(path, { mode: 0o700 })
      settled.delete(path)
    } catch (error) {
      const errno = errnoOf(error)
      if (errno === 'EEXIST') return
      if (errno !== 'ENOENT' || path === root) throw error
      await ensureParent(path)
      await ensureFolder(path)
    }
  }

  async function ensureParent(path: string): Promise<void> {
    const parent = dirname(path)
    if (parent !== root) return ensureFolder(parent)
    if (!createRoot) await stat(root)
    const first = await mkdir(root, { recursive: true, mode: 0o700 })
    if (first !== undefined) await syncFolder(dirname(first))
  }

  async function settle(path: string): Promise<void> {
    const folder = dirname(path)
    await syncFolder(folder)
    for (let each = folder; each !== root && !settled.has(each); each = dirname(each)) {
      await syncFolder(dirname(each))
      if (settled.size > 10_000) settled.clear()
      settled.add(each)
    }
  }

  async function write(pieces: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined) {
    const folder = join(root, temporaryFolder)
    await ensureFolder(folder)
    if (Date.now() >= sweepAt) {
      sweepAt = Date.now() + sweepEvery
      await sweep(folder)
    }
    const path = join(folder, randomUUID())
    const handle = await open(path, 'wx', 0o600)
    try {
      const hash = createHash('sha256')
      let size = 0
      for await (const piece of pieces) {
        signal?.throwIfAborted()
        await handle.writeFile(piece)
        hash.update(piece)
        size += piece.byteLength
      }
      signal?.throwIfAborted()
      await handle.sync()
      return { path, digest: hash.digest('hex'), size }
    } catch (error) {
      await discard({ path })
      throw error
    } finally {
      await handle.close()
    }
  }

  return {
    write,
    settle,
    discard,

    async publish(file, path) {
      await ensureFolder(dirname(path))
      try {
        await link(file.path, path)
        return true
      } catch (error) {
        // A network file system may repeat a link whose answer was lost, and then find its own.
        if (errnoOf(error) === 'EEXIST') return isSameFile(file.path, path)
        throw error
      }
    },

    async blank(path) {
      const empty = await write(nothing(), undefined)
      await rename(empty.path, path)
      await syncFolder(dirname(path))
    },
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** What can't be removed now is left to a later sweep. */
async function discard({ path }: { path: string }): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined)
}

/** Remove what crashed writers left, if it is old enough that nobody can still be writing it. */
async function sweep(folder: string): Promise<void> {
  let seen = 0
  for await (const { name } of await opendir(folder)) {
    if (++seen > sweepAtMost) return
    const path = join(folder, name)
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    )
    if (age > abandonedAfter) await discard({ path })
  }
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([stat(a, { bigint: true }), stat(b, { bigint: true })])
  return one.dev === other.dev && one.ino === other.ino
}

async function syncFolder(path: string): Promise<void> {
  // Windows opens no folders; NTFS journals its names by itself.
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
