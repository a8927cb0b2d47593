import { opendir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '../errors.js'
import type { NamesFilter, Page } from './backend.js'
import { errnoOf } from './file-errors.js'
import { decodeName, encodeName, isCut, revisionOf, revisionsFolder } from './file-layout.js'
import { passesFilter } from './shard-of.js'

/** Folders that one page looks into at most: what a page costs when few names pass the filter. */
const foldersPerPage = 20_000
/** Folders that are read at the same time. */
const foldersAtOnce = 16

interface Folder {
  readonly path: readonly string[]
  /** Set when the folder belongs to a name that has a revision. */
  readonly name: string | undefined
  readonly children: readonly string[]
}

/**
 * A page of names: the folders of a location in order, parents first. The cursor is the path of the last folder
 * that was looked into. Rejects with ENOENT when the root is missing.
 */
export async function pageOfNames(
  root: string,
  options: NamesFilter & { limit: number; cursor?: string | undefined; signal?: AbortSignal | undefined },
): Promise<Page<string>> {
  const after = options.cursor === undefined ? undefined : parseCursor(options.cursor)
  const items: string[] = []
  let visited = 0
  for await (const { path, name } of walk(root, await look(root, []), after, options)) {
    if (name !== undefined && passesFilter(name, options)) items.push(name)
    if (items.length === options.limit || ++visited === foldersPerPage)
      return { items, cursor: path.join('/') }
  }
  return { items }
}

function parseCursor(cursor: string): string[] {
  const path = cursor.split('/')
  if (path.some((piece) => !/^[a-z0-9._%+-]+$/.test(piece)))
    throw new InputError('INVALID_ARGUMENT', 'This cursor is not of a listing of names in a file location.')
  return path
}

/** The folders below `folder` that come after the path `after`, in order. */
async function* walk(
  root: string,
  folder: Folder,
  after: readonly string[] | undefined,
  options: NamesFilter & { signal?: AbortSignal | undefined },
): AsyncGenerator<Folder> {
  const depth = folder.path.length
  const first = after?.[depth]
  const children = folder.children
    .filter((child) => first === undefined || child >= first)
    .filter((child) => mayLead([...folder.path, child], options.prefix ?? ''))
  for (let i = 0; i < children.length; i += foldersAtOnce) {
    options.signal?.throwIfAborted()
    const batch = children.slice(i, i + foldersAtOnce)
    const folders = await Promise.all(batch.map((child) => look(root, [...folder.path, child])))
    for (const next of folders) {
      // The cursor's own path was visited, and so were the folders above it.
      const onPath = after !== undefined && next.path.at(-1) === first
      if (!onPath) yield next
      yield* walk(root, next, onPath ? after : undefined, options)
    }
  }
}

/** Whether names that start with `prefix` may lie at this path or below. */
function mayLead(path: readonly string[], prefix: string): boolean {
  if (isCut(path.at(-1) ?? '')) return true
  const name = decodeName(path)
  return name !== undefined && (name.startsWith(prefix) || prefix.startsWith(`${name}/`))
}

async function look(root: string, path: readonly string[]): Promise<Folder> {
  const folder = join(root, ...path)
  const entries = await readdir(folder, { withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  const children = folders.filter((name) => !name.startsWith('@')).toSorted()
  const named = folders.includes(revisionsFolder) && (await hasRevision(join(folder, revisionsFolder)))
  return { path, name: named ? decodeName(path) : undefined, children }
}

async function hasRevision(folder: string): Promise<boolean> {
  for await (const { name } of await opendir(folder)) if (revisionOf(name) !== undefined) return true
  return false
}

/** The revisions in the folder of a name, ascending; none when there is no such folder. */
export async function revisionsIn(root: string, name: string): Promise<number[]> {
  try {
    const files = await readdir(join(root, ...encodeName(name), revisionsFolder))
    return files
      .map(revisionOf)
      .filter((revision) => revision !== undefined)
      .toSorted((a, b) => a - b)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw error
  }
}
