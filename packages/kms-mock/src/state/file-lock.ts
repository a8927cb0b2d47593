import { link, readFile, readdir, unlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { errorCode } from '../error-code.js'
import { isGone, parseHolder, thisHolder } from './lock-holder.js'
import type { LockHolder } from './lock-holder.js'

/** Gives a lock back. */
export type ReleaseLock = () => Promise<void>

const readHolder = async (path: string): Promise<LockHolder | undefined> => {
  try {
    return parseHolder(await readFile(path, 'utf8'))
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

const removeIfThere = async (path: string): Promise<void> => {
  try {
    await unlink(path)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  }
}

/**
 * Tries to create the lock file. It appears under its name whole (link refuses an existing name, and
 * what is linked is already written), so no reader ever sees a lock without its holder.
 */
const tryCreate = async (path: string, holder: LockHolder): Promise<boolean> => {
  const draft = `${path}.${holder.pid}.${holder.token}`
  await writeFile(draft, JSON.stringify(holder), { flag: 'wx', mode: 0o600 })
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  } finally {
    await unlink(draft)
  }
}

const sweepDrafts = async (path: string, { pid }: LockHolder): Promise<void> => {
  const prefix = `${basename(path)}.${pid}.`
  for (const name of await readdir(dirname(path))) {
    if (name.startsWith(prefix)) await removeIfThere(join(dirname(path), name))
  }
}

/**
 * Removes the lock of a process that is gone. Only who holds the guard lock may, and only the very
 * lock it judged: tokens never return, so a lock taken meanwhile by somebody else is safe. The guard
 * is a lock like any other, and can itself be left behind and broken. Returns whether it removed one.
 */
const breakStale = async (path: string, depth: number): Promise<boolean> => {
  const stale = await readHolder(path)
  if (stale === undefined || !isGone(stale) || depth > 3) return false
  const release = await tryAcquire(`${path}.break`, depth + 1)
  if (release === undefined) return false
  try {
    if ((await readHolder(path))?.token !== stale.token) return false
    await sweepDrafts(path, stale)
    await removeIfThere(path)
    return true
  } finally {
    await release()
  }
}

const tryAcquire = async (path: string, depth: number): Promise<ReleaseLock | undefined> => {
  const holder = thisHolder()
  while (!(await tryCreate(path, holder))) {
    // A lock that was broken is free, even for one who has no time to wait.
    if (!(await breakStale(path, depth))) return undefined
  }
  return async () => {
    if ((await readHolder(path))?.token === holder.token) await removeIfThere(path)
  }
}

/**
 * Takes an exclusive lock between processes, waiting at most `timeout` milliseconds.
 * `undefined`: it stayed taken.
 */
export const acquireFileLock = async (path: string, timeout: number): Promise<ReleaseLock | undefined> => {
  const deadline = performance.now() + timeout
  for (let pause = 2; ; pause = Math.min(pause * 2, 40)) {
    const release = await tryAcquire(path, 0)
    if (release !== undefined) return release
    if (performance.now() >= deadline) return undefined
    await sleep(pause * (0.5 + Math.random()))
  }
}
