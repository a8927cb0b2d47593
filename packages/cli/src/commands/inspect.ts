import type { Command } from 'commander'
import { CliError } from '../cli-error.js'
import { wholeNumber } from '../option-values.js'
import type { GlobalOptions, Session } from '../session.js'

export interface InspectOptions extends GlobalOptions {
  name?: string
  revision?: number
  location?: string
}

const examples = `
No key is used, and nothing of what is shown is authenticated: only opening a message
with the key proves that it is what it says.

Examples:
  sealring inspect message.bin
  cat message.bin | sealring inspect
  sealring inspect --name billing/db-password
  sealring inspect --name billing/db-password --revision 2 --location s3
`

/** `sealring inspect [FILE]` and `sealring inspect --name NAME`. */
export function addInspect(program: Command, session: Session): void {
  program
    .command('inspect')
    .summary('show what a sealed message says about itself')
    .description(
      'Show what a sealed message, or the sealed copy of an entry, says about itself without the key.',
    )
    .argument('[file]', 'file with a sealed message, or - for standard input (the default)')
    .option('--name <name>', 'a stored entry instead of a file')
    .option('--revision <number>', 'with --name: this revision, not the latest', wholeNumber('--revision', 1))
    .option('--location <id>', 'with --name: the copy of this location (default: the first that has one)')
    .addHelpText('after', examples)
    .action(async (file: string | undefined, _own: object, command: Command) => {
      const options = command.optsWithGlobals<InspectOptions>()
      checkUse('inspect', file, options)
      const { inspectMessage } = await import('../actions/inspect.js')
      await inspectMessage(file, options, session)
    })
}

/** Errors: USAGE. */
export function checkUse(
  command: string,
  file: string | undefined,
  { name, revision, location }: InspectOptions,
): void {
  if (file !== undefined && name !== undefined)
    throw new CliError('USAGE', `${command} takes either a file or --name, not both.`)
  if (name === undefined && (revision !== undefined || location !== undefined))
    throw new CliError('USAGE', '--revision and --location go with --name.')
}
