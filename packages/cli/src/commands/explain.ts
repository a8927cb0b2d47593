import type { Command } from 'commander'
import { wholeNumber } from '../option-values.js'
import type { Session } from '../session.js'
import { checkUse, type InspectOptions } from './inspect.js'

const examples = `
Each data key of the message is tried with each key of the configuration: a KMS is really
asked, and logs it. One line for each pair: number of the data key, code, keyring, reason.
  OPENS            the header of the message is authentic under it
  NOT_MINE         another key's: it was not tried
  ACCESS_DENIED, KEY_DISABLED, UNREACHABLE, …   why it can't be had

Examples:
  sealring explain message.bin
  sealring explain --name billing/db-password
  sealring explain --name billing/db-password --json | jq '.attempts[].code'

Exits with 0 when a data key opens, 6 when none does.
`

/** `sealring explain [FILE]` and `sealring explain --name NAME`. */
export function addExplain(program: Command, session: Session): void {
  program
    .command('explain')
    .summary('show which key opens a sealed message, and why others do not')
    .description('Show which data key of a message opens with which key, and why each other one does not.')
    .argument('[file]', 'file that begins with a sealed message, or - for standard input (the default)')
    .option('--name <name>', 'a stored entry instead of a file')
    .option('--revision <number>', 'with --name: this revision, not the latest', wholeNumber('--revision', 1))
    .option('--location <id>', 'with --name: the copy of this location (default: the first that has one)')
    .addHelpText('after', examples)
    .action(async (file: string | undefined, _own: object, command: Command) => {
      const options = command.optsWithGlobals<InspectOptions>()
      checkUse('explain', file, options)
      const { explain } = await import('../actions/explain.js')
      await explain(file, options, session)
    })
}
