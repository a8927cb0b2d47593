import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { validate } from '#schema/validate-config.js'
import { CliError } from '../cli-error.js'
import type { Session } from '../session.js'
import type { Config, LoadedConfig } from './config.js'
import { explainSchemaProblems } from './explain-schema-problems.js'
import type { ConfigProblem } from './explain-schema-problems.js'
import { jsonErrorPosition } from './json-error-position.js'

export const configFileName = 'sealring.config.json'

/** Where the configuration is: `--config`, else SEALRING_CONFIG, else sealring.config.json right here. */
export function configPath(option: string | undefined, session: Pick<Session, 'cwd' | 'env'>): string {
  return resolve(session.cwd, option ?? (session.env['SEALRING_CONFIG'] || configFileName))
}

/**
 * Read and check the configuration. Parent folders are not searched: a file that somebody left there would
 * choose the key. Errors: CONFIG_NOT_FOUND, CONFIG_UNREADABLE, CONFIG_INVALID.
 */
export async function loadConfig(file: string): Promise<LoadedConfig> {
  const text = await readConfig(file)
  const { config, problems } = checkConfig(parse(text, file))
  if (config) return { config, file, folder: dirname(file) }
  throw new CliError('CONFIG_INVALID', `${file}: ${listed(problems)}.`, { document: { problems } })
}

export type CheckedConfig =
  | { readonly config: Config; readonly problems: readonly [] }
  | { readonly config?: never; readonly problems: readonly ConfigProblem[] }

/** A value as a Config, or what the schema, and what no schema can say, find wrong with it. */
export function checkConfig(value: unknown): CheckedConfig {
  if (!validate(value)) return { problems: explainSchemaProblems(validate.errors ?? []) }
  const problems = [...repeatedIds(value), ...unknownArbiter(value)]
  return problems.length > 0 ? { problems } : { config: value, problems: [] }
}

async function readConfig(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    throw missing
      ? new CliError('CONFIG_NOT_FOUND', `There is no configuration ${file}.`, { cause })
      : new CliError('CONFIG_UNREADABLE', `The configuration ${file} can't be read.`, { cause })
  }
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // Without the error as cause: its message quotes the file, which may be a key somebody named by mistake.
    const { line, column } = jsonErrorPosition(text, error)
    throw new CliError('CONFIG_INVALID', `${file} is not JSON: look at line ${line}, column ${column}.`, {
      hint: 'correct the JSON there: a missing or extra comma, quote or bracket, or a comment',
    })
  }
}

/** The first problems in one line. */
export function listed(problems: readonly ConfigProblem[]): string {
  const shown = problems.slice(0, 3).map(({ pointer, problem }) => `${pointer || '/'} ${problem}`)
  const more = problems.length - shown.length
  return `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}`
}

function repeatedIds({ locations }: Config): ConfigProblem[] {
  const ids = locations.map(({ id }) => id)
  return ids.flatMap((id, i) =>
    ids.indexOf(id) < i
      ? [{ pointer: `/locations/${i}/id`, problem: 'is taken by an earlier location; ids must differ' }]
      : [],
  )
}

function unknownArbiter({ arbiter, locations }: Config): ConfigProblem[] {
  if (arbiter === undefined || locations.some(({ id }) => id === arbiter)) return []
  const ids = locations.map(({ id }) => id).join(', ')
  return [{ pointer: '/arbiter', problem: `must be the id of a location: ${ids}` }]
}
