import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  AlreadyExistsException,
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  KMSClient,
  NotFoundException,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms'
import { createKms } from '@sealring/kms-mock'
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
    const client = new KMSClient(createKms({ stateFile }).clientConfig())
    if (await hasAlias(client)) return
    const { KeyMetadata } = await client.send(new CreateKeyCommand({ Description: 'sealring init --local' }))
    await nameKey(client, KeyMetadata?.KeyId)
  } catch (cause) {
    throw new CliError('KEY_UNAVAILABLE', `The local key could not be made (${systemCode(cause)}).`, {
      cause,
      hint: 'check .sealring/kms.json: another process may have it locked, or it is not a KMS state',
    })
  }
}

async function hasAlias(client: KMSClient): Promise<boolean> {
  try {
    await client.send(new DescribeKeyCommand({ KeyId: alias }))
    return true
  } catch (error) {
    if (error instanceof NotFoundException) return false
    throw error
  }
}

async function nameKey(client: KMSClient, keyId: string | undefined): Promise<void> {
  try {
    await client.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: keyId }))
  } catch (error) {
    if (!(error instanceof AlreadyExistsException)) throw error
    // Another process set up the same folder meanwhile: its key stays, ours is not needed.
    await client.send(new ScheduleKeyDeletionCommand({ KeyId: keyId, PendingWindowInDays: 7 }))
  }
}
