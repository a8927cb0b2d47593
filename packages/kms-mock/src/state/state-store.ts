import { realpathSync } from 'node:fs'
import { KmsStateError } from '../errors.js'
import { acquireFileLock } from './file-lock.js'
import { carryUsages } from './key-usage.js'
import { checkFolder, ioError, readStateFile, stampOf, writeStateFile } from './state-file.js'
import type { KmsState } from './state.js'

/** Where the state lives. */
export interface StateStore {
  /** The present state, to look at. */
  read(): KmsState
  /** The state as it was read last, to see what it has that isn't written. */
  known(): KmsState
  /** Applies a change; when it resolves, the change is as lasting as this store is. What `apply` throws changes nothing. */
  change<T>(apply: (state: KmsState) => T): T | Promise<T>
}

/** A state that lives as long as the process. */
export const memoryStateStore = (state: KmsState): StateStore => ({
  read: () => state,
  known: () => state,
  change: (apply) => apply(state),
})

/** Options of {@link fileStateStore}. */
export interface FileStateStoreOptions {
  path: string
  /** Milliseconds. */
  lockTimeoutMs: number
  /** Makes the state that a missing file stands for. */
  initial: () => KmsState
  /** Completes a state that is about to be written. */
  beforeWrite: (state: KmsState) => void
}

const resolvePath = (path: string): string => {
  try {
    // Renaming onto a symbolic link would replace the link.
    return realpathSync(path)
  } catch {
    // Not there yet; whatever else is wrong with the path comes up on reading it.
    return path
  }
}

/**
 * A state in a file, shared by processes. A change is made on a copy read under the lock, and seen by
 * readers only once it is on the disk; readers look at the file's stamp, and read it anew when it changed.
 * @throws KmsStateError KMS_STATE_MALFORMED, KMS_STATE_IO; on change also KMS_STATE_LOCKED
 */
export const fileStateStore = ({
  path: given,
  lockTimeoutMs,
  initial,
  beforeWrite,
}: FileStateStoreOptions): StateStore => {
  const path = resolvePath(given)
  const lockPath = `${path}.lock`
  const load = (): KmsState => readStateFile(path) ?? initial()
  // Now, and not at the first change: who gave the path is still there to mend it.
  checkFolder(path)
  // The stamp is taken first: a file replaced in between is then read once too often, never too seldom.
  let stamp = stampOf(path)
  let current = load()
  let last: Promise<unknown> = Promise.resolve()

  /** What usages were noted meanwhile at the state that goes are kept. */
  const replaceBy = (next: KmsState): void => {
    carryUsages(current, next)
    next.hasNewUsages ||= current.hasNewUsages
    current = next
  }

  const lock = async (): Promise<() => Promise<void>> => {
    let release
    try {
      release = await acquireFileLock(lockPath, lockTimeoutMs)
    } catch (cause) {
      throw ioError(path, cause)
    }
    if (release !== undefined) return release
    throw new KmsStateError(
      'KMS_STATE_LOCKED',
      `the state file ${path} is in use by another process; if none runs any more, remove ${lockPath}`,
      path,
    )
  }

  const changeAlone = async <T>(apply: (state: KmsState) => T): Promise<T> => {
    const release = await lock()
    try {
      const draft = load()
      carryUsages(current, draft)
      const result = apply(draft)
      beforeWrite(draft)
      // Those that are noted while it is written are new ones still.
      const before = current
      const { hasNewUsages } = before
      before.hasNewUsages = false
      try {
        await writeStateFile(path, draft)
      } catch (error) {
        before.hasNewUsages ||= hasNewUsages
        throw error
      }
      stamp = stampOf(path)
      replaceBy(draft)
      return result
    } finally {
      await release()
    }
  }

  return {
    read: () => {
      const seen = stampOf(path)
      if (seen !== stamp) {
        replaceBy(load())
        stamp = seen
      }
      return current
    },
    known: () => current,
    change: (apply) => {
      const turn = last.then(() => changeAlone(apply))
      // The next change waits for this one, however it ends; its failure belongs to its own caller.
      last = turn.catch(() => undefined)
      return turn
    },
  }
}
