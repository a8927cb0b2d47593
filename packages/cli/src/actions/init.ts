import { lstat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { CliError } from '../cli-error.js'
import type { InitOptions } from '../commands/init.js'
import type { Session } from '../session.js'
import { systemCode } from '../system-code.js'
import { writeWholeFile } from '../write-whole-file.js'
import { writeJson, writeLines } from '../write.js'
import { configFromOptions } from '../config/config-from-options.js'
import type { Config } from '../config/config.js'
import { checkConfig, configPath, listed } from '../config/load-config.js'

/**
 * Write a configuration, last of all: what it refers to is made first, and what is there already is kept.
 * Errors: USAGE, CONFIG_EXISTS, OUTPUT_UNWRITABLE, with --local KEY_UNAVAILABLE, with --create-tables those of
 * DynamoDB.
 */
export async function init(options: InitOptions, session: Session): Promise<void> {
  const file = configPath(options.config, session)
  await refuseExisting(file)
  const config = options.local ? await localConfig(options, file) : configFromOptions(options)
  const { problems } = checkConfig(config)
  if (problems.length > 0)
    throw new CliError('USAGE', `These options give no valid configuration: ${listed(problems)}.`, {
      hint: '`sealring init --help` shows what each option takes; nothing was written',
    })
  const tables = options.createTables ? await createTables(config, session) : []
  await writeConfig(file, config)
  if (options.json) return writeJson(session.stdout, { file, config, tables })
  await writeLines(session.stdout, [
    ...tables.map(({ table, outcome }) => `table ${table} ${outcome}`),
    `wrote ${file}`,
    'next: printf %s "$VALUE" | sealring put NAME',
  ])
}

async function localConfig(options: InitOptions, file: string): Promise<Config> {
  const { setUpLocal } = await import('../config/set-up-local.js')
  return setUpLocal(options, dirname(file))
}

async function createTables(
  config: Config,
  session: Session,
): Promise<{ table: string; outcome: 'created' | 'exists' }[]> {
  const { createTables } = await import('../config/create-tables.js')
  return createTables(config, session)
}

async function refuseExisting(file: string): Promise<void> {
  try {
    await lstat(file)
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return
    throw new CliError('OUTPUT_UNWRITABLE', `${file} can't be written (${systemCode(cause)}).`, { cause })
  }
  throw exists(file)
}

async function writeConfig(file: string, config: Config): Promise<void> {
  try {
    await writeWholeFile(file, Buffer.from(`${JSON.stringify(config, undefined, 2)}\n`), { mode: 0o644 })
  } catch (cause) {
    throw cause instanceof CliError && cause.code === 'OUTPUT_EXISTS' ? exists(file, cause) : cause
  }
}

function exists(file: string, cause?: unknown): CliError {
  return new CliError('CONFIG_EXISTS', `There is a configuration ${file} already.`, { cause })
}
