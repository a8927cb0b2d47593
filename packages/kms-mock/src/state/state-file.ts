import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { errorCode } from '../error-code.js'
import { KmsStateError } from '../errors.js'
import { decodeState, encodeState } from './state-codec.js'
import type { KmsState } from './state.js'

/** Tells one content of the file from another without reading it; `undefined`: there is no file. */
export type FileStamp = string | undefined

/** What the system said of the file, its folder or its lock. */
export const ioError = (path: string, cause: unknown): KmsStateError => {
  const reason = errorCode(cause) ?? 'unknown reason'
  return new KmsStateError('KMS_STATE_IO', `cannot use the state file ${path} (${reason})`, path, { cause })
}

const isAbsent = (error: unknown): boolean => errorCode(error) === 'ENOENT'

/**
 * Checks that there can be such a file.
 * @throws KmsStateError KMS_STATE_IO, with the system's error as its cause
 */
export const checkFolder = (path: string): void => {
  try {
    accessSync(dirname(resolve(path)), constants.R_OK | constants.W_OK)
  } catch (error) {
    throw ioError(path, error)
  }
}

/** Looks at the file. */
export const stampOf = (path: string): FileStamp => {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw ioError(path, error)
  }
}

/**
 * Reads the file; `undefined` if there is none.
 * @throws KmsStateError KMS_STATE_MALFORMED, KMS_STATE_IO
 */
export const readStateFile = (path: string): KmsState | undefined => {
  let json: string
  try {
    json = readFileSync(path, 'utf8')
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw ioError(path, error)
  }
  try {
    return decodeState(json)
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : 'unknown problem'
    throw new KmsStateError('KMS_STATE_MALFORMED', `the state file ${path} is malformed: ${problem}`, path, {
      cause,
    })
  }
}

const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } catch (error) {
    // Windows can't sync a folder, and doesn't need to.
    if (process.platform !== 'win32') throw error
  } finally {
    await folder.close()
  }
}

/**
 * Replaces the file. When this resolves, the new content survives a crash; until then, the old one
 * does. Only for whoever holds the lock.
 * @throws KmsStateError KMS_STATE_IO
 */
export const writeStateFile = async (path: string, state: KmsState): Promise<void> => {
  const draft = `${path}.tmp`
  try {
    // One left behind by a killed process: created anew, so that its mode is ours.
    await rm(draft, { force: true })
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(encodeState(state))
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
    await syncFolder(path)
  } catch (error) {
    throw ioError(path, error)
  }
}
