import type { Command } from 'commander'
import type { GlobalOptions, Session } from '../session.js'

const examples = `
Copies what is missing or damaged from the arbiter to the other locations, and
finishes puts that did not reach every location. A second repair writes nothing.
What contradicts the arbiter is saved beside the copy before it is replaced.

Examples:
  sealring repair
  sealring repair billing/db-password
  sealring repair --json | jq '.writes'
`

/** `sealring repair [PREFIX]`. */
export function addRepair(program: Command, session: Session): void {
  program
    .command('repair')
    .summary('copy what is missing or damaged from the arbiter outward')
    .description('Copy what is missing or damaged from the arbiter to the other locations.')
    .argument('[prefix]', 'only names that start with these characters')
    .addHelpText('after', examples)
    .action(async (prefix: string | undefined, _own: object, command: Command) => {
      const { repair } = await import('../actions/repair.js')
      await repair(prefix, command.optsWithGlobals<GlobalOptions>(), session)
    })
}
