import type { Command } from 'commander'
import type { GlobalOptions, Session } from '../session.js'

export interface AppointCommandOptions extends GlobalOptions {
  overrule?: true
  yes?: true
}

const examples = `
The arbiter is the location that orders writers; a manifest in every location names it.
Stop all writers first, and have the key at hand: every entry is brought to LOCATION,
then the manifests are written anew. Interrupted, it can be repeated.

Also for a location whose manifest was lost or damaged: appoint the present arbiter again.

Without --yes, one line is read from standard input: the location, to confirm.

Examples:
  sealring appoint dynamodb
  sealring appoint s3 --yes --json | jq '.rewritten'

Where LOCATION and the former arbiter hold different entries under one revision, nothing
is done. --overrule has LOCATION win; what it wins against is saved beside its copies.
`

/** `sealring appoint LOCATION`. */
export function addAppoint(program: Command, session: Session): void {
  program
    .command('appoint')
    .summary('make another location the arbiter, or write lost manifests anew')
    .description('Make a location the arbiter of the store. Writers must be stopped meanwhile.')
    .argument('<location>', 'id of the location, as the configuration has it')
    .option('--overrule', 'although the former arbiter has other entries, or some that cannot be brought')
    .option('--yes', "don't ask")
    .addHelpText('after', examples)
    .action(async (location: string, _own: object, command: Command) => {
      const { appoint } = await import('../actions/appoint.js')
      await appoint(location, command.optsWithGlobals<AppointCommandOptions>(), session)
    })
}
