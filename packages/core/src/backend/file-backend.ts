import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { BackendError } from '../errors.js'
import type { Backend, CreateResult, Page, SealedBlob, Slot, SlotStat } from './backend.js'
import { checkBlob } from './check-blob.js'
import { checkNamesFilter, checkPage, clipRange } from './check-listing.js'
import { checkBackendId, checkSlot } from './check-slot.js'
import { durableFiles, type WrittenFile } from './durable-files.js'
import { checkNameGrammar, checkRevision } from './entry-name.js'
import { fileError } from './file-errors.js'
import { fileGuard } from './file-guard.js'
import { encodeName, revisionFile, revisionsFolder } from './file-layout.js'
import { pageOfNames, revisionsIn } from './file-names.js'
import { fileReader } from './file-reader.js'
import { fileSidecars } from './file-sidecars.js'

export interface FileBackendOptions {
  /** Stable id of the location. */
  id: string
  /** The folder that holds the location. */
  directory: string
  /**
   * Make the folder with the first write, and take its absence for an empty location. Default false: the folder
   * must exist, otherwise every call fails with LOCATION_NOT_FOUND, so that a disk which isn't mounted is
   * neither mistaken for an empty location nor written beside.
   */
  createDirectory?: boolean
}

/** Revisions that a page hashes at the same time. */
const hashedAtOnce = 4

/**
 * A backend that keeps each revision in a file of its own, which holds exactly the sealed bytes. Several
 * processes may use one folder. What was acknowledged has been forced to the disk, with the folders above it.
 * Files have mode 0600, folders 0700. The file system must have hard links; it may fold case or normalise
 * Unicode. What a killed writer left under `@tmp` is removed by a later write, a day on.
 *
 * Digests are attested: stat, latest, revisions and read hash the bytes that are there. Only the ranges of a
 * blob beyond 1 MiB may come with the digest that this backend object found before, while the file's identity
 * and times are the same (`attested: false`). The version token is the digest. Pages hold 10 000 names,
 * 100 revisions, 1000 sidecars by default.
 *
 * Errors: LOCATION_NOT_FOUND (the folder is missing or no folder), ACCESS_DENIED (also on a read-only file
 * system), UNREACHABLE (a network file system is away), THROTTLED (no handles or memory left), BLOB_TOO_LARGE,
 * BACKEND_FAILED (full disk and all else; `cause` is the system's error), OUTCOME_UNKNOWN (the file has its name
 * but could not be forced to the disk), INVALID_ARGUMENT (a blob contradicts its own digest or size).
 */
export function fileBackend(options: FileBackendOptions): Backend {
  const { id, createDirectory = false } = options
  checkBackendId(id)
  const root = resolve(options.directory)
  const capabilities = {
    maxBlobBytes: Number.MAX_SAFE_INTEGER,
    maxSidecarBytes: 1024 * 1024,
    range: true,
    conditionalCreate: true,
    conditionalReplace: true,
    durable: true,
  }
  const guard = fileGuard(id, root, createDirectory)
  const files = durableFiles(root, createDirectory)
  const reader = fileReader((error) => fileError(error, { backend: id, operation: 'read' }))
  const folderOf = (name: string) => join(root, ...encodeName(name), revisionsFolder)
  const fileOf = (slot: Slot, generation: number) =>
    join(folderOf(slot.name), revisionFile(slot.revision, generation))

  const look = (slot: Slot, signal: AbortSignal | undefined) => reader.stat(slot, folderOf(slot.name), signal)

  /** Write a blob under a temporary name, use it, and remove the temporary name. */
  async function withFile<T>(
    blob: SealedBlob,
    signal: AbortSignal | undefined,
    use: (file: WrittenFile) => Promise<T>,
  ): Promise<T> {
    const file = await files.write(blob.stream(), signal)
    try {
      checkBlob(blob, file)
      return await use(file)
    } finally {
      await files.discard(file)
    }
  }

  /** The answer to a create of an occupied slot, whose file may not be durable yet: its writer may have died. */
  async function existing(slot: Slot, signal: AbortSignal | undefined): Promise<CreateResult | undefined> {
    const found = await look(slot, signal)
    if (!found) return undefined
    await guard.settle('create', () => files.settle(fileOf(slot, 0)))
    const { digest, versionToken } = found.stat
    return { outcome: 'exists', digest, versionToken }
  }

  /** Empty the files that generation `current` has replaced; their names stay taken. */
  async function blankOlder(slot: Slot, current: number): Promise<void> {
    for (let generation = 0; generation < current; generation++) {
      const path = fileOf(slot, generation)
      if ((await stat(path)).size > 0) await files.blank(path)
    }
  }

  return {
    id,
    capabilities,

    create: (slot, blob, call) =>
      guard.run('create', call, async (signal) => {
        checkSlot(slot)
        guard.refuseLarge('create', blob.size, capabilities.maxBlobBytes)
        const there = await existing(slot, signal)
        if (there) return there
        return withFile<CreateResult>(blob, signal, async (file) => {
          const path = fileOf(slot, 0)
          if (await files.publish(file, path)) {
            await guard.settle('create', () => files.settle(path))
            return { outcome: 'created', versionToken: file.digest }
          }
          const winner = await existing(slot, signal)
          if (winner) return winner
          throw new BackendError('BACKEND_FAILED', `Location "${id}": the slot was emptied by somebody.`, {
            backend: id,
            operation: 'create',
            retryable: true,
          })
        })
      }),

    read: (slot, call) =>
      guard.run('read', call, async () => {
        checkSlot(slot)
        clipRange(call?.range, 0)
        return (await reader.read(slot, folderOf(slot.name), call)) ?? guard.absent('read')
      }),

    stat: (slot, call) =>
      guard.run('stat', call, async (signal) => {
        checkSlot(slot)
        return (await look(slot, signal))?.stat ?? guard.absent('stat')
      }),

    latest: (name, call) =>
      guard.run('latest', call, async (signal) => {
        checkNameGrammar(name)
        const revision = (await revisionsIn(root, name)).at(-1)
        if (revision === undefined) return guard.absent('latest')
        return (await look({ name, revision }, signal))?.stat
      }),

    revisions: (name, call) =>
      guard.run('revisions', call, async (signal): Promise<Page<SlotStat>> => {
        checkNameGrammar(name)
        const limit = checkPage(call, 100)
        const after = Number(call?.cursor ?? 0)
        if (call?.cursor !== undefined) checkRevision(after)
        const all = await revisionsIn(root, name)
        if (all.length === 0) await guard.absent('revisions')
        const rest = all.filter((revision) => revision > after)
        const page = rest.slice(0, limit)
        const items: SlotStat[] = []
        for (let i = 0; i < page.length; i += hashedAtOnce) {
          const slots = page.slice(i, i + hashedAtOnce).map((revision) => ({ name, revision }))
          const found = await Promise.all(slots.map((slot) => look(slot, signal)))
          items.push(...found.flatMap((each) => (each ? [each.stat] : [])))
        }
        return rest.length > limit ? { items, cursor: String(page.at(-1)) } : { items }
      }),

    names: (call) =>
      guard.run('names', call, async (): Promise<Page<string>> => {
        checkNamesFilter(call)
        const limit = checkPage(call, 10_000)
        return (await guard.hasRoot('names')) ? pageOfNames(root, { ...call, limit }) : { items: [] }
      }),

    replace: (slot, blob, call) =>
      guard.run('replace', call, async (signal) => {
        checkSlot(slot)
        guard.refuseLarge('replace', blob.size, capabilities.maxBlobBytes)
        const found = await look(slot, signal)
        if (!found) {
          await guard.absent('replace')
          return { outcome: 'changed' }
        }
        const { stat, generation } = found
        if (stat.versionToken !== call.expect) {
          await blankOlder(slot, generation)
          return { outcome: 'changed' }
        }
        return withFile(blob, signal, async (file) => {
          // Only one replacer can have this name, and nobody gives it up.
          const path = fileOf(slot, generation + 1)
          if (!(await files.publish(file, path))) return { outcome: 'changed' }
          await guard.settle('replace', async () => {
            await files.settle(path)
            await blankOlder(slot, generation + 1)
          })
          return { outcome: 'replaced', versionToken: file.digest }
        })
      }),

    // What a replace finds in place of an older generation it empties (`blankOlder`), also after a death in between.
    purge: (slot, call) =>
      guard.run('purge', call, async (signal) => {
        checkSlot(slot)
        const found = await look(slot, signal)
        if (found) await blankOlder(slot, found.generation)
        else await guard.absent('purge')
        return { retained: [] }
      }),

    ...fileSidecars(folderOf, files, guard, capabilities.maxSidecarBytes),
  }
}
