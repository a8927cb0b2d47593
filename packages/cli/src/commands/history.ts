import type { Command } from 'commander'
import type { GlobalOptions, Session } from '../session.js'

const examples = `
No key is used. Each line: revision, size of the sealed bytes, their SHA-256.

Examples:
  sealring history billing/db-password
  sealring history billing/db-password --json
`

/** `sealring history NAME`. */
export function addHistory(program: Command, session: Session): void {
  program
    .command('history')
    .summary('print the revisions of an entry')
    .description('Print the revisions of an entry, the oldest first.')
    .argument('<name>', 'name of the entry')
    .addHelpText('after', examples)
    .action(async (name: string, _own: object, command: Command) => {
      const { history } = await import('../actions/history.js')
      await history(name, command.optsWithGlobals<GlobalOptions>(), session)
    })
}
