import type { Command } from 'commander'
import type { GlobalOptions, Session } from '../session.js'

const examples = `
No key is used. Names come in the order in which the arbiter lists them, one a line.
While the arbiter is away, the other locations are asked: names may be missing then,
a warning says so, and the exit code is 8.

Examples:
  sealring list
  sealring list billing/
  sealring list --json | jq -r '.names[]'
`

/** `sealring list [PREFIX]`. */
export function addList(program: Command, session: Session): void {
  program
    .command('list')
    .summary('print the names in the store')
    .description('Print the names in the store, one a line.')
    .argument('[prefix]', 'only names that start with these characters')
    .addHelpText('after', examples)
    .action(async (prefix: string | undefined, _own: object, command: Command) => {
      const { list } = await import('../actions/list.js')
      await list(prefix, command.optsWithGlobals<GlobalOptions>(), session)
    })
}
