import { randomBytes } from 'node:crypto'
import { link, lstat, open, rename, stat, unlink } from 'node:fs/promises'
import type { Stats } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { CliError } from './cli-error.js'
import { systemCode } from './system-code.js'

export interface WriteWholeFileOptions {
  /** Replace a regular file that is there. Default false. */
  force?: boolean
  /** Permissions of the file. Default 0600: only its owner may read it. */
  mode?: number
}

/**
 * Write a file whole or not at all: a temporary file beside it, fsync, then `link`, which refuses an existing
 * name, or with `force` `rename`, which replaces it.
 * Errors: OUTPUT_EXISTS, OUTPUT_UNWRITABLE.
 */
export async function writeWholeFile(
  path: string,
  bytes: Uint8Array,
  { force = false, mode = 0o600 }: WriteWholeFileOptions = {},
): Promise<void> {
  await checkOutput(path, { force })
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    await writeDurably(temporary, bytes, mode)
    if (force) await rename(temporary, path)
    else await link(temporary, path)
  } catch (cause) {
    throw systemCode(cause) === 'EEXIST' ? exists() : unwritable(cause)
  } finally {
    await removeIfThere(temporary)
  }
}

/** Refuse a file that must not be written before any work is done for it. Errors as for `writeWholeFile`. */
export async function checkOutput(
  path: string,
  { force = false }: Pick<WriteWholeFileOptions, 'force'> = {},
): Promise<void> {
  const found = await ifThere(lstat(path))
  if (found === undefined) {
    const folder = await ifThere(stat(dirname(path)))
    if (folder?.isDirectory() !== true)
      throw new CliError('OUTPUT_UNWRITABLE', 'The folder of the output file does not exist.')
    return
  }
  if (!force) throw exists()
  if (!found.isFile())
    throw new CliError('OUTPUT_UNWRITABLE', 'The output is no regular file, so it is not replaced.', {
      hint: 'name the file itself; for a device or pipe leave -o out and redirect standard output',
    })
}

async function writeDurably(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function ifThere(found: Promise<Stats>): Promise<Stats | undefined> {
  try {
    return await found
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return undefined
    throw unwritable(cause)
  }
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (cause) {
    if (systemCode(cause) !== 'ENOENT') throw unwritable(cause)
  }
}

function exists(): CliError {
  return new CliError('OUTPUT_EXISTS', 'The output file exists.')
}

function unwritable(cause: unknown): CliError {
  return new CliError('OUTPUT_UNWRITABLE', `The output file can't be written (${systemCode(cause)}).`, {
    cause,
  })
}
