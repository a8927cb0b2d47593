import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createKms } from '@sealring/kms-mock'
import type { Kms } from '@sealring/kms-mock'
import { CliError } from '../cli-error.js'
import type { InitOptions } from '../commands/init.js'
import { systemCode } from '../system-code.js'
import type { Config } from './config.js'

const localFolder = '.sealring'
const alias = 'alias/sealring'

/**
 * Make what `init --local` promises, in `.sealring/` under a folder: a key with an alias, and two folders. What
 * is there is kept. Errors: USAGE, OUTPUT_UNWRITABLE, KEY_UNAVAILABLE.
 */
export async function setUpLocal(options: InitOptions, folder: string): Promise<Config> {
  const { kmsKey, aesKeyFile, aesKeyEnv, location, region, arbiter, createTables } = options
  if ([kmsKey, aesKeyFile, aesKeyEnv, location, region, arbiter, createTables].some((o) => o !== undefined))
    throw new CliError('USAGE', '--local brings its own key and locations: leave the other options out.')
  const state = join(localFolder, 'kms.json')
  const directories = ['near', 'far'].map((id) => ({ id, directory: join(localFolder, id) }))
  await makeFolders(folder, directories)
  await makeKey(join(folder, state))
  return {
    store: options.store ?? 'local',
    keyring: { type: 'local-kms', stateFile: state, key: alias },
    locations: directories.map(({ id, directory }) => ({ type: 'file', id, directory })),
    ...(options.suite && { suite: options.suite }),
  }
}

async function makeFolders(folder: string, locations: readonly { directory: string }[]): Promise<void> {
  try {
    for (const path of [localFolder, ...locations.map(({ directory }) => directory)])
      await mkdir(join(folder, path), { recursive: true, mode: 0o700 })
    // The key must not end up in a repository.
    await writeFile(join(folder, localFolder, '.gitignore'), '*\n')
  } catch (cause) {
    throw new CliError('OUTPUT_UNWRITABLE', `${localFolder} can't be made (${systemCode(cause)}).`, { cause })
  }
}

async function makeKey(stateFile: string): Promise<void> {
  try {
    const kms = createKms({ stateFile })
    if (await hasAlias(kms)) return
    const { KeyMetadata } = await kms.handle('CreateKey', { Description: 'sealring init --local' })
    await nameKey(kms, (KeyMetadata as { KeyId: string }).KeyId)
  } catch (cause) {
    throw new CliError('KEY_UNAVAILABLE', `The local key could not be made (${systemCode(cause)}).`, {
      cause,
      hint: 'check .sealring/kms.json: another process may have it locked, or it is not a KMS state',
    })
  }
}

async function nameKey(kms: Kms, keyId: string): Promise<void> {
  try {
    await kms.handle('CreateAlias', { AliasName: alias, TargetKeyId: keyId })
  } catch (error) {
    if (systemCode(error) !== 'AlreadyExistsException') throw error
    // Another process set up the same folder meanwhile: its key stays, ours is not needed.
    await kms.handle('ScheduleKeyDeletion', { KeyId: keyId, PendingWindowInDays: 7 })
  }
}

async function hasAlias(kms: Kms): Promise<boolean> {
  const { Aliases } = await kms.handle('ListAliases', { Limit: 100 })
  return (Aliases as { AliasName: string }[]).some(({ AliasName }) => AliasName === alias)
}
