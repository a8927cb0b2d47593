import type { Command } from 'commander'
import { CliError } from '../cli-error.js'
import { wholeNumber } from '../option-values.js'
import type { GlobalOptions, Session } from '../session.js'

export interface DestroyCommandOptions extends GlobalOptions {
  revision?: number
  all?: true
  yes?: true
  requestId?: string
}

const examples = `
In its own place each revision is replaced by a sealed tombstone, at the arbiter first,
and what a service keeps of earlier bytes is removed. Its number is never given again.
A warning names what a service retains nevertheless (object lock, point-in-time recovery);
backups, and copies that somebody made, are out of reach.

Without --yes, one line is read from standard input: the name, to confirm.

Examples:
  sealring destroy billing/db-password --revision 2
  sealring destroy billing/db-password --all
  sealring destroy tmp/report --all --yes --request-id "$JOB_ID"
  sealring destroy tmp/report --all --yes --json | jq '.revisions[].copies'

If some locations can't be reached after the arbiter has the tombstone, destroy says
which may still hold the entry and exits with 9. Destroying again does the rest.
`

/** `sealring destroy NAME`. */
export function addDestroy(program: Command, session: Session): void {
  program
    .command('destroy')
    .summary('replace revisions of an entry by tombstones, everywhere, for ever')
    .description('Destroy one revision, or all revisions, of an entry in every location, for ever.')
    .argument('<name>', 'name of the entry')
    .option('--revision <number>', 'destroy this revision', wholeNumber('--revision', 1))
    .option('--all', 'destroy all revisions that there are')
    .option('--yes', "don't ask")
    .option('--request-id <id>', 'noted in the tombstones, public (default: random)')
    .addHelpText('after', examples)
    .action(async (name: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<DestroyCommandOptions>()
      if ((options.revision === undefined) === (options.all === undefined))
        throw new CliError('USAGE', 'destroy needs either --revision or --all.', {
          hint: '`sealring history NAME` shows the revisions',
        })
      const { destroy } = await import('../actions/destroy.js')
      await destroy(name, options, session)
    })
}
